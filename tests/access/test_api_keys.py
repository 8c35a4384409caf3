"""API keys: what they open, for how long, and what they never open."""

from copy import copy
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant, use_tenant
from tenant_apps.access.role_matrix import FOR_KEYS, PERMISSIONS
from tenant_apps.access.services import (
    GrantBeyondOwn,
    remove_role,
    set_roles,
    suspend_member,
)
from tenant_apps.accounts.api_key_text import key_text
from tenant_apps.accounts.models import ApiKey, SignIn, User
from tests.access.keys import make_key, make_program
from tests.client import PrsClient, error, ok
from tests.factories.clients import ClientFactory
from tests.queries import queries_of

pytestmark = pytest.mark.django_db

KEYS, DEALS, ME = "/api/auth/api-keys/", "/api/business/deals/", "/api/auth/me/"
CLIENTS = "/api/business/clients/"


def body(program: User, **changes: Any) -> dict[str, Any]:
    grants = [{"permission": "deals.view", "scope": "all"}]
    return {"service_account": str(program.pk), "name": "Production", "grants": grants, **changes}


@pytest.fixture
def program(olga: User) -> User:
    return make_program(olga)


@pytest.fixture
def issued(as_olga: PrsClient, program: User) -> dict[str, Any]:
    answer: dict[str, Any] = ok(as_olga.post(KEYS, body(program)), 201)
    return answer


@pytest.fixture
def with_key(issued: dict[str, Any], acme: Tenant) -> PrsClient:
    return PrsClient.with_key(issued["key"], tenant=acme)


class TestIssuing:
    def test_shows_the_text_once_and_keeps_a_hash(
        self, issued: dict[str, Any], as_olga: PrsClient
    ) -> None:
        row = ApiKey.objects.get(pk=issued["id"])
        _tag, _key, secret = issued["key"].removeprefix("prsk_").split("_", 2)
        assert secret not in str(ApiKey.objects.filter(pk=row.pk).values())
        shown = ok(as_olga.get(f"{KEYS}{issued['id']}/"))
        assert "key" not in shown
        assert secret not in str(ok(as_olga.get(KEYS)))
        assert shown["grants"] == [{"permission": "deals.view", "scope": "all"}]
        events = EventRecord.objects.filter(name="accounts.api_key_issued")
        assert secret not in str(list(events.values()))

    def test_asks_for_a_recent_proof(self, as_olga: PrsClient, olga: User, program: User) -> None:
        SignIn.objects.filter(user=olga).update(proved_at=utc_now() - timedelta(hours=1))
        assert error(as_olga.post(KEYS, body(program)), 403)["code"] == "step_up_required"

    def test_gives_nothing_that_the_issuer_lacks(
        self, adam: User, as_adam: PrsClient, olga: User, program: User
    ) -> None:
        set_roles(user_id=adam.pk, roles=["finance"], by=olga, at=utc_now())
        error(as_adam.post(KEYS, body(program)), 403)
        set_roles(user_id=adam.pk, roles=["admin"], by=olga, at=utc_now())
        owners = [{"permission": "organization.close", "scope": "all"}]
        found = error(as_adam.post(KEYS, body(program, grants=owners)), 400)
        assert found["errors"][0]["code"] == "not_for_api_keys"

    def test_gives_no_wider_scope_than_the_issuers(self, theo: User, program: User) -> None:
        make_key(theo, program=program, grants={"deals.view": "team"})
        with pytest.raises(GrantBeyondOwn):
            make_key(theo, program=program, grants={"deals.view": "all"})

    @pytest.mark.parametrize("permission", sorted(set(PERMISSIONS) - set(FOR_KEYS)))
    def test_never_gives_what_takes_a_person(
        self, permission: str, as_olga: PrsClient, program: User
    ) -> None:
        grants = [{"permission": permission, "scope": "all"}]
        found = error(as_olga.post(KEYS, body(program, grants=grants)), 400)
        assert [each["code"] for each in found["errors"]] == ["not_for_api_keys"]

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"grants": []}, "/grants"),
            ({"grants": [{"permission": "no.such", "scope": "all"}]}, "/grants/0/permission"),
            ({"grants": [{"permission": "deals.view", "scope": "world"}]}, "/grants/0/scope"),
            ({"networks": ["300.1.1.1"]}, "/networks/0"),
            ({"networks": ["203.0.113.9/24"]}, "/networks/0"),
            ({"days": 0}, "/days"),
            ({"days": 366}, "/days"),
        ],
    )
    def test_refuses_what_it_cannot_mean(
        self, changes: dict[str, Any], field: str, as_olga: PrsClient, program: User
    ) -> None:
        found = error(as_olga.post(KEYS, body(program, **changes)), 400)
        assert found["errors"][0]["field"].startswith(field)

    def test_is_of_service_accounts_alone(self, as_olga: PrsClient, sam: User) -> None:
        error(as_olga.post(KEYS, body(sam)), 404)

    def test_is_refused_to_roles_without_the_permission(
        self, as_fay: PrsClient, as_audrey: PrsClient, program: User
    ) -> None:
        error(as_fay.get(KEYS), 403)
        ok(as_audrey.get(KEYS))
        error(as_audrey.post(KEYS, body(program)), 403)

    def test_is_not_found_from_another_organization(
        self, issued: dict[str, Any], as_mallory: PrsClient
    ) -> None:
        error(as_mallory.get(f"{KEYS}{issued['id']}/"), 404)
        error(as_mallory.post(f"{KEYS}{issued['id']}/revoke/"), 404)

    def test_list_costs_the_same_statements_for_1_and_50(
        self, olga: User, as_olga: PrsClient, program: User
    ) -> None:
        for _ in range(50):
            make_key(olga, program=program)
        one, many = (
            queries_of(partial(as_olga.get, f"{KEYS}?page_size={size}")) for size in (1, 50)
        )
        assert one == many


