"""The suite's ground: one database with two provisioned organizations, acme and globex.

Every test that touches the database works on acme inside a transaction that is rolled back. A test
that must commit (threads, workers, sockets) asks for `fresh_tenant`: an organization of its own.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from pytest_django import DjangoDbBlocker

from shared_apps.tenancy.context import Tenant, use_platform, use_tenant
from tests.organizations import drop_organization, found_organization

FOUNDED_AT = datetime(2025, 12, 1, 8, tzinfo=UTC)


@pytest.fixture(scope="session")
def _platform() -> Iterator[None]:
    """Select public for what pytest-django does around the tests."""
    with use_platform():
        yield


@pytest.fixture(scope="session")
def django_db_setup(
    _platform: None, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> dict[str, Tenant]:
    """Found the two organizations once, after pytest-django has made the database."""
    with django_db_blocker.unblock():
        return {
            slug: found_organization(slug=slug, currency=currency, timezone=zone, at=FOUNDED_AT)
            for slug, currency, zone in (
                ("acme", "USD", "Europe/Berlin"),
                ("globex", "EUR", "America/New_York"),
            )
        }


@pytest.fixture(scope="session")
def acme(django_db_setup: dict[str, Tenant]) -> Tenant:
    """The organization that tests work on."""
    return django_db_setup["acme"]


@pytest.fixture(scope="session")
def globex(django_db_setup: dict[str, Tenant]) -> Tenant:
    """The other organization."""
    return django_db_setup["globex"]


@pytest.fixture(autouse=True)
def _work_on_acme(request: pytest.FixtureRequest) -> Iterator[None]:
    """Select acme for every test that uses the database."""
    if not _uses_database(request):
        yield
        return
    with use_tenant(request.getfixturevalue("acme")):
        yield


def _uses_database(request: pytest.FixtureRequest) -> bool:
    if request.node.get_closest_marker("django_db") is not None:
        return True
    return bool({"db", "transactional_db", "acme", "globex"}.intersection(request.fixturenames))


@pytest.fixture
def fresh_tenant(
    django_db_setup: dict[str, Tenant], django_db_blocker: DjangoDbBlocker
) -> Iterator[Tenant]:
    """An organization of the test's own, with committed data; dropped afterwards."""
    with django_db_blocker.unblock():
        tenant = found_organization(
            slug=f"fresh-{uuid4().hex[:10]}", currency="USD", timezone="UTC", at=FOUNDED_AT
        )
        try:
            with use_tenant(tenant):
                yield tenant
        finally:
            drop_organization(tenant)


@pytest.fixture
def at_noon() -> datetime:
    """Noon in Berlin on Monday, 2 March 2026."""
    return datetime(2026, 3, 2, 11, tzinfo=UTC)
