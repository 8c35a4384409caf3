"""A key gives way to another one: nothing happens twice, and nothing stops in between."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant, use_tenant
from tenant_apps.access.services import GrantBeyondOwn, rotate_api_key, set_roles
from tenant_apps.accounts.models import ApiKey, User
from tenant_apps.accounts.services import ApiKeyClosed, ApiKeyReplaced, revoke_key
from tenant_apps.deals.models import Deal
from tests.access.keys import deal_body, make_key
from tests.cast import activate_owner
from tests.client import PrsClient, error, ok
from tests.factories.clients import ClientFactory
from tests.together import run_together

KEYS, DEALS = "/api/auth/api-keys/", "/api/business/deals/"
SELLS = {"deals.create": "all", "deals.view": "all", "clients.view": "all"}
DAY = timedelta(days=1)


@pytest.mark.django_db
class TestOverlap:
    @pytest.fixture
    def old(self, olga: User) -> Any:
        return make_key(olga, grants=SELLS, networks=("127.0.0.0/8",))

    def test_gives_the_new_key_what_the_old_one_had(self, old: Any, as_olga: PrsClient) -> None:
        shown = ok(as_olga.post(f"{KEYS}{old.key.pk}/rotate/", {"overlap_hours": 2}), 201)
        assert shown["key"].startswith("prsk_")
        assert {each["permission"] for each in shown["grants"]} == set(SELLS)
        assert shown["networks"] == ["127.0.0.0/8"]
        assert shown["service_account"] == str(old.key.service_account_id)
        was = ok(as_olga.get(f"{KEYS}{old.key.pk}/"))
        assert was["replaced_by"] == shown["id"]

    def test_lets_both_work_for_the_overlap_and_then_the_new_one(
        self, old: Any, olga: User, acme: Tenant
    ) -> None:
        before = utc_now() - timedelta(hours=3)
        new = rotate_api_key(key_id=old.key.pk, overlap=DAY, by=olga, at=utc_now())
        ok(PrsClient.with_key(old.text, tenant=acme).get(DEALS))
        ok(PrsClient.with_key(new.text, tenant=acme).get(DEALS))
        late = make_key(olga, grants=SELLS, at=before)
        newer = rotate_api_key(key_id=late.key.pk, overlap=timedelta(hours=2), by=olga, at=before)
        error(PrsClient.with_key(late.text, tenant=acme).get(DEALS), 401)
        ok(PrsClient.with_key(newer.text, tenant=acme).get(DEALS))

    def test_never_makes_the_old_one_live_longer(self, olga: User) -> None:
        at = utc_now()
        old = make_key(olga, days=1, at=at)
        rotate_api_key(key_id=old.key.pk, overlap=timedelta(days=7), by=olga, at=at)
        assert ApiKey.objects.get(pk=old.key.pk).expires_at == at + DAY

    def test_happens_once_to_a_key(self, old: Any, olga: User, as_olga: PrsClient) -> None:
        rotate_api_key(key_id=old.key.pk, overlap=DAY, by=olga, at=utc_now())
        answer = as_olga.post(f"{KEYS}{old.key.pk}/rotate/", {})
        assert error(answer, 409)["code"] == "api_key_replaced"

    def test_does_not_happen_to_an_ended_key(self, old: Any, olga: User) -> None:
        revoke_key(key_id=old.key.pk, by=olga, at=utc_now())
        with pytest.raises(ApiKeyClosed):
            rotate_api_key(key_id=old.key.pk, overlap=DAY, by=olga, at=utc_now())

    def test_is_refused_to_who_holds_less(self, old: Any, fay: User) -> None:
        with pytest.raises(GrantBeyondOwn):
            rotate_api_key(key_id=old.key.pk, overlap=DAY, by=fay, at=utc_now())

    def test_hands_the_key_to_the_one_who_rotates(
        self, adam: User, olga: User, acme: Tenant
    ) -> None:
        old = make_key(adam, grants=SELLS)
        set_roles(user_id=adam.pk, roles=[], by=olga, at=utc_now())
        error(PrsClient.with_key(old.text, tenant=acme).get(DEALS), 403)
        new = rotate_api_key(key_id=old.key.pk, overlap=DAY, by=olga, at=utc_now())
        ok(PrsClient.with_key(new.text, tenant=acme).get(DEALS))

    def test_is_an_event_with_both_keys(self, old: Any, olga: User) -> None:
        new = rotate_api_key(key_id=old.key.pk, overlap=DAY, by=olga, at=utc_now())
        event = EventRecord.objects.get(name="accounts.api_key_rotated")
        assert event.payload["key_id"] == str(new.key.pk)
        assert event.payload["old_key_id"] == str(old.key.pk)
        assert event.subject_id == old.key.service_account_id

    def test_makes_a_repeated_request_the_same_request(
        self, old: Any, olga: User, acme: Tenant
    ) -> None:
        body = deal_body(str(ClientFactory(by=olga).pk), payee=olga)
        first = PrsClient.with_key(old.text, tenant=acme).post(DEALS, body, key="order-4711")
        made = ok(first, 201)
        new = rotate_api_key(key_id=old.key.pk, overlap=DAY, by=olga, at=utc_now())
        again = PrsClient.with_key(new.text, tenant=acme).post(DEALS, body, key="order-4711")
        assert ok(again, 201)["id"] == made["id"]
        assert again["Idempotent-Replayed"] == "true"
        assert Deal.objects.filter(created_by_id=old.key.service_account_id).count() == 1


def test_of_many_who_rotate_a_key_at_once_one_does(fresh_tenant: Tenant) -> None:
    olga = activate_owner(at=utc_now())
    old = make_key(olga)
    rotate = partial(rotate_api_key, key_id=old.key.pk, overlap=DAY, by=olga, at=utc_now())
    outcomes = run_together(fresh_tenant, [rotate] * 6)
    assert sum(isinstance(each, ApiKeyReplaced) for each in outcomes) == 5, outcomes
    with use_tenant(fresh_tenant):
        assert ApiKey.objects.count() == 2


def test_one_request_under_both_keys_at_once_happens_once(fresh_tenant: Tenant) -> None:
    olga = activate_owner(at=utc_now())
    old = make_key(olga, grants=SELLS)
    new = rotate_api_key(key_id=old.key.pk, overlap=DAY, by=olga, at=utc_now())
    body = deal_body(str(ClientFactory(by=olga).pk), payee=olga)
    sends = [
        partial(PrsClient.with_key(text, tenant=fresh_tenant).post, DEALS, body, key="order-4711")
        for text in (old.text, new.text) * 3
    ]
    outcomes = run_together(fresh_tenant, sends)
    made = {answer.json()["data"]["id"] for answer in outcomes if answer.status_code == 201}
    assert len(made) == 1, [answer.content for answer in outcomes]
    assert {answer.status_code for answer in outcomes} <= {201, 409}
    with use_tenant(fresh_tenant):
        assert Deal.objects.count() == 1