class TestUse:
    def test_opens_what_it_was_given_and_nothing_else(self, with_key: PrsClient) -> None:
        ok(with_key.get(DEALS))
        assert error(with_key.get(CLIENTS), 403)["code"] == "permission_denied"
        assert error(with_key.post(DEALS, {}), 403)["code"] == "permission_denied"

    def test_is_the_service_account(self, with_key: PrsClient, program: User) -> None:
        assert ok(with_key.get(ME))["id"] == str(program.pk)

    def test_writes_as_the_service_account(self, olga: User, acme: Tenant) -> None:
        issued = make_key(olga, grants={"clients.create": "own", "clients.view": "own"})
        client = PrsClient.with_key(issued.text, tenant=acme)
        made = ok(client.post(CLIENTS, {"name": "Shop's customer"}), 201)
        event = EventRecord.objects.get(name="clients.client_created", subject_id=made["id"])
        assert (event.actor_kind, event.actor_label) == ("service_account", "Webshop")
        ClientFactory(by=olga)
        assert [each["id"] for each in ok(client.get(CLIENTS))["results"]] == [made["id"]]

    def test_notes_when_and_from_where(self, with_key: PrsClient, issued: dict[str, Any]) -> None:
        ok(with_key.get(DEALS, REMOTE_ADDR="203.0.113.7"))
        row = ApiKey.objects.get(pk=issued["id"])
        assert row.last_used_at is not None
        assert row.last_used_ip == "203.0.113.7"

    def test_costs_no_write_at_every_request(self, with_key: PrsClient) -> None:
        ok(with_key.get(DEALS))
        before = ApiKey.objects.get().last_used_at
        ok(with_key.get(DEALS))
        assert ApiKey.objects.get().last_used_at == before

    def test_never_holds_more_than_its_issuer_does_now(
        self, adam: User, olga: User, acme: Tenant
    ) -> None:
        client = PrsClient.with_key(make_key(adam).text, tenant=acme)
        ok(client.get(DEALS))
        set_roles(user_id=adam.pk, roles=["salesperson"], by=olga, at=utc_now())
        assert ok(client.get(DEALS))["results"] == []  # own, and it owns none
        remove_role(user_id=adam.pk, role="salesperson", by=olga, at=utc_now())
        error(client.get(DEALS), 403)

    def test_ends_with_the_suspension_of_its_issuer(
        self, adam: User, olga: User, acme: Tenant
    ) -> None:
        client = PrsClient.with_key(make_key(adam).text, tenant=acme)
        suspend_member(user_id=adam.pk, reason="Left", by=olga, at=utc_now())
        error(client.get(DEALS), 403)

    @pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
    def test_comes_as_a_bearer_token(
        self, scheme: str, issued: dict[str, Any], anyone: PrsClient
    ) -> None:
        ok(anyone.get(DEALS, headers={"Authorization": f"{scheme} {issued['key']}"}))


