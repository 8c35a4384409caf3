"""The schedule: organizations that owe something are visited soon, all of them now and then."""

import base64
import json
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django_redis import get_redis_connection

from config.celery import app as celery_app
from shared_apps.audit.announcing import DIRTY_KEY
from shared_apps.audit.models import Delivery, DeliveryState
from shared_apps.audit.recording import record
from shared_apps.audit.tasks import sweep_all, sweep_dirty
from shared_apps.kernel.events import Actor
from shared_apps.organizations.models import Organization
from shared_apps.tenancy.context import Tenant, use_platform
from shared_apps.tenancy.directory import get_directory
from shared_apps.tenancy.tasks import HEADER
from tests.audit.parcels import QUEUE, parcel


@pytest.fixture
def owing(depot: Tenant, clerk: Actor, at_noon: datetime) -> Tenant:
    """An organization that owes two deliveries, with an empty queue."""
    with transaction.atomic():
        record(parcel(), actor=clerk, at=at_noon)
    get_redis_connection("default").delete(QUEUE)
    return depot


def messages() -> list[tuple[str, str | None, list[Any]]]:
    """Take the messages off the queue: task, organization, arguments."""
    redis = get_redis_connection("default")
    taken = [json.loads(raw) for raw in reversed(redis.lrange(QUEUE, 0, -1))]
    redis.delete(QUEUE)
    return [
        (
            message["headers"]["task"],
            message["headers"].get(HEADER),
            json.loads(base64.b64decode(message["body"]))[0],
        )
        for message in taken
    ]


class TestSweepDirty:
    def test_visits_the_organizations_that_owe(self, owing: Tenant) -> None:
        sweep_dirty()

        assert messages() == [("audit.sweep_tenant", str(owing.id), [])]

    def test_visits_nobody_when_nothing_is_owed(self, depot: Tenant) -> None:
        sweep_dirty()

        assert messages() == []

    def test_passes_over_a_suspended_organization(self, owing: Tenant) -> None:
        with use_platform():
            Organization.objects.filter(pk=owing.id).update(status="suspended")
            get_directory().forget()
        try:
            sweep_dirty()
            assert messages() == []
        finally:
            with use_platform():
                Organization.objects.filter(pk=owing.id).update(status=owing.status)
                get_directory().forget()

    def test_passes_over_one_that_is_gone(self, depot: Tenant) -> None:
        get_redis_connection("default").sadd(DIRTY_KEY, str(UUID(int=1)))

        sweep_dirty()

        assert messages() == []


class TestSweepAll:
    def test_visits_every_organization_although_redis_forgot(self, owing: Tenant) -> None:
        get_redis_connection("default").delete(DIRTY_KEY)

        sweep_all()

        visited = {place for task, place, _ in messages() if task == "audit.sweep_tenant"}
        assert str(owing.id) in visited
        assert len(visited) >= 3


class TestMessages:
    def test_name_the_organization_and_the_delivery_alone(
        self, depot: Tenant, clerk: Actor, at_noon: datetime
    ) -> None:
        with transaction.atomic():
            record(parcel(), actor=clerk, at=at_noon)

        owed = Delivery.objects.filter(state=DeliveryState.READY).order_by("id")
        assert messages() == [("audit.deliver", str(depot.id), [str(row.pk)]) for row in owed]

    def test_have_a_task_that_understands_them(self) -> None:
        assert {
            "audit.deliver",
            "audit.deliver_on_platform",
            "audit.sweep_tenant",
            "audit.sweep_dirty",
            "audit.sweep_all",
        } <= set(celery_app.tasks)
