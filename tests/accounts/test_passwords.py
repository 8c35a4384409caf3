"""Passwords: one's own, strong, and never someone else's."""

from typing import Any

import pytest
from django.utils.module_loading import import_string

from config.settings import base
from shared_apps.audit.models import EventRecord
from tenant_apps.accounts.models import User
from tests.cast import PASSWORD
from tests.client import PrsClient, error, ok

pytestmark = pytest.mark.django_db

CHANGE = "/api/auth/password/change/"
BETTER = "an even better one 9"


@pytest.fixture
def signed_in(pair: dict[str, str], anyone: PrsClient) -> dict[str, Any]:
    return {"headers": {"Authorization": f"Bearer {pair['access']}"}}


def test_is_replaced_by_who_knows_the_old_one(
    signed_in: dict[str, Any], person: User, anyone: PrsClient
) -> None:
    given = {"old_password": PASSWORD, "new_password": BETTER}
    ok(anyone.post(CHANGE, given, **signed_in), 204)
    ok(anyone.post("/api/auth/login/", {"email": person.email, "password": BETTER}))
    event = EventRecord.objects.get(name="accounts.password_changed", subject_id=person.pk)
    assert BETTER not in str([event.payload, event.before, event.after])


def test_when_replaced_ends_every_sign_in(signed_in: dict[str, Any], anyone: PrsClient) -> None:
    given = {"old_password": PASSWORD, "new_password": BETTER}
    ok(anyone.post(CHANGE, given, **signed_in), 204)
    error(anyone.get("/api/auth/me/", **signed_in), 401)


def test_is_not_replaced_with_a_wrong_old_one(signed_in: dict[str, Any], anyone: PrsClient) -> None:
    refusal = error(
        anyone.post(CHANGE, {"old_password": "wrong", "new_password": BETTER}, **signed_in), 400
    )
    assert refusal["errors"][0]["field"] == "/old_password"


def test_cannot_be_guessed_here_either(signed_in: dict[str, Any], anyone: PrsClient) -> None:
    given = {"old_password": "wrong", "new_password": BETTER}
    statuses = [anyone.post(CHANGE, given, **signed_in).status_code for _ in range(11)]
    assert statuses == [400] * 10 + [429]


@pytest.mark.parametrize("weak", ["short 1", "password1234", "1234567890123", PASSWORD])
def test_must_be_strong_and_new(weak: str, signed_in: dict[str, Any], anyone: PrsClient) -> None:
    given = {"old_password": PASSWORD, "new_password": weak}
    refusal = error(anyone.post(CHANGE, given, **signed_in), 400)
    assert refusal["errors"][0]["field"] == "/new_password"


@pytest.mark.parametrize("weak", ["P@ssword2026!", "Wednesday2026", "qwertyuiopasdf1"])
def test_must_resist_guessing(weak: str, signed_in: dict[str, Any], anyone: PrsClient) -> None:
    given = {"old_password": PASSWORD, "new_password": weak}
    refusal = error(anyone.post(CHANGE, given, **signed_in), 400)
    assert [each["code"] for each in refusal["errors"]] == ["password_guessable"]


def test_must_not_be_the_address(
    signed_in: dict[str, Any], person: User, anyone: PrsClient
) -> None:
    given = {"old_password": PASSWORD, "new_password": person.email}
    error(anyone.post(CHANGE, given, **signed_in), 400)


@pytest.mark.parametrize(
    "given",
    [
        {"new_password": BETTER},
        {"old_password": PASSWORD, "challenge": "x", "new_password": BETTER},
        {"old_password": PASSWORD},
        {"old_password": PASSWORD, "new_password": BETTER, "user_id": "x"},
    ],
)
def test_change_takes_one_proof_and_nothing_else(
    given: dict[str, str], signed_in: dict[str, Any], anyone: PrsClient
) -> None:
    error(anyone.post(CHANGE, given, **signed_in), 400)


def test_change_is_for_the_signed_in(anyone: PrsClient) -> None:
    given = {"old_password": PASSWORD, "new_password": BETTER}
    assert error(anyone.post(CHANGE, given), 401)["code"] == "not_authenticated"


def test_change_refuses_a_forged_challenge(anyone: PrsClient) -> None:
    given = {"challenge": "x.y.z", "new_password": BETTER}
    assert error(anyone.post(CHANGE, given), 401)["code"] == "token_invalid"


def test_passwords_are_kept_as_argon2id() -> None:
    """The product's own setting: tests hash faster."""
    first = import_string(base.PASSWORD_HASHERS[0])
    assert (
        first().encode("correct horse battery", "salt-of-sixteen-").startswith("argon2$argon2id$")
    )
