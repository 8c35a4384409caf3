"""Known and unknown addresses cost the same work: one Argon2, and as many statements."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.accounts.services import require_password_change, suspend_person
from tests.accounts.factors import give_app
from tests.cast import STAGEHAND
from tests.client import PrsClient
from tests.factories.accounts import InvitedPersonFactory, PersonFactory

pytestmark = pytest.mark.django_db

WRONG = "not the password at all"


class CountingArgon2(Argon2PasswordHasher):
    """The product's own hasher, which counts how often it works."""

    work = 0

    def encode(self, password: str, salt: str) -> str:
        """Hash."""
        CountingArgon2.work += 1
        return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Hash and compare."""
        CountingArgon2.work += 1
        return super().verify(password, encoded)


@pytest.fixture(autouse=True)
def _argon2(settings: Settings, acme: Tenant) -> Iterator[None]:
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingArgon2"]
    settings.PASSWORD_RESETS_PER_ADDRESS = 1_000_000  # all tests come from one network address
    yield
    CountingArgon2.work = 0


def suspended() -> User:
    """Somebody who may not come in."""
    return suspend_person(user_id=PersonFactory().pk, by=STAGEHAND, at=utc_now())


def with_a_factor() -> User:
    """Somebody with an authenticator app."""
    person = PersonFactory()
    give_app(person)
    return person


def with_an_old_password() -> User:
    """Somebody who must choose a new password."""
    return require_password_change(user_id=PersonFactory().pk, by=STAGEHAND, at=utc_now())


KNOWN: dict[str, Callable[[], User]] = {
    "active": PersonFactory,
    "invited": InvitedPersonFactory,
    "suspended": suspended,
    "with a factor": with_a_factor,
    "with an old password": with_an_old_password,
}


def work_of(client: PrsClient, path: str, body: dict[str, Any]) -> tuple[int, int, int]:
    """Return the status, how often a password was hashed, and how many statements were sent.

    The fewest statements of two times: hosts are looked up again every few seconds, and the
    schema is selected by whoever comes after another one.
    """
    return min(_work_of(client, path, body) for _ in range(2))


def _work_of(client: PrsClient, path: str, body: dict[str, Any]) -> tuple[int, int, int]:
    CountingArgon2.work = 0
    with CaptureQueriesContext(connection) as statements:
        answer = client.post(path, body)
    return answer.status_code, CountingArgon2.work, len(statements)


@pytest.mark.parametrize("who", KNOWN)
def test_a_wrong_password_costs_what_an_unknown_address_costs(who: str, anyone: PrsClient) -> None:
    person = KNOWN[who]()
    unknown = {"email": f"nobody-{uuid4().hex}@example.com", "password": WRONG}
    expected = work_of(anyone, "/api/auth/login/", unknown)
    known = work_of(anyone, "/api/auth/login/", {"email": person.email, "password": WRONG})
    assert known == expected
    assert expected[:2] == (401, 1)


@pytest.mark.parametrize("who", KNOWN)
def test_a_forgotten_password_costs_what_an_unknown_address_costs(
    who: str, anyone: PrsClient
) -> None:
    person = KNOWN[who]()
    unknown = {"email": f"nobody-{uuid4().hex}@example.com"}
    expected = work_of(anyone, "/api/auth/password/reset/", unknown)
    known = work_of(anyone, "/api/auth/password/reset/", {"email": person.email})
    assert known == expected
    assert expected[:2] == (204, 0)
