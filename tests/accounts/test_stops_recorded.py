"""Whoever fails or is stopped is in the log, and nobody fills the log by trying."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import Settings

from shared_apps.audit.models import EventRecord
from shared_apps.audit.request import RequestInfo, use_request_info
from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.api_key_text import key_text
from tenant_apps.accounts.models import User
from tenant_apps.accounts.services import sign_in
from tenant_apps.accounts.services.door import SignInRefused
from tenant_apps.accounts.services.key_door import ApiKeyInvalid, admit_key
from tenant_apps.accounts.services.sign_in import SignInAttempt
from tenant_apps.accounts.services.sign_in_limits import TooManySignIns
from tests.access.credential_kinds import NO_DEVICE
from tests.access.keys import make_key
from tests.accounts.factors import give_app
from tests.cast import PASSWORD
from tests.client import PrsClient, error, ok

pytestmark = pytest.mark.django_db

LOGIN, SECOND = "/api/auth/login/", "/api/auth/login/mfa/"
STEP_UP, CHANGE = "/api/auth/step-up/", "/api/auth/password/change/"
PASSKEY, ME = "/api/auth/login/passkey/", "/api/auth/me/"
BETTER = "an even better one 9"
FAILED, STOPPED = "accounts.sign_in_failed", "too_many_attempts"
OF_KEYS = ("accounts.api_key_refused", "accounts.api_key_unknown")


@pytest.fixture(autouse=True)
def _limits(settings: Settings) -> None:
    """The limit of an address as it is in production, and counters of the test's own."""
    settings.SIGN_IN_MAX_FAILURES_PER_ADDRESS = 100
    settings.CACHES = {
        alias: {**cache, "KEY_PREFIX": uuid4().hex} for alias, cache in settings.CACHES.items()
    }


@pytest.fixture
def as_person(person: User, acme: Tenant) -> PrsClient:
    return PrsClient.signed_in(person, tenant=acme)


def causes(*names: str) -> list[str]:
    rows = EventRecord.objects.filter(name__in=names or (FAILED,)).order_by("recorded_at", "pk")
    return [row.payload["cause"] for row in rows]


def causes_of(person: User) -> list[str]:
    rows = EventRecord.objects.filter(name=FAILED, payload__user_id=str(person.pk))
    return [row.payload["cause"] for row in rows.order_by("recorded_at", "pk")]


class TestTheFirstStop:
    """Of a window is an event; those after it are only refused."""

    def test_at_the_second_step(self, person: User, anyone: PrsClient) -> None:
        give_app(person)
        given = {"email": person.email, "password": PASSWORD}
        step = {"challenge": ok(anyone.post(LOGIN, given))["challenge"], "code": "000000"}
        statuses = [anyone.post(SECOND, step).status_code for _ in range(8)]
        assert statuses == [401] * 5 + [429] * 3
        assert causes_of(person) == ["wrong_code"] * 5 + [STOPPED]

    def test_at_a_step_up_with_a_code(self, person: User, acme: Tenant) -> None:
        give_app(person)
        as_person = PrsClient.signed_in(person, tenant=acme)
        statuses = [as_person.post(STEP_UP, {"code": "000000"}).status_code for _ in range(8)]
        assert statuses == [400] * 5 + [429] * 3
        assert causes_of(person) == ["wrong_code_again"] * 5 + [STOPPED]

    def test_at_a_step_up_with_a_passkey(
        self, person: User, anyone: PrsClient, acme: Tenant
    ) -> None:
        give_app(person)
        as_person = PrsClient.signed_in(person, tenant=acme)
        asked = ok(anyone.post(f"{PASSKEY}begin/"))
        given = {"passkey": {"ceremony": asked["ceremony"], "credential": NO_DEVICE}}
        statuses = [as_person.post(STEP_UP, given).status_code for _ in range(8)]
        assert statuses == [401] * 5 + [429] * 3
        assert causes_of(person) == ["wrong_passkey"] * 5 + [STOPPED]

    def test_at_a_step_up_with_the_password(self, person: User, as_person: PrsClient) -> None:
        statuses = [as_person.post(STEP_UP, {"password": "wrong"}).status_code for _ in range(13)]
        assert statuses == [400] * 10 + [429] * 3
        assert causes_of(person) == ["wrong_password_again"] * 10 + [STOPPED]

    def test_at_a_new_password(self, person: User, as_person: PrsClient) -> None:
        given = {"old_password": "wrong", "new_password": BETTER}
        statuses = [as_person.post(CHANGE, given).status_code for _ in range(13)]
        assert statuses == [400] * 10 + [429] * 3
        assert causes_of(person) == ["wrong_old_password"] * 10 + [STOPPED]

    def test_at_a_passkey_alone(self, anyone: PrsClient, settings: Settings) -> None:
        settings.SIGN_IN_MAX_FAILURES_PER_ADDRESS = 4
        asked = ok(anyone.post(f"{PASSKEY}begin/"))
        given = {"ceremony": asked["ceremony"], "credential": NO_DEVICE}
        statuses = [anyone.post(PASSKEY, given).status_code for _ in range(7)]
        assert statuses == [401] * 4 + [429] * 3
        assert causes() == ["unknown_passkey"] * 4 + [STOPPED]

    def test_of_an_api_key(self, olga: User, acme: Tenant) -> None:
        key = make_key(olga)
        wrong = PrsClient.with_key(key.text[:-4] + "AAAA", tenant=acme)
        statuses = [wrong.get(ME).status_code for _ in range(13)]
        assert statuses == [401] * 10 + [429] * 3
        assert causes(*OF_KEYS) == ["secret"] * 10 + [STOPPED]
        rows = EventRecord.objects.filter(name=OF_KEYS[0])
        assert {str(row.subject_id) for row in rows} == {str(key.key.service_account_id)}

    def test_of_an_api_key_while_the_cache_is_gone(
        self, olga: User, acme: Tenant, cache_server: Any
    ) -> None:
        cache_server.close()
        wrong = PrsClient.with_key(make_key(olga).text[:-4] + "AAAA", tenant=acme)
        statuses = [wrong.get(ME).status_code for _ in range(13)]
        assert statuses == [401] * 10 + [429] * 3
        assert causes(*OF_KEYS) == ["secret"] * 10 + [STOPPED]


