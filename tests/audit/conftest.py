"""Parcels instead of payments: the outbox is tested on a table of reactions of its own."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection
from django_redis import get_redis_connection
from pytest_django import DjangoDbBlocker, Settings

from shared_apps.audit.announcing import DIRTY_KEY
from shared_apps.kernel.events import Actor
from shared_apps.tenancy.context import Tenant, use_tenant
from shared_apps.tenancy.rights.roles import application_role, as_owner
from tests.audit.parcels import QUEUE, Desk, desk
from tests.organizations import drop_organization, found_organization


@pytest.fixture
def clerk() -> Actor:
    """Who sends the parcels."""
    return Actor(kind="user", id="0195f5c2-5000-7c3d-8e9f-0a1b2c3d4e5f", label="Clara Clerk")


@pytest.fixture
def parcel_desk(settings: Settings) -> Iterator[Desk]:
    """Let the product react to parcels."""
    settings.EVENT_REACTIONS = "tests.audit.parcels.REACTIONS"
    desk.at_once = desk.later = None
    desk.seen.clear()
    yield desk
    desk.at_once = desk.later = None


@pytest.fixture(scope="module")
def _place(
    django_db_setup: dict[str, Tenant], django_db_blocker: DjangoDbBlocker
) -> Iterator[Tenant]:
    """An organization for one module's committed data, with a table that counts effects."""
    with django_db_blocker.unblock():
        tenant = found_organization(
            slug=f"depot-{uuid4().hex[:10]}",
            currency="USD",
            timezone="UTC",
            at=datetime(2025, 12, 1, 8, tzinfo=UTC),
        )
        with as_owner(), use_tenant(tenant), connection.cursor() as cursor:
            cursor.execute("CREATE TABLE receipt (event_id uuid NOT NULL)")
            cursor.execute(f"GRANT ALL ON receipt TO {application_role()}")
    yield tenant
    with django_db_blocker.unblock():
        drop_organization(tenant)


@pytest.fixture
def fresh_tenant(_place: Tenant, django_db_blocker: DjangoDbBlocker) -> Iterator[Tenant]:
    """The organization of the module; cheaper than one for each test."""
    with django_db_blocker.unblock(), use_tenant(_place):
        yield _place
        connection.close()


@pytest.fixture
def depot(fresh_tenant: Tenant, parcel_desk: Desk) -> Tenant:
    """The organization of the module, emptied of events, answers, messages and effects."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE receipt, audit_delivery, audit_eventrecord, audit_idempotencykey")
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")  # the search path is set before anything is counted
    get_redis_connection("default").delete(QUEUE, DIRTY_KEY)
    return fresh_tenant
