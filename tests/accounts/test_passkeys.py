"""Passkeys: made, signed in with, proved with; bound to one host."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant, use_tenant
from tenant_apps.accounts.models import SignIn, User
from tenant_apps.accounts.services import require_password_change, suspend_person
from tests.accounts.factors import give_app
from tests.accounts.passkey_device import Passkey
from tests.cast import PASSWORD, STAGEHAND
from tests.client import PrsClient, error, ok, tokens_of
from tests.factories.accounts import PersonFactory
from tests.queries import queries_of

pytestmark = pytest.mark.django_db

KEYS, LOGIN, ME = "/api/auth/passkeys/", "/api/auth/login/passkey/", "/api/auth/me/"


@pytest.fixture
def as_person(person: User, acme: Tenant) -> PrsClient:
    """A client with the person's own token."""
    return PrsClient(host=acme.host, tokens=tokens_of(person, tenant=acme))


@pytest.fixture
def device(acme: Tenant) -> Passkey:
    """A device whose browser is at acme's pages."""
    return Passkey(origin=f"http://{acme.host}:8000")


def make(client: PrsClient, device: Passkey, name: str = "My laptop", **more: Any) -> Any:
    asked = ok(client.post(f"{KEYS}begin/", **more), 200)
    given = {
        "name": name,
        "ceremony": asked["ceremony"],
        "credential": device.make(asked["options"]),
    }
    return client.post(KEYS, given, **more)


def use(client: PrsClient, device: Passkey) -> dict[str, Any]:
    asked = ok(client.post(f"{LOGIN}begin/"), 200)
    return {"ceremony": asked["ceremony"], "credential": device.use(asked["options"])}


@pytest.fixture
def known(device: Passkey, as_person: PrsClient) -> Passkey:
    """A device that the person has made a passkey on."""
    assert len(ok(make(as_person, device), 200)["recovery_codes"]) == 10
    return device


class TestRenaming:
    def test_keeps_the_name(self, known: Passkey, as_person: PrsClient) -> None:
        (shown,) = ok(as_person.get(KEYS))["results"]
        answer = ok(as_person.post(f"{KEYS}{shown['id']}/rename/", {"name": "Old laptop"}), 200)
        assert answer["name"] == "Old laptop"
        assert EventRecord.objects.filter(name="accounts.passkey_renamed").count() == 1

    def test_is_of_ones_own_only(
        self, known: Passkey, as_person: PrsClient, as_sam: PrsClient
    ) -> None:
        (shown,) = ok(as_person.get(KEYS))["results"]
        error(as_sam.post(f"{KEYS}{shown['id']}/rename/", {"name": "Mine"}), 404)
        error(as_person.post(f"{KEYS}{shown['id']}/rename/", {"name": ""}), 400)

    def test_leaves_it_good_to_sign_in_with(
        self, known: Passkey, as_person: PrsClient, anyone: PrsClient
    ) -> None:
        (shown,) = ok(as_person.get(KEYS))["results"]
        ok(as_person.post(f"{KEYS}{shown['id']}/rename/", {"name": "Old laptop"}), 200)
        assert ok(anyone.post(LOGIN, use(anyone, known)), 200)["status"] == "signed_in"


