"""Administrators enter, test, enable, require and disable the organization's providers."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.ids import uuid7
from tenant_apps.access.services import set_roles
from tenant_apps.accounts.models import SignIn, User
from tenant_apps.sso.models import Connection
from tests.client import PrsClient, error, ok
from tests.queries import queries_of
from tests.sso.conftest import connect
from tests.sso.strict_provider import CLIENT_SECRET, StrictProvider

pytestmark = pytest.mark.django_db

PATH = "/api/admin/sso-connections/"


def given(provider: StrictProvider, **changes: Any) -> dict[str, Any]:
    """Return a body that enters the provider."""
    return {
        "code": "strict",
        "name": "Strict",
        "issuer": provider.issuer,
        "client_id": "prs",
        "client_secret": CLIENT_SECRET,
        "allowed_domains": ["Acme.example"],
        "default_role": "team_member",
        **changes,
    }


def names() -> list[str]:
    """Return what was recorded of connections, the first first."""
    rows = EventRecord.objects.filter(name__startswith="sso.").order_by("recorded_at", "pk")
    return list(rows.values_list("name", flat=True))


class TestEntering:
    def test_asks_the_provider_and_keeps_the_secret_sealed(
        self, as_adam: PrsClient, provider: StrictProvider
    ) -> None:
        shown = ok(as_adam.post(PATH, given(provider)), 201)
        assert shown["allowed_domains"] == ["acme.example"]
        assert shown["callback_url"] == "http://localhost:8000/sso/callback/"
        assert (shown["is_enabled"], shown["is_required"]) == (False, False)
        row = Connection.objects.get()
        assert row.sealed_secret.startswith("f1.")
        assert row.authorization_endpoint == f"{provider.issuer}/authorize"

    def test_shows_the_secret_nowhere(
        self, as_adam: PrsClient, adam: User, provider: StrictProvider
    ) -> None:
        row = ok(as_adam.post(PATH, given(provider)), 201)
        path = f"{PATH}{row['id']}/"
        new = {"client_secret": "another secret"}
        ok(as_adam.patch(path, new, version=row["version"]), 200)
        texts = [as_adam.get(PATH).content.decode(), as_adam.get(path).content.decode()]
        events = EventRecord.objects.filter(name__startswith="sso.")
        texts += [f"{event.payload} {event.before} {event.after}" for event in events]
        assert not [text for text in texts if CLIENT_SECRET in text or "another secret" in text]

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"issuer": "https://127.0.0.1:1"}, "/issuer"),
            ({"issuer": "http://169.254.169.254"}, "/issuer"),
            ({"issuer": "file:///etc/passwd"}, "/issuer"),
            ({"allowed_domains": []}, "/allowed_domains"),
            ({"allowed_domains": ["someone@acme.example"]}, "/allowed_domains"),
            ({"allowed_domains": ["*"]}, "/allowed_domains"),
            ({"default_role": "owner"}, "/default_role"),
            ({"default_role": "nothing"}, "/default_role"),
            ({"code": "a b"}, "/code"),
        ],
        ids=str,
    )
    def test_refuses_what_cannot_be(
        self, changes: dict[str, Any], field: str, as_adam: PrsClient, provider: StrictProvider
    ) -> None:
        answer = error(as_adam.post(PATH, given(provider, **changes)), 400)
        assert answer["errors"][0]["field"].startswith(field)
        assert not Connection.objects.exists()

    def test_refuses_a_provider_that_calls_itself_another(
        self, as_adam: PrsClient, provider: StrictProvider
    ) -> None:
        provider.lies.description = {"issuer": "https://other.example"}
        answer = error(as_adam.post(PATH, given(provider)), 400)
        assert answer["errors"][0]["code"] == "wrong_issuer"

    @pytest.mark.parametrize("at", ["javascript:alert(1)", "http://evil.example/", ""])
    def test_refuses_a_provider_that_leads_browsers_elsewhere(
        self, at: str, as_adam: PrsClient, provider: StrictProvider
    ) -> None:
        provider.lies.description = {"authorization_endpoint": at}
        answer = error(as_adam.post(PATH, given(provider)), 400)
        assert answer["errors"][0]["code"] == "bad_description"

    def test_refuses_a_code_twice(self, as_adam: PrsClient, provider: StrictProvider) -> None:
        ok(as_adam.post(PATH, given(provider)), 201)
        assert error(as_adam.post(PATH, given(provider)), 409)["code"] == "sso_code_taken"

    def test_gives_newcomers_no_role_that_one_may_not_give(
        self, olga: User, adam: User, as_adam: PrsClient, provider: StrictProvider
    ) -> None:
        set_roles(user_id=adam.pk, roles=("admin", "finance"), by=olga, at=utc_now())
        ok(as_adam.post(PATH, given(provider, default_role="admin")), 201)
        from tenant_apps.access.models import Grant  # noqa: PLC0415

        Grant.objects.filter(role__code="admin", permission="deals.create").delete()
        body = given(provider, code="two", default_role="salesperson")
        assert error(as_adam.post(PATH, body), 403)["code"] == "permission_denied"


class TestChanging:
    def test_needs_the_version_that_was_read(
        self, as_olga: PrsClient, olga: User, provider: StrictProvider
    ) -> None:
        row = connect(provider.issuer, olga)
        path = f"{PATH}{row.pk}/"
        assert error(as_olga.patch(path, {"name": "New"}), 428)
        assert error(as_olga.patch(path, {"name": "New"}, version=row.version - 1), 412)
        changed = ok(as_olga.patch(path, {"name": "New"}, version=row.version), 200)
        assert (changed["name"], changed["version"]) == ("New", row.version + 1)
        assert names() == [
            "sso.connection_created",
            "sso.connection_enabled",
            "sso.connection_changed",
        ]

    def test_lowers_the_trust_to_whoever_changed_it(
        self, as_adam: PrsClient, adam: User, olga: User, provider: StrictProvider
    ) -> None:
        row = connect(provider.issuer, olga)
        ok(as_adam.patch(f"{PATH}{row.pk}/", {"name": "New"}, version=row.version), 200)
        row.refresh_from_db()
        assert row.trusted_by_id == adam.pk

    def test_requires_only_what_is_enabled(
        self, as_olga: PrsClient, provider: StrictProvider
    ) -> None:
        row = ok(as_olga.post(PATH, given(provider)), 201)
        path = f"{PATH}{row['id']}/"
        answer = as_olga.patch(path, {"is_required": True}, version=row["version"])
        assert error(answer, 409)["code"] == "sso_connection_not_enabled"
        with pytest.raises(IntegrityError), transaction.atomic():
            Connection.objects.update(is_required=True)


class TestTesting:
    def test_says_what_was_found(
        self, as_olga: PrsClient, olga: User, provider: StrictProvider
    ) -> None:
        row = connect(provider.issuer, olga)
        found = ok(as_olga.post(f"{PATH}{row.pk}/test/"), 200)
        assert found == {
            "is_ok": True,
            "problem": "",
            "keys": 1,
            "authorization_endpoint": f"{provider.issuer}/authorize",
        }

    def test_says_what_is_wrong(
        self, as_olga: PrsClient, olga: User, provider: StrictProvider
    ) -> None:
        row = connect(provider.issuer, olga)
        provider.lies.redirects = True
        found = ok(as_olga.post(f"{PATH}{row.pk}/test/"), 200)
        assert found["is_ok"] is False
        assert "does not answer" in found["problem"]
        assert names()[-1] == "sso.connection_tested"


class TestEnabling:
    def test_asks_the_provider_again(self, as_olga: PrsClient, provider: StrictProvider) -> None:
        row = ok(as_olga.post(PATH, given(provider)), 201)
        provider.lies.padding = 2_000_000
        answer = error(as_olga.post(f"{PATH}{row['id']}/enable/"), 409)
        assert answer["code"] == "sso_provider_failed"
        provider.lies.padding = 0
        assert ok(as_olga.post(f"{PATH}{row['id']}/enable/"), 200)["is_enabled"] is True

    def test_is_undone_by_disabling(
        self, as_olga: PrsClient, olga: User, provider: StrictProvider
    ) -> None:
        row = connect(provider.issuer, olga)
        path = f"{PATH}{row.pk}/"
        ok(as_olga.patch(path, {"is_required": True}, version=row.version), 200)
        shown = ok(as_olga.post(f"{path}disable/"), 200)
        assert (shown["is_enabled"], shown["is_required"]) == (False, False)
        assert names()[-1] == "sso.connection_disabled"


class TestRemoving:
    def test_needs_a_disabled_one_and_forgets_it(
        self, as_olga: PrsClient, olga: User, provider: StrictProvider
    ) -> None:
        path = f"{PATH}{connect(provider.issuer, olga).pk}/"
        assert error(as_olga.delete(path), 409)["code"] == "sso_connection_enabled"
        ok(as_olga.post(f"{path}disable/"), 200)
        ok(as_olga.delete(path), 204)
        assert error(as_olga.delete(path), 404)
        assert names()[-1] == "sso.connection_removed"
        assert ok(as_olga.get(PATH))["results"] == []

    def test_needs_a_recent_proof(
        self, as_olga: PrsClient, olga: User, provider: StrictProvider
    ) -> None:
        row = connect(provider.issuer, olga)
        SignIn.objects.filter(user=olga).update(proved_at=utc_now() - timedelta(minutes=16))
        assert error(as_olga.delete(f"{PATH}{row.pk}/"), 403)["code"] == "step_up_required"
        assert Connection.objects.exists()


@pytest.mark.parametrize("verb", ["test", "enable", "disable"])
def test_every_step_needs_a_recent_proof(
    verb: str, as_olga: PrsClient, olga: User, provider: StrictProvider
) -> None:
    row = connect(provider.issuer, olga)
    SignIn.objects.filter(user=olga).update(proved_at=utc_now() - timedelta(minutes=16))
    answer = as_olga.post(f"{PATH}{row.pk}/{verb}/")
    assert error(answer, 403)["code"] == "step_up_required"


def test_a_connection_of_another_organization_is_not_found(
    as_mallory: PrsClient, olga: User, provider: StrictProvider
) -> None:
    row = connect(provider.issuer, olga)
    error(as_mallory.get(f"{PATH}{row.pk}/"), 404)
    error(as_mallory.post(f"{PATH}{row.pk}/disable/"), 404)


@pytest.mark.parametrize("path", [PATH, "/api/auth/sso/"])
def test_a_list_costs_the_same_for_1_and_50_rows(
    path: str, as_olga: PrsClient, olga: User, connection: Connection
) -> None:
    one = queries_of(lambda: as_olga.get(path))
    for number in range(49):
        connection.pk, connection.code = uuid7(), f"strict-{number}"
        connection.save(force_insert=True)
    assert queries_of(lambda: as_olga.get(path, {"page_size": 50})) == one
    assert len(ok(as_olga.get(path, {"page_size": 100}))["results"]) == 50
