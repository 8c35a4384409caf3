"""Jobs of the tests' own, in an organization whose data is committed."""

from collections.abc import Iterator

import pytest
from django_redis import get_redis_connection
from pytest_django import Settings

from shared_apps.jobs.models import JobState
from shared_apps.tenancy.context import Tenant, use_tenant
from shared_apps.tenancy.directory import get_directory
from shared_apps.tenancy.rights.roles import as_owner
from tests.audit.parcels import QUEUE
from tests.jobs import table


@pytest.fixture
def small_table(settings: Settings) -> Iterator[None]:
    """Use the tests' own table of jobs, with nothing done yet."""
    settings.PERIODIC_JOBS = "tests.jobs.table.JOBS"
    table.ran.clear()
    table.broken.clear()
    yield
    table.ran.clear()
    table.broken.clear()


@pytest.fixture
def garden(small_table: None, fresh_tenant: Tenant) -> Iterator[Tenant]:
    """An organization of its own that runs the tests' jobs, with an empty queue."""
    get_redis_connection("default").delete(QUEUE)
    yield fresh_tenant
    get_redis_connection("default").delete(QUEUE)
    for tenant in get_directory().all_ready():  # a worker has committed there
        with as_owner(), use_tenant(tenant):
            JobState.objects.all().delete()