class TestRefusal:
    @pytest.fixture
    def address(self) -> str:
        """An address of this test alone: failures outlive it."""
        number = uuid4().int
        return f"10.{number % 250}.{number // 250 % 250}.{number // 62500 % 250}"

    def test_of_a_wrong_secret(self, issued: dict[str, Any], acme: Tenant, address: str) -> None:
        client = PrsClient.with_key(issued["key"][:-1] + "#", tenant=acme)
        assert error(client.get(DEALS, REMOTE_ADDR=address), 401)["code"] == "token_invalid"
        refused = EventRecord.objects.get(name="accounts.api_key_refused")
        assert refused.payload["cause"] == "secret"

    @pytest.mark.parametrize("text", ["prsk_", "prsk_x_y_z", "prsk_" + "_" * 9])
    def test_of_what_is_no_key(self, text: str, acme: Tenant, address: str) -> None:
        client = PrsClient.with_key(text, tenant=acme)
        error(client.get(DEALS, REMOTE_ADDR=address), 401)

    def test_after_it_expired(self, olga: User, acme: Tenant, address: str) -> None:
        old = make_key(olga, days=1, at=utc_now() - timedelta(days=1))
        client = PrsClient.with_key(old.text, tenant=acme)
        error(client.get(DEALS, REMOTE_ADDR=address), 401)

    def test_from_the_request_after_it_was_revoked(
        self, with_key: PrsClient, issued: dict[str, Any], as_olga: PrsClient, address: str
    ) -> None:
        ok(with_key.get(DEALS))
        shown = ok(as_olga.post(f"{KEYS}{issued['id']}/revoke/"), 200)
        assert shown["is_open"] is False
        error(with_key.get(DEALS, REMOTE_ADDR=address), 401)
        ok(as_olga.post(f"{KEYS}{issued['id']}/revoke/"), 200)
        assert EventRecord.objects.filter(name="accounts.api_key_revoked").count() == 1

    def test_from_another_network(self, olga: User, acme: Tenant, address: str) -> None:
        issued = make_key(olga, networks=("203.0.113.0/24", "2001:db8::/32"))
        client = PrsClient.with_key(issued.text, tenant=acme)
        ok(client.get(DEALS, REMOTE_ADDR="203.0.113.200"))
        ok(client.get(DEALS, REMOTE_ADDR="2001:db8::7"))
        found = error(client.get(DEALS, REMOTE_ADDR=address), 403)
        assert found["code"] == "address_not_allowed"

    def test_at_another_organization_and_on_the_platform(
        self, issued: dict[str, Any], globex: Tenant
    ) -> None:
        client = PrsClient.with_key(issued["key"], tenant=globex)
        assert error(client.get(DEALS), 401)["code"] == "wrong_tenant"
        headers = {"Authorization": f"Bearer {issued['key']}"}
        answer = PrsClient(host="localhost").get("/api/platform/auth/me/", headers=headers)
        assert error(answer, 401)["code"] == "wrong_tenant"

    def test_of_a_row_that_was_copied_from_another_organization(
        self, olga: User, acme: Tenant, globex: Tenant, mallory: User, address: str
    ) -> None:
        """A restored copy has the same ids and hashes; the organization is part of the hash."""
        key_id, secret = make_key(olga).text.split("_", 3)[2:]
        original = ApiKey.objects.get(pk=key_id)
        with use_tenant(globex):
            twin = copy(original)
            twin.service_account, twin.issued_by = make_program(mallory), mallory
            twin.save(force_insert=True)
            text = key_text(twin.pk, secret)
        client = PrsClient.with_key(text, tenant=globex)
        error(client.get(DEALS, REMOTE_ADDR=address), 401)

    def test_is_throttled_for_the_address_and_the_key(
        self, issued: dict[str, Any], with_key: PrsClient, acme: Tenant, address: str
    ) -> None:
        wrong = PrsClient.with_key(issued["key"][:-1] + "#", tenant=acme)
        for _ in range(10):
            error(wrong.get(DEALS, REMOTE_ADDR=address), 401)
        answer = wrong.get(DEALS, REMOTE_ADDR=address)
        assert error(answer, 429)["code"] == "throttled"
        assert int(answer["Retry-After"]) > 0
        error(with_key.get(DEALS, REMOTE_ADDR=address), 429)
        ok(with_key.get(DEALS))  # from elsewhere the right key works on
        rows = EventRecord.objects.filter(name="accounts.api_key_refused").order_by("recorded_at")
        causes = [row.payload["cause"] for row in rows]
        assert causes == ["secret"] * 10 + ["too_many_attempts"]
