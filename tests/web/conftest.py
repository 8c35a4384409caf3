"""The parcels' API in place of the product's, at the same hosts and behind the same doors."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from pytest_django import Settings

from shared_apps.audit.models import EventRecord
from shared_apps.audit.recording import record
from shared_apps.kernel.events import Actor
from shared_apps.tenancy.context import Tenant
from tests.audit.parcels import parcel

SENDER = Actor.system("tests")


@pytest.fixture
def parcels(settings: Settings) -> str:
    """Mount the parcels' API; return its address."""
    settings.EVENT_REACTIONS = "tests.audit.parcels.REACTIONS"
    settings.ROOT_URLCONF = "tests.web.parcel_api"
    return "/api/parcels/"


@pytest.fixture
def send(acme: Tenant, parcels: str, at_noon: datetime) -> Callable[[int], list[EventRecord]]:
    """Send so many parcels, one minute after the other, two of them at the same moment."""

    def send_parcels(count: int) -> list[EventRecord]:
        return [
            record(parcel(), actor=SENDER, at=at_noon + timedelta(minutes=number // 2))
            for number in range(count)
        ]

    return send_parcels
