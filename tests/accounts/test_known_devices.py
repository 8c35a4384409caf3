"""A device that a person signed in with before is not locked out by strangers."""

from typing import Any

import pytest

from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tests.cast import PASSWORD
from tests.client import PrsClient, error, ok
from tests.factories.accounts import PersonFactory

pytestmark = pytest.mark.django_db

LOGIN, COOKIE = "/api/auth/login/", "prs_device"


def try_in(client: PrsClient, person: User, password: str = PASSWORD, **more: Any) -> Any:
    return client.post(LOGIN, {"email": person.email, "password": password}, **more)


@pytest.fixture
def known(person: User, acme: Tenant) -> PrsClient:
    """A browser that the person signed in with."""
    client = PrsClient(host=acme.host)
    ok(try_in(client, person))
    return client


def test_is_named_by_a_host_only_cookie_that_scripts_cannot_read(known: PrsClient) -> None:
    cookie = known.cookies[COOKIE]
    assert (cookie["domain"], cookie["httponly"], cookie["samesite"]) == ("", True, "Lax")


def test_is_named_once(known: PrsClient, person: User) -> None:
    first = known.cookies[COOKIE].value
    ok(try_in(known, person))
    assert known.cookies[COOKIE].value == first


def test_is_named_after_a_success_only(person: User, anyone: PrsClient) -> None:
    error(try_in(anyone, person, "wrong"), 401)
    assert COOKIE not in anyone.cookies


def test_signs_in_while_strangers_use_up_the_account(
    known: PrsClient, person: User, anyone: PrsClient, settings: Any
) -> None:
    settings.SIGN_IN_MAX_FAILURES_PER_ACCOUNT = 3
    for number in range(3):
        error(try_in(anyone, person, "wrong", REMOTE_ADDR=f"203.0.113.{number}"), 401)
    error(try_in(anyone, person, REMOTE_ADDR="203.0.113.9"), 429)
    ok(try_in(known, person, REMOTE_ADDR="203.0.113.9"))


def test_signs_in_from_the_address_that_a_stranger_used_up(
    known: PrsClient, person: User, anyone: PrsClient
) -> None:
    for _ in range(10):
        error(try_in(anyone, person, "wrong"), 401)
    error(try_in(anyone, person), 429)
    ok(try_in(known, person))


def test_has_a_budget_of_its_own(known: PrsClient, person: User, anyone: PrsClient) -> None:
    for _ in range(10):
        error(try_in(known, person, "wrong"), 401)
    error(try_in(known, person), 429)
    ok(try_in(anyone, person))


def test_is_a_stranger_to_other_people(known: PrsClient, anyone: PrsClient) -> None:
    other = PersonFactory()
    for _ in range(10):
        error(try_in(anyone, other, "wrong"), 401)
    error(try_in(known, other), 429)


def test_is_a_stranger_to_other_organizations(
    known: PrsClient, person: User, at_globex: PrsClient
) -> None:
    at_globex.cookies = known.cookies
    for _ in range(10):
        error(try_in(at_globex, person, "wrong"), 401)
    error(try_in(at_globex, person, "wrong"), 429)


def test_opens_nothing(known: PrsClient, anyone: PrsClient) -> None:
    text = known.cookies[COOKIE].value
    error(anyone.get("/api/auth/me/", headers={"Authorization": f"Bearer {text}"}), 401)
    anyone.cookies[COOKIE] = text
    error(anyone.get("/api/auth/me/"), 401)


@pytest.mark.parametrize("text", ["", "x", "a.b.c"])
def test_nonsense_is_a_stranger(text: str, person: User, anyone: PrsClient) -> None:
    anyone.cookies[COOKIE] = text
    ok(try_in(anyone, person))
