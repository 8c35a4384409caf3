"""Proving again who one is, inside a sign-in: strangers do not stop it, and guesses are few."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import SignIn, User
from tests.accounts.factors import App, give_app
from tests.cast import PASSWORD
from tests.client import PrsClient, error, ok

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("counter")]

LOGIN, SECOND = "/api/auth/login/", "/api/auth/login/mfa/"
STEP_UP, CHANGE = "/api/auth/step-up/", "/api/auth/password/change/"
BETTER = "an even better one 9"


@pytest.fixture
def as_person(person: User, acme: Tenant) -> PrsClient:
    """The person, signed in a while ago."""
    return signed_in(person, acme)


@pytest.fixture
def app(person: User) -> App:
    return give_app(person)


def signed_in(person: User, tenant: Tenant) -> PrsClient:
    client = PrsClient.signed_in(person, tenant=tenant)
    SignIn.objects.filter(user=person).update(proved_at=utc_now() - timedelta(hours=1))
    return client


def fail_at_the_door(person: User, anyone: PrsClient, settings: Settings) -> None:
    """Twenty strangers fail, half of them from the person's own network address."""
    settings.SIGN_IN_MAX_FAILURES_PER_ACCOUNT = 15
    given = {"email": person.email, "password": "wrong"}
    for number in range(10):
        anyone.post(LOGIN, given)
        anyone.post(LOGIN, given, REMOTE_ADDR=f"203.0.113.{number}")
    error(anyone.post(LOGIN, given), 429)
    error(anyone.post(LOGIN, given, REMOTE_ADDR="203.0.113.99"), 429)


class TestStrangersAtTheDoor:
    """Twenty of them have used up whatever an account has there."""

    def test_do_not_stop_a_step_up_with_the_password(
        self, person: User, as_person: PrsClient, anyone: PrsClient, settings: Settings
    ) -> None:
        fail_at_the_door(person, anyone, settings)
        ok(as_person.post(STEP_UP, {"password": PASSWORD}), 200)

    def test_do_not_stop_a_new_password(
        self, person: User, as_person: PrsClient, anyone: PrsClient, settings: Settings
    ) -> None:
        fail_at_the_door(person, anyone, settings)
        ok(as_person.post(CHANGE, {"old_password": PASSWORD, "new_password": BETTER}), 204)

    def test_do_not_stop_a_step_up_with_a_code_though_they_have_the_password(
        self, app: App, person: User, anyone: PrsClient, acme: Tenant
    ) -> None:
        inside = signed_in(person, acme)
        given = {"email": person.email, "password": PASSWORD}
        step = {"challenge": ok(anyone.post(LOGIN, given))["challenge"], "code": "000000"}
        for _ in range(5):
            error(anyone.post(SECOND, step), 401)
        error(anyone.post(SECOND, step), 429)
        ok(inside.post(STEP_UP, {"code": app.code()}), 200)


class TestGuessesInside:
    def test_at_the_password_are_as_many_as_at_the_door(
        self, as_person: PrsClient, person: User
    ) -> None:
        for _ in range(10):
            error(as_person.post(STEP_UP, {"password": "wrong"}), 400)
        stopped = as_person.post(STEP_UP, {"password": PASSWORD})
        assert error(stopped, 429)["code"] == "throttled"
        assert 0 < int(stopped["Retry-After"]) <= 900

    def test_are_not_more_with_another_sign_in(
        self, as_person: PrsClient, person: User, acme: Tenant
    ) -> None:
        statuses = [
            signed_in(person, acme).post(STEP_UP, {"password": "wrong"}).status_code
            for _ in range(12)
        ]
        assert statuses == [400] * 10 + [429] * 2

    def test_are_not_more_with_the_change_of_a_password(self, as_person: PrsClient) -> None:
        for _ in range(5):
            error(as_person.post(STEP_UP, {"password": "wrong"}), 400)
            error(as_person.post(CHANGE, {"old_password": "wrong", "new_password": BETTER}), 400)
        error(as_person.post(STEP_UP, {"password": PASSWORD}), 429)
        error(as_person.post(CHANGE, {"old_password": PASSWORD, "new_password": BETTER}), 429)

    @pytest.mark.parametrize("kind", ["code", "recovery_code"])
    def test_at_a_code_are_five_whatever_sign_in_they_come_from(
        self, app: App, person: User, acme: Tenant, kind: str
    ) -> None:
        statuses = [
            signed_in(person, acme).post(STEP_UP, {kind: "000000"}).status_code for _ in range(6)
        ]
        assert statuses == [400] * 5 + [429]
        right = {"code": app.code(), "recovery_code": app.recovery_codes[0]}[kind]
        error(signed_in(person, acme).post(STEP_UP, {kind: right}), 429)

    def test_do_not_stop_the_person_at_the_door(
        self, as_person: PrsClient, person: User, anyone: PrsClient
    ) -> None:
        statuses = [as_person.post(STEP_UP, {"password": "wrong"}).status_code for _ in range(11)]
        assert statuses[-1] == 429
        ok(anyone.post(LOGIN, {"email": person.email, "password": PASSWORD}), 200)

    def test_are_forgotten_when_the_person_proves_who_they_are(self, as_person: PrsClient) -> None:
        def guess(times: int) -> list[Any]:
            return [
                as_person.post(STEP_UP, {"password": "wrong"}).status_code for _ in range(times)
            ]

        assert guess(9) == [400] * 9
        ok(as_person.post(STEP_UP, {"password": PASSWORD}), 200)
        assert guess(10) == [400] * 10
