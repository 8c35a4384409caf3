"""The cast as fixtures: `sam` is the person, `as_sam` is a client with his token."""

from collections.abc import Callable

import pytest
from pytest_django import DjangoDbBlocker

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant, use_platform, use_tenant
from tenant_apps.accounts.models import User
from tests.cast import make_cast, make_foreigner, make_operator, person_named
from tests.client import PrsClient


@pytest.fixture(scope="session")
def cast(acme: Tenant, globex: Tenant, django_db_blocker: DjangoDbBlocker) -> None:
    """Make the cast once, committed; every test sees it inside its own transaction."""
    with django_db_blocker.unblock():
        with use_tenant(acme):
            make_cast(at=utc_now())
        with use_tenant(globex):
            make_foreigner(at=utc_now())
        with use_platform():
            make_operator(at=utc_now())


def _person(name: str) -> Callable[..., User]:
    @pytest.fixture(name=name)
    def person(cast: None, acme: Tenant, db: None) -> User:
        with use_tenant(acme):
            return person_named(name)

    return person


def _client(name: str) -> Callable[..., PrsClient]:
    @pytest.fixture(name=f"as_{name}")
    def client(cast: None, acme: Tenant, db: None) -> PrsClient:
        with use_tenant(acme):
            return PrsClient.signed_in(person_named(name), tenant=acme)

    return client


olga, as_olga = _person("olga"), _client("olga")
adam, as_adam = _person("adam"), _client("adam")
sam, as_sam = _person("sam"), _client("sam")
suki, as_suki = _person("suki"), _client("suki")
theo, as_theo = _person("theo"), _client("theo")
vera, as_vera = _person("vera"), _client("vera")
viktor, as_viktor = _person("viktor"), _client("viktor")
fay, as_fay = _person("fay"), _client("fay")
audrey, as_audrey = _person("audrey"), _client("audrey")
tim, as_tim = _person("tim"), _client("tim")
rita, as_rita = _person("rita"), _client("rita")


@pytest.fixture
def mallory(cast: None, globex: Tenant, db: None) -> User:
    """Return the administrator of the other organization."""
    with use_tenant(globex):
        return person_named("mallory")


@pytest.fixture
def as_mallory(mallory: User, globex: Tenant) -> PrsClient:
    """A client of globex, at globex."""
    return PrsClient.signed_in(mallory, tenant=globex)


@pytest.fixture
def anyone(acme: Tenant, db: None) -> PrsClient:
    """A client of acme without a credential."""
    return PrsClient(host=acme.host)
