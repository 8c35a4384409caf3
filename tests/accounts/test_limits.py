"""Every limit, counted by a real Valkey and by the database once that Valkey is gone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker, Settings

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant, use_tenant
from tenant_apps.accounts.models import User
from tenant_apps.accounts.services import sign_in_limits
from tests.access.credential_kinds import NO_DEVICE
from tests.access.keys import make_key
from tests.accounts.factors import give_app
from tests.cast import PASSWORD
from tests.client import PrsClient, error, ok, tokens_of
from tests.factories.accounts import PersonFactory
from tests.organizations import drop_organization, found_organization
from tests.sso.rows import keep_connection

pytestmark = pytest.mark.django_db

LOGIN = "/api/auth/login/"
PLATFORM = "localhost"
WINDOW_S = 900


@dataclass(frozen=True)
class Ground:
    """Where the doors are, and for whom they are tried."""

    acme: Tenant
    person: User
    owner: User


Try = Callable[[], Any]


@dataclass(frozen=True)
class LimitedDoor:
    """What may be tried how often: the budgets that count it, and how one try is made."""

    budgets: str
    tries: int
    prepare: Callable[[Ground], Try]
    is_page: bool = False


def _with_wrong_passwords(ground: Ground) -> Try:
    client = PrsClient(host=ground.acme.host)
    return lambda: client.post(LOGIN, {"email": ground.person.email, "password": "wrong"})


def _on_the_page(ground: Ground) -> Try:
    client = Client(SERVER_NAME=ground.acme.host)
    return lambda: client.post("/sign-in/", {"email": ground.person.email, "password": "wrong"})


def _with_a_known_device(ground: Ground) -> Try:
    client = PrsClient(host=ground.acme.host)
    ok(client.post(LOGIN, {"email": ground.person.email, "password": PASSWORD}))
    return lambda: client.post(LOGIN, {"email": ground.person.email, "password": "wrong"})


def _with_wrong_codes(ground: Ground) -> Try:
    give_app(ground.person)
    client = PrsClient(host=ground.acme.host)
    given = {"email": ground.person.email, "password": PASSWORD}
    challenge = ok(client.post(LOGIN, given))["challenge"]
    step = {"challenge": challenge, "code": "000000"}
    return lambda: client.post("/api/auth/login/mfa/", step)


def _with_wrong_passkeys(ground: Ground) -> Try:
    client = PrsClient(host=ground.acme.host)
    asked = ok(client.post("/api/auth/login/passkey/begin/"))
    given = {"ceremony": asked["ceremony"], "credential": NO_DEVICE}
    return lambda: client.post("/api/auth/login/passkey/", given)


def _with_a_wrong_old_password(ground: Ground) -> Try:
    client = PrsClient(host=ground.acme.host, tokens=tokens_of(ground.person, tenant=ground.acme))
    given = {"old_password": "wrong", "new_password": "an even better one 9"}
    return lambda: client.post("/api/auth/password/change/", given)


def _with_a_wrong_password_again(ground: Ground) -> Try:
    client = PrsClient(host=ground.acme.host, tokens=tokens_of(ground.person, tenant=ground.acme))
    return lambda: client.post("/api/auth/step-up/", {"password": "wrong"})


def _with_a_wrong_code_again(ground: Ground) -> Try:
    give_app(ground.person)
    client = PrsClient.signed_in(ground.person, tenant=ground.acme)
    return lambda: client.post("/api/auth/step-up/", {"code": "000000"})


def _for_a_new_password(ground: Ground) -> Try:
    client = PrsClient(host=ground.acme.host)
    return lambda: client.post("/api/auth/password/reset/", {"email": ground.person.email})


def _for_a_new_password_on_the_page(ground: Ground) -> Try:
    client = Client(SERVER_NAME=ground.acme.host)
    return lambda: client.post("/sign-in/forgotten/", {"email": ground.person.email})


def _for_ones_workspaces(ground: Ground) -> Try:
    client = PrsClient(host=PLATFORM)
    return lambda: client.post("/api/platform/find/", {"email": ground.person.email})


def _with_wrong_keys(ground: Ground) -> Try:
    text = make_key(ground.owner).text[:-4] + "AAAA"
    client = PrsClient.with_key(text, tenant=ground.acme)
    return lambda: client.get("/api/business/deals/")


def _at_the_provider(ground: Ground) -> Try:
    connection = keep_connection(ground.owner)
    client = Client(SERVER_NAME=ground.acme.host)
    return lambda: client.get(f"/sign-in/provider/{connection.code}/")


DOORS: dict[str, LimitedDoor] = {
    "password": LimitedDoor("budgets_of_sign_in", 10, _with_wrong_passwords),
    "password on the page": LimitedDoor("budgets_of_sign_in", 10, _on_the_page, is_page=True),
    "password from a known device": LimitedDoor("budgets_of_device", 10, _with_a_known_device),
    "old password": LimitedDoor("budgets_of_password_again", 10, _with_a_wrong_old_password),
    "password again": LimitedDoor("budgets_of_password_again", 10, _with_a_wrong_password_again),
    "code again": LimitedDoor("budgets_of_second_factor_again", 5, _with_a_wrong_code_again),
    "second factor": LimitedDoor("budgets_of_second_factor", 5, _with_wrong_codes),
    "passkey": LimitedDoor("budgets_of_passkey", 7, _with_wrong_passkeys),
    "reset": LimitedDoor("budgets_of_reset", 3, _for_a_new_password),
    "reset on the page": LimitedDoor(
        "budgets_of_reset", 3, _for_a_new_password_on_the_page, is_page=True
    ),
    "find": LimitedDoor("budgets_of_find", 3, _for_ones_workspaces),
    "API key": LimitedDoor("budgets_of_key", 10, _with_wrong_keys),
    "provider": LimitedDoor("budgets_of_provider", 7, _at_the_provider, is_page=True),
}


@pytest.fixture
def ground(acme: Tenant, person: User, olga: User, settings: Settings) -> Ground:
    settings.SIGN_IN_MAX_FAILURES_PER_ADDRESS = settings.SSO_STARTS_PER_ADDRESS = 7
    return Ground(acme, person, olga)


@pytest.mark.parametrize("door", list(DOORS.values()), ids=list(DOORS))
def test_is_told_to_wait_after_so_many_tries(
    door: LimitedDoor, counter: str, ground: Ground, settings: Settings
) -> None:
    if door.tries > 7:
        settings.SIGN_IN_MAX_FAILURES_PER_ADDRESS = 100
    knock = door.prepare(ground)
    for number in range(door.tries):
        assert knock().status_code != 429, number
    stopped = knock()
    assert stopped.status_code == 429, stopped.content
    assert 0 < int(stopped["Retry-After"]) <= WINDOW_S
    if not door.is_page:
        assert error(stopped, 429)["code"] == "throttled"


def test_every_budget_has_its_door() -> None:
    budgets = {name for name in vars(sign_in_limits) if name.startswith("budgets_of_")}
    elsewhere = {"budgets_of_sign_up"}  # its page says so: tests/platform_admin/test_sign_up.py
    assert budgets - elsewhere == {door.budgets for door in DOORS.values()}


class TestAKnownDevice:
    @pytest.fixture
    def known(self, person: User, acme: Tenant, counter: str) -> PrsClient:
        """A browser that the person signed in with."""
        client = PrsClient(host=acme.host)
        ok(client.post(LOGIN, {"email": person.email, "password": PASSWORD}))
        return client

    def test_signs_in_while_strangers_have_used_everything_up(
        self, known: PrsClient, person: User, anyone: PrsClient, settings: Settings
    ) -> None:
        settings.SIGN_IN_MAX_FAILURES_PER_ACCOUNT = 3
        for number in range(4):
            given = {"email": person.email, "password": "wrong"}
            anyone.post(LOGIN, given, REMOTE_ADDR=f"203.0.113.{number}")
        given = {"email": person.email, "password": PASSWORD}
        error(anyone.post(LOGIN, given, REMOTE_ADDR="203.0.113.9"), 429)
        ok(known.post(LOGIN, given, REMOTE_ADDR="203.0.113.9"))


@pytest.fixture(scope="module")
def twenty(
    django_db_setup: dict[str, Tenant], django_db_blocker: DjangoDbBlocker
) -> Iterator[list[Tenant]]:
    """Twenty organizations, committed."""
    with django_db_blocker.unblock():
        founded = [
            found_organization(
                slug=f"twenty-{uuid4().hex[:8]}", currency="USD", timezone="UTC", at=utc_now()
            )
            for _ in range(20)
        ]
        try:
            yield founded
        finally:
            for tenant in founded:
                drop_organization(tenant)


class TestTwentyOrganizations:
    """An attacker does not multiply tries by the number of subdomains."""

    @staticmethod
    def knock(tenant: Tenant, email: str, *, ip: str, typed: str = "wrong") -> int:
        client = PrsClient(host=tenant.host)
        given = {"email": email, "password": typed}
        status: int = client.post(LOGIN, given, REMOTE_ADDR=ip).status_code
        return status

    def test_share_one_budget_of_an_address_and_an_account(
        self, counter: str, twenty: list[Tenant]
    ) -> None:
        with use_tenant(twenty[-1]):
            email = PersonFactory().email
        statuses = [self.knock(tenant, email, ip="203.0.113.1") for tenant in twenty]
        assert statuses == [401] * 10 + [429] * 10
        at_home = self.knock(twenty[-1], email, ip="203.0.113.1", typed=PASSWORD)
        elsewhere = self.knock(twenty[-1], email, ip="203.0.113.2", typed=PASSWORD)
        assert (at_home, elsewhere) == (429, 200)
        operators = PrsClient(host=PLATFORM).post(
            "/api/platform/auth/login/",
            {"email": email, "password": "wrong"},
            REMOTE_ADDR="203.0.113.1",
        )
        error(operators, 429)

    def test_share_one_budget_of_an_account(
        self, counter: str, twenty: list[Tenant], settings: Settings
    ) -> None:
        settings.SIGN_IN_MAX_FAILURES_PER_ACCOUNT = 12
        email = f"nobody-{uuid4().hex}@example.com"
        statuses = [
            self.knock(tenant, email, ip=f"203.0.113.{n}") for n, tenant in enumerate(twenty)
        ]
        assert statuses == [401] * 12 + [429] * 8

    def test_share_one_budget_of_an_address(
        self, counter: str, twenty: list[Tenant], settings: Settings
    ) -> None:
        settings.SIGN_IN_MAX_FAILURES_PER_ADDRESS = 12
        statuses = [
            self.knock(tenant, f"{uuid4().hex}@example.com", ip="203.0.113.1") for tenant in twenty
        ]
        assert statuses == [401] * 12 + [429] * 8

    def test_share_one_budget_of_asking_for_a_new_password(
        self, counter: str, twenty: list[Tenant]
    ) -> None:
        given = {"email": f"{uuid4().hex}@example.com"}
        statuses = [
            PrsClient(host=tenant.host).post("/api/auth/password/reset/", given).status_code
            for tenant in twenty
        ]
        assert statuses == [204] * 3 + [429] * 17