class TestMaking:
    def test_keeps_this_sign_in_and_ends_the_others(
        self, person: User, acme: Tenant, as_person: PrsClient, device: Passkey
    ) -> None:
        other = PrsClient(host=acme.host, tokens=tokens_of(person, tenant=acme))
        ok(make(as_person, device), 200)
        ok(as_person.get(ME))
        error(other.get(ME), 401)
        (shown,) = ok(as_person.get(KEYS))["results"]
        assert (shown["name"], shown["last_used_at"]) == ("My laptop", None)

    def test_asks_for_a_discoverable_and_verified_one_of_this_host(
        self, person: User, acme: Tenant, as_person: PrsClient
    ) -> None:
        asked = ok(as_person.post(f"{KEYS}begin/"))["options"]["publicKey"]
        assert asked["rp"]["id"] == acme.host
        assert asked["authenticatorSelection"]["residentKey"] == "required"
        assert asked["authenticatorSelection"]["userVerification"] == "required"

    def test_gives_codes_with_the_first_factor_only(
        self, known: Passkey, as_person: PrsClient, acme: Tenant
    ) -> None:
        second = Passkey(origin=known.origin)
        assert ok(make(as_person, second, "Key"), 200)["recovery_codes"] == []

    @pytest.mark.parametrize("fault", ["origin", "unverified", "again", "nonsense"])
    def test_is_refused(
        self, fault: str, as_person: PrsClient, device: Passkey, globex: Tenant
    ) -> None:
        if fault == "origin":
            device.origin = f"http://{globex.host}:8000"
        if fault == "unverified":
            device.is_verified = False
        asked = ok(as_person.post(f"{KEYS}begin/"))
        made = {} if fault == "nonsense" else device.make(asked["options"])
        given = {"name": "x", "ceremony": asked["ceremony"], "credential": made}
        if fault == "again":
            ok(as_person.post(KEYS, given), 200)
        error(as_person.post(KEYS, given), 401)

    def test_is_for_the_person_who_was_asked(
        self, as_person: PrsClient, as_sam: PrsClient, device: Passkey
    ) -> None:
        asked = ok(as_sam.post(f"{KEYS}begin/"))
        given = {"name": "x", "ceremony": asked["ceremony"]}
        credential = device.make(asked["options"])
        assert error(as_person.post(KEYS, {**given, "credential": credential}), 401)["code"] == (
            "token_invalid"
        )

    def test_is_of_this_organization(
        self, as_person: PrsClient, as_mallory: PrsClient, device: Passkey
    ) -> None:
        asked = ok(as_person.post(f"{KEYS}begin/"))
        given = {
            "name": "x",
            "ceremony": asked["ceremony"],
            "credential": device.make(asked["options"]),
        }
        assert error(as_mallory.post(KEYS, given), 401)["code"] == "wrong_tenant"

    def test_needs_a_recent_proof(self, person: User, as_person: PrsClient) -> None:
        SignIn.objects.filter(user=person).update(proved_at=utc_now() - timedelta(minutes=16))
        given = {"name": "x", "ceremony": "x", "credential": {}}
        for answer in (
            as_person.post(f"{KEYS}begin/"),
            as_person.post(KEYS, given),
            as_person.delete(f"{KEYS}1/"),
        ):
            assert error(answer, 403)["code"] == "step_up_required"

    def test_answers_the_door_that_asks_for_a_factor(
        self, vera: User, device: Passkey, anyone: PrsClient
    ) -> None:
        vera.second_factor_asked_at = utc_now() - timedelta(days=8)
        vera.save(update_fields=["second_factor_asked_at"])
        first = ok(anyone.post("/api/auth/login/", {"email": vera.email, "password": PASSWORD}))
        headers = {"Authorization": f"Bearer {first['challenge']}"}
        answer = ok(make(anyone, device, headers=headers), 200)
        assert answer["sign_in"]["status"] == "signed_in"


class TestSigningIn:
    def test_asks_for_no_password_and_no_code(
        self, known: Passkey, person: User, anyone: PrsClient
    ) -> None:
        answer = ok(anyone.post(LOGIN, use(anyone, known)), 200)
        assert answer["status"] == "signed_in"
        assert answer["user"]["email"] == person.email
        row = EventRecord.objects.get(name="accounts.person_signed_in")
        assert row.payload["proofs"] == "passkey"

    def test_opens_a_browser_session_on_demand(self, known: Passkey, anyone: PrsClient) -> None:
        ok(anyone.post(LOGIN, {**use(anyone, known), "session": True}), 200)
        ok(anyone.get(ME))

    def test_takes_an_answer_once(self, known: Passkey, anyone: PrsClient) -> None:
        answer = use(anyone, known)
        ok(anyone.post(LOGIN, answer), 200)
        error(anyone.post(LOGIN, answer), 401)

    def test_takes_an_answer_once_also_from_devices_that_do_not_count(
        self, known: Passkey, anyone: PrsClient
    ) -> None:
        known.count = -1
        answer = use(anyone, known)
        ok(anyone.post(LOGIN, answer), 200)
        assert error(anyone.post(LOGIN, answer), 401)["code"] == "token_invalid"

    def test_refuses_a_copied_device(self, known: Passkey, anyone: PrsClient) -> None:
        for _ in range(2):
            ok(anyone.post(LOGIN, use(anyone, known)), 200)
        known.count = 1
        answer = use(anyone, known)
        assert error(anyone.post(LOGIN, answer), 401)["code"] == "wrong_passkey"

    @pytest.mark.parametrize("fault", ["origin", "unverified", "key", "handle", "nonsense"])
    def test_is_refused(self, fault: str, known: Passkey, anyone: PrsClient, sam: User) -> None:
        stranger = Passkey(origin=known.origin)
        known.origin = "http://evil.localhost:8000" if fault == "origin" else known.origin
        known.is_verified = fault != "unverified"
        known.key = stranger.key if fault == "key" else known.key
        known.handle = sam.pk.bytes if fault == "handle" else known.handle
        answer = use(anyone, known)
        if fault == "nonsense":
            answer["credential"] = {"id": "x"}
        assert error(anyone.post(LOGIN, answer), 401)["code"] == "wrong_passkey"
        assert not EventRecord.objects.filter(name="accounts.person_signed_in").exists()

    def test_meets_the_suspended_and_those_with_an_old_password_at_the_door(
        self, known: Passkey, person: User, anyone: PrsClient
    ) -> None:
        require_password_change(user_id=person.pk, by=STAGEHAND, at=utc_now())
        answer = ok(anyone.post(LOGIN, use(anyone, known)), 200)
        assert (answer["status"], answer["access"]) == ("password_change_required", None)
        suspend_person(user_id=person.pk, by=STAGEHAND, at=utc_now())
        refusal = anyone.post(LOGIN, use(anyone, known))
        assert error(refusal, 401)["code"] == "not_authenticated"

    def test_opens_nothing_at_another_organization(
        self,
        known: Passkey,
        person: User,
        anyone: PrsClient,
        at_globex: PrsClient,
        globex: Tenant,
    ) -> None:
        asked_here = use(anyone, known)
        assert error(at_globex.post(LOGIN, asked_here), 401)["code"] == "wrong_tenant"
        row = Authenticator.objects.get(user=person)
        with use_tenant(globex):
            User.objects.bulk_create([person])
            row.pk = None
            row.save(force_insert=True)
        known.origin = f"http://{globex.host}:8000"
        assert error(at_globex.post(LOGIN, use(at_globex, known)), 401)["code"] == "wrong_passkey"


