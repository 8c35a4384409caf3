"""The suite's ground: one database with two provisioned organizations, acme and globex.

Every test that touches the database works on acme inside a transaction that is rolled back. A test
that must commit (threads, workers, sockets) asks for `fresh_tenant`: an organization of its own.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connections
from django.test.utils import setup_databases, teardown_databases
from pytest_django import DjangoDbBlocker

from shared_apps.tenancy.context import Tenant, use_platform, use_tenant
from shared_apps.tenancy.rights.roles import as_owner
from tests import unguarded
from tests.organizations import drop_organization, found_organization
from tests.replays import prepare_blueprint

pytest_plugins = ["tests.people_fixtures", "tests.replay_report"]

TESTS = Path(__file__).parent
WITHOUT_DATABASE = {
    "architecture",
    "benchmarks",
    "house",
    "isolation",
    "kernel",
    "pooling",
    "runner",
}
FOUNDED_AT = datetime(2025, 12, 1, 8, tzinfo=UTC)


@pytest.fixture(scope="session")
def _platform() -> Iterator[None]:
    """Select public for what pytest-django does around the tests."""
    with use_platform():
        yield


@pytest.fixture(scope="session")
def django_db_setup(
    _platform: None,
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, Tenant]]:
    """Make the database and found the two organizations once for the session."""
    with django_db_blocker.unblock():
        with as_owner():
            databases = setup_databases(verbosity=0, interactive=False)
        unguarded.install()
        prepare_blueprint(shared_directory(tmp_path_factory))
        tenants = {
            slug: found_organization(slug=slug, currency=currency, timezone=zone, at=FOUNDED_AT)
            for slug, currency, zone in (
                ("acme", "USD", "Europe/Berlin"),
                ("globex", "EUR", "America/New_York"),
            )
        }
    yield tenants
    with django_db_blocker.unblock():
        connections.close_all()
        teardown_databases(databases, verbosity=0)


def shared_directory(factory: pytest.TempPathFactory) -> Path:
    """Return the directory that all processes of this run share."""
    own = factory.getbasetemp()
    return own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own


@pytest.fixture(scope="session")
def acme(django_db_setup: dict[str, Tenant]) -> Tenant:
    """The organization that tests work on."""
    return django_db_setup["acme"]


@pytest.fixture(scope="session")
def globex(django_db_setup: dict[str, Tenant]) -> Tenant:
    """The other organization."""
    return django_db_setup["globex"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every test of the product its transaction, but for those that must commit."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker is not None and marker.kwargs.get("transaction"):
            # Django would empty the tables of public, the organizations included, after the test.
            raise pytest.UsageError(f"{item.nodeid} must commit: use fresh_tenant instead.")
        folder = item.path.relative_to(TESTS).parts[0]
        commits = "fresh_tenant" in getattr(item, "fixturenames", ())
        if folder not in WITHOUT_DATABASE and not commits:
            item.add_marker(pytest.mark.django_db)


@pytest.fixture(autouse=True)
def _work_on_acme(request: pytest.FixtureRequest) -> Iterator[None]:
    """Select acme for every test that uses the database inside a transaction."""
    if request.node.get_closest_marker("django_db") is None:
        yield
        return
    with use_tenant(request.getfixturevalue("acme")):
        yield


@pytest.fixture(scope="class")
def _working_as_owner(django_db_setup: dict[str, Tenant]) -> Iterator[None]:
    """Let the transactions of a class's tests be those of the owner: for commands that migrate."""
    with as_owner():
        yield


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