class TestUnknownKeys:
    def test_are_recorded_once_for_each_key_and_address(self, acme: Tenant, olga: User) -> None:
        unknown = uuid4()
        client = PrsClient.with_key(key_text(unknown, "x" * 43), tenant=acme)
        for address in ("203.0.113.1", "203.0.113.2"):
            for _ in range(3):
                error(client.get(ME, REMOTE_ADDR=address), 401)
        rows = EventRecord.objects.filter(name=OF_KEYS[1]).order_by("recorded_at", "pk")
        assert [(row.payload["key_id"], row.payload["cause"], row.ip) for row in rows] == [
            (str(unknown), "unknown", "203.0.113.1"),
            (str(unknown), "unknown", "203.0.113.2"),
        ]

    def test_are_read_in_the_log_without_their_secret(
        self, acme: Tenant, as_audrey: PrsClient
    ) -> None:
        text = key_text(uuid4(), "x" * 43)
        error(PrsClient.with_key(text, tenant=acme).get(ME), 401)
        answer = ok(as_audrey.get("/api/admin/audit/", {"kind": "key"}))
        assert answer["results"][0]["name"] == OF_KEYS[1]
        assert "x" * 43 not in str(list(EventRecord.objects.values_list("payload", flat=True)))

    def test_of_no_form_are_recorded_too(self, acme: Tenant, cast: None) -> None:
        for number in range(3):
            error(PrsClient.with_key(f"prsk_nothing{number}", tenant=acme).get(ME), 401)
        assert causes(*OF_KEYS) == ["unknown"]


class TestAThousandTries:
    """From one address: what they write does not grow with them."""

    def test_with_one_unknown_key(self, acme: Tenant) -> None:
        text = key_text(uuid4(), "x")
        self.knock(lambda _: admit_key(text, at=utc_now()))
        assert causes(*OF_KEYS) == ["unknown", STOPPED]

    def test_with_a_thousand_unknown_keys(self, acme: Tenant) -> None:
        self.knock(lambda _: admit_key(key_text(uuid4(), "x"), at=utc_now()))
        assert causes(*OF_KEYS) == ["unknown"] * 100 + [STOPPED]

    def test_with_one_known_key(self, acme: Tenant, olga: User) -> None:
        text = make_key(olga).text[:-4] + "AAAA"
        self.knock(lambda _: admit_key(text, at=utc_now()))
        assert causes(*OF_KEYS) == ["secret"] * 10 + [STOPPED]

    def test_with_passwords_of_a_thousand_people(self, acme: Tenant) -> None:
        def attempt(number: int) -> object:
            typed = SignInAttempt(email=f"{number}@example.com", password="wrong")
            return sign_in(attempt=typed, at=utc_now())

        self.knock(attempt)
        assert causes() == ["unknown_address"] * 100 + [STOPPED]

    @staticmethod
    def knock(attempt: Callable[[int], object]) -> None:
        """Try a thousand times from one address; the last ones are only refused."""
        with use_request_info(RequestInfo(ip="203.0.113.7")):
            for number in range(999):
                with suppress(ApiKeyInvalid, SignInRefused, TooManySignIns):
                    attempt(number)
            with pytest.raises(TooManySignIns):
                attempt(999)