class TestAsASecondFactor:
    def test_stands_beside_the_app(self, known: Passkey, person: User, anyone: PrsClient) -> None:
        first = ok(anyone.post("/api/auth/login/", {"email": person.email, "password": PASSWORD}))
        assert first["methods"] == ["passkey", "recovery_code"]
        given = {"challenge": first["challenge"], "passkey": use(anyone, known)}
        assert ok(anyone.post("/api/auth/login/mfa/", given), 200)["status"] == "signed_in"

    def test_of_another_person_is_refused(
        self, known: Passkey, anyone: PrsClient, acme: Tenant
    ) -> None:
        other = PersonFactory()
        give_app(other)
        first = ok(anyone.post("/api/auth/login/", {"email": other.email, "password": PASSWORD}))
        given = {"challenge": first["challenge"], "passkey": use(anyone, known)}
        refusal = error(anyone.post("/api/auth/login/mfa/", given), 401)
        assert refusal["code"] == "wrong_passkey"

    def test_renews_the_proof_of_a_sign_in(
        self, known: Passkey, person: User, as_person: PrsClient
    ) -> None:
        SignIn.objects.filter(user=person).update(proved_at=None)
        error(as_person.post(f"{KEYS}begin/"), 403)
        ok(as_person.post("/api/auth/step-up/", {"passkey": use(as_person, known)}), 200)
        ok(as_person.post(f"{KEYS}begin/"), 200)


class TestGivingUp:
    def test_removes_it(
        self, known: Passkey, person: User, as_person: PrsClient, anyone: PrsClient
    ) -> None:
        (shown,) = ok(as_person.get(KEYS))["results"]
        ok(as_person.delete(f"{KEYS}{shown['id']}/"), 204)
        error(as_person.delete(f"{KEYS}{shown['id']}/"), 404)
        assert error(anyone.post(LOGIN, use(anyone, known)), 401)["code"] == "wrong_passkey"

    def test_is_of_ones_own_only(
        self, known: Passkey, as_person: PrsClient, as_sam: PrsClient
    ) -> None:
        (shown,) = ok(as_person.get(KEYS))["results"]
        error(as_sam.delete(f"{KEYS}{shown['id']}/"), 404)
        assert ok(as_sam.get(KEYS))["results"] == []

    def test_costs_the_same_statements_to_list_1_and_50(
        self, known: Passkey, person: User, as_person: PrsClient
    ) -> None:
        listed = partial(as_person.get, f"{KEYS}?page_size=100")
        one = queries_of(listed)
        Authenticator.objects.bulk_create(
            Authenticator(user=person, type="webauthn", data={"name": str(n)}) for n in range(49)
        )
        assert queries_of(listed) == one
