"""One database for the runner's tests, emptied before each, and a process that works on it."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.addresses import at, owner_url
from tests.runner.site import Child, Site, new_database


@pytest.fixture(scope="package")
def _place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Child]]:
    packages = tmp_path_factory.mktemp("releases")
    with (
        new_database() as name,
        psycopg.connect(at(owner_url(), name), autocommit=True) as connection,
    ):
        site = Site(connection, name, packages)
        with Child(site.env) as child:
            found = child.run("migrate", "--no-input")
            assert found["status"] == 0, found
            yield site, child


@pytest.fixture
def site(_place: tuple[Site, Child]) -> Site:
    """The database, without any organization."""
    _place[0].clear()
    return _place[0]


@pytest.fixture
def child(site: Site, _place: tuple[Site, Child]) -> Child:
    """A process of the first release."""
    process = _place[1]
    plan = process.do("release", site.write_release())
    site.sql("DELETE FROM django_migrations WHERE app = 'plants' AND name <> '0001_initial'")
    site.sql("UPDATE tenancy_schemastate SET plan_hash = %s WHERE schema = 'public'", plan)
    return process
