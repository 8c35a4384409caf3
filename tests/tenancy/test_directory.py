"""The directory of organizations: what it remembers, for how long, and what that costs."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shared_apps.organizations.directory import KEPT_UNASKED_S, OrganizationDirectory
from shared_apps.organizations.models import Domain, Organization, Status
from shared_apps.tenancy.context import Tenant, use_platform
from tests.together import run_together

PRIMARY, SECOND = "acme.localhost", "second.acme.example"


@dataclass
class Seconds:
    """A clock that moves when it is told to."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Process:
    """What one process remembers, and its clock."""

    clock: Seconds = field(default_factory=Seconds)

    def __post_init__(self) -> None:
        self.directory = OrganizationDirectory(self.clock)

    def find(self, *hosts: str) -> list[Tenant | None]:
        return [self.directory.by_host(host) for host in hosts]

    def statements_of(self, *hosts: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            self.find(*hosts)
        return len(captured)

    def wait(self, seconds: float | None = None) -> None:
        self.clock.now += settings.TENANT_DIRECTORY_TTL_S if seconds is None else seconds


@pytest.fixture
def process() -> Process:
    return Process()


@pytest.fixture
def second(acme: Tenant) -> Iterator[Domain]:
    with use_platform():
        yield Domain.objects.create(domain=SECOND, tenant_id=acme.id, is_primary=False)


def rename(tenant: Tenant, name: str) -> None:
    """Change an organization as another process would: nobody here is told."""
    with use_platform():
        Organization.objects.filter(pk=tenant.id).update(name=name)


@pytest.mark.usefixtures("globex", "second")
class TestWhatItCosts:
    HOSTS = (PRIMARY, "globex.localhost", SECOND)

    def test_nothing_while_answers_are_believed(self, acme: Tenant, process: Process) -> None:
        process.find(*self.HOSTS)
        assert process.statements_of(*self.HOSTS) == 0
        assert process.find(PRIMARY) == [acme]

    def test_one_statement_for_all_of_them_afterwards(self, process: Process) -> None:
        process.find(*self.HOSTS)
        for _ in range(3):
            process.wait()
            assert process.statements_of(*self.HOSTS) == 1

    def test_only_what_has_changed_is_read_again(self, globex: Tenant, process: Process) -> None:
        process.find(*self.HOSTS)
        rename(globex, "Globex, renamed")
        process.wait()
        assert process.statements_of(PRIMARY, SECOND) == 1
        assert process.statements_of("globex.localhost") == 2  # the row and its hosts

    def test_what_nobody_asked_for_is_not_compared_for_ever(self, process: Process) -> None:
        process.find(*self.HOSTS)
        for _ in range(int(KEPT_UNASKED_S // settings.TENANT_DIRECTORY_TTL_S) + 2):
            process.wait()
            process.find(PRIMARY)
        assert process.statements_of(PRIMARY) == 0
        assert process.statements_of(SECOND) == 2

    def test_an_unknown_host_is_asked_for_again(self, process: Process) -> None:
        assert process.find("nobody.localhost") == [None]
        assert process.statements_of("nobody.localhost") == 0
        process.wait()
        assert process.statements_of("nobody.localhost") == 1


class TestAChangeByAnotherProcess:
    def test_of_the_organization_is_seen_in_time(self, acme: Tenant, process: Process) -> None:
        process.find(PRIMARY)
        with use_platform():
            Organization.objects.filter(pk=acme.id).update(status=Status.SUSPENDED)
        process.wait(settings.TENANT_DIRECTORY_TTL_S - 0.1)
        assert [found.status for found in process.find(PRIMARY) if found] == [acme.status]
        process.wait(0.1)
        assert [found.status for found in process.find(PRIMARY) if found] == [Status.SUSPENDED]

    def test_is_seen_by_id_as_well(self, acme: Tenant, process: Process) -> None:
        process.directory.by_id(acme.id)
        rename(acme, "Acme, renamed")
        process.wait()
        found = process.directory.by_id(acme.id)
        assert found is not None
        assert found.name == "Acme, renamed"

    def test_seen_for_one_host_is_seen_for_all(
        self, acme: Tenant, second: Domain, process: Process
    ) -> None:
        process.find(PRIMARY)
        process.wait(2)
        process.find(second.domain)
        rename(acme, "Acme, renamed")
        process.wait(settings.TENANT_DIRECTORY_TTL_S - 2)
        names = [found.name for found in process.find(PRIMARY, second.domain) if found]
        assert names == ["Acme, renamed"] * 2

    def test_that_takes_a_host_away_is_seen(self, second: Domain, process: Process) -> None:
        process.find(PRIMARY, SECOND)
        with use_platform():
            second.delete()
        process.wait()
        assert process.find(SECOND) == [None]

    def test_that_gives_a_host_to_another_is_seen(
        self, globex: Tenant, second: Domain, process: Process
    ) -> None:
        process.find(PRIMARY, SECOND)
        with use_platform():
            second.delete()
            Domain.objects.create(domain=SECOND, tenant_id=globex.id, is_primary=False)
        process.wait()
        assert process.find(SECOND) == [globex]

    def test_of_the_primary_host_is_seen_at_the_others(
        self, acme: Tenant, second: Domain, process: Process
    ) -> None:
        process.find(PRIMARY)
        with use_platform():
            Domain.objects.filter(tenant_id=acme.id).update(is_primary=False)
            Domain.objects.filter(pk=second.pk).update(is_primary=True)
        process.wait()
        assert [found.host for found in process.find(PRIMARY) if found] == [SECOND]

    def test_that_was_rolled_back_is_none(self, acme: Tenant, process: Process) -> None:
        process.find(PRIMARY)
        with use_platform(), connection.cursor() as cursor:
            cursor.execute("SAVEPOINT here")
            Organization.objects.filter(pk=acme.id).update(name="Never")
            cursor.execute("ROLLBACK TO SAVEPOINT here")
        process.wait()
        assert process.find(PRIMARY) == [acme]


class TestForgetting:
    def test_is_at_once(self, acme: Tenant, process: Process) -> None:
        process.find(PRIMARY)
        rename(acme, "Acme, renamed")
        process.directory.forget()
        assert [found.name for found in process.find(PRIMARY) if found] == ["Acme, renamed"]


def test_many_threads_find_the_same_while_answers_run_out(
    fresh_tenant: Tenant, process: Process
) -> None:
    process.find(fresh_tenant.host)
    process.wait()
    finds = [lambda: process.directory.by_host(fresh_tenant.host)] * 12
    assert run_together(fresh_tenant, finds) == [fresh_tenant] * 12
