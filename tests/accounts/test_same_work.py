"""Known and unknown addresses cost the same work, and hear the same: counted, not timed."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant, use_platform, use_tenant
from tenant_apps.accounts.models import User
from tenant_apps.accounts.services import (
    NewPerson,
    activate_person,
    create_operator,
    require_password_change,
    suspend_person,
)
from tenant_apps.accounts.services.invitations import make_invitation_token
from tests.accounts.factors import give_app
from tests.cast import PASSWORD, STAGEHAND
from tests.client import PrsClient
from tests.factories.accounts import InvitedPersonFactory, PersonFactory

pytestmark = pytest.mark.django_db

WRONG = "not the password at all"
# what differs from one answer to the next, whoever asks
PASSING = re.compile(
    r'"(request_id|timestamp)": ?"[^"]*"|name="(csrfmiddlewaretoken|request_key)" value="[^"]*"'
    r'|nonce="[^"]*"'
)


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


@dataclass(frozen=True)
class Work:
    """What an answer cost and said: how often a password was hashed, how many statements."""

    status: int
    hashes: int
    statements: int
    said: str


@dataclass(frozen=True)
class Way:
    """Somewhere an address is typed by somebody who need not know anything about it.

    `hashes` is what each answer costs; `typed` goes along with the address.
    """

    path: str
    host: str = ""
    status: int = 401
    hashes: int = 0
    typed: tuple[tuple[str, str], ...] = ()
    is_page: bool = False


PASSWORD_TOO = (("password", WRONG),)
WAYS: dict[str, Way] = {
    "sign in": Way("/api/auth/login/", hashes=1, typed=PASSWORD_TOO),
    "sign in on the page": Way("/sign-in/", status=400, hashes=1, typed=PASSWORD_TOO, is_page=True),
    "sign in as an operator": Way(
        "/api/platform/auth/login/", host="localhost", hashes=1, typed=PASSWORD_TOO
    ),
    "forgotten password": Way("/api/auth/password/reset/", status=204),
    "forgotten password on the page": Way("/sign-in/forgotten/", status=200, is_page=True),
    "find my workspace": Way("/api/platform/find/", host="localhost", status=204),
    "find my workspace on the page": Way("/find/", host="localhost", status=200, is_page=True),
}


def work_of(way: Way, email: str, acme: Tenant) -> Work:
    """Return what an address costs there, and what is said of it.

    The fewest statements of two times: hosts are looked up again every few seconds, and the
    schema is selected by whoever comes after another one.
    """
    works = [_work_of(way, email, acme) for _ in range(2)]
    return min(works, key=lambda work: work.statements)


def _work_of(way: Way, email: str, acme: Tenant) -> Work:
    host = way.host or acme.host
    client: Any = Client(SERVER_NAME=host) if way.is_page else PrsClient(host=host)
    CountingArgon2.work = 0
    with CaptureQueriesContext(connection) as statements:
        answer = client.post(way.path, {"email": email, **dict(way.typed)})
    said = PASSING.sub("", answer.content.decode().replace(email, "<address>"))
    return Work(answer.status_code, CountingArgon2.work, len(statements), said)


@pytest.mark.parametrize("who", KNOWN)
@pytest.mark.parametrize("way", list(WAYS.values()), ids=list(WAYS))
def test_a_known_address_costs_and_hears_what_an_unknown_one_does(
    way: Way, who: str, acme: Tenant
) -> None:
    if "platform" in way.path and way.typed:
        with use_platform():
            known = operator() if who == "active" else KNOWN[who]()
    else:
        known = KNOWN[who]()
    expected = work_of(way, f"nobody-{uuid4().hex}@example.com", acme)
    assert work_of(way, known.email, acme) == expected
    assert (expected.status, expected.hashes) == (way.status, way.hashes)


def operator() -> User:
    """Somebody who operates the platform."""
    new = NewPerson(email=f"operator-{uuid4().hex}@example.com")
    return create_operator(new=new, password=PASSWORD, by=STAGEHAND, at=utc_now())


def least_of(asks: Iterable[Callable[[], Any]], *names: str) -> tuple[int, int, int, str]:
    """Return what the cheapest of several like requests cost, and what was said but for `names`.

    The first may look at the directory once more, and so may one that comes five seconds later.
    """
    works = []
    for ask in asks:
        CountingArgon2.work = 0
        with CaptureQueriesContext(connection) as statements:
            answer = ask()
        said = PASSING.sub("", answer.content.decode())
        for name in names:
            said = re.sub(f'"{name}": ?"[^"]*"', "", said)
        works.append((len(statements), CountingArgon2.work, answer.status_code, said))
    return min(works)


def test_an_invitation_says_nothing_of_other_organizations(
    as_adam: PrsClient, globex: Tenant
) -> None:
    """Whoever is invited may well have an account elsewhere."""
    with use_tenant(globex):
        elsewhere = [PersonFactory().email for _ in range(4)]
    nowhere = [f"person-{uuid4().hex}@example.com" for _ in range(4)]
    seen = [
        least_of(
            [partial(as_adam.post, "/api/admin/users/", {"email": email}) for email in emails],
            "id",
            "email",
            "full_name",
            "created_at",
        )
        for emails in (elsewhere, nowhere)
    ]
    assert seen[0] == seen[1]
    assert seen[0][2] == 201


def test_a_link_of_an_invitation_says_nothing_of_whom_it_was_for(acme: Tenant) -> None:
    """Taken back or used: it is the same link that is worthless."""
    gone, used = InvitedPersonFactory(), InvitedPersonFactory()
    links = [make_invitation_token(gone), make_invitation_token(used)]
    User.objects.filter(pk=gone.pk).update(password="!another")
    activate_person(user_id=used.pk, password=PASSWORD, by=STAGEHAND, at=utc_now())
    seen = []
    for token in links:
        given = {"token": token, "password": "a horse battery and 9 staples"}
        client = PrsClient(host=acme.host)
        ask = partial(client.post, "/api/auth/invitations/accept/", given)
        seen.append(least_of([ask, ask]))
    assert seen[0] == seen[1]
    assert seen[0][2] == 401
