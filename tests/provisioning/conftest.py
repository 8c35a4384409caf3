"""Organizations that are written down and not provisioned yet; committed, dropped afterwards."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from pytest_django import DjangoDbBlocker

from shared_apps.organizations.models import Provisioning
from shared_apps.organizations.selectors import get_tenant
from shared_apps.organizations.services import (
    FirstOwner,
    NewOrganization,
    request_organization,
)
from shared_apps.tenancy.context import Tenant, use_platform
from tests.organizations import drop_organization

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
OWNER = FirstOwner(email="olga@initech.example", first_name="Olga", last_name="Owner")

Wish = Callable[..., UUID]


@pytest.fixture
def wish(django_db_setup: dict[str, Tenant], django_db_blocker: DjangoDbBlocker) -> Iterator[Wish]:
    """Return what writes an organization down; the database is open meanwhile."""
    made: list[UUID] = []

    def write_down(*, slug: str = "", owner: FirstOwner | None = OWNER) -> UUID:
        slug = slug or f"wish-{uuid4().hex[:10]}"
        new = NewOrganization(slug=slug, name="Initech", currency="USD")
        made.append(request_organization(new, owner=owner).pk)
        return made[-1]

    with django_db_blocker.unblock(), use_platform():
        yield write_down
        for organization_id in made:
            drop_organization(get_tenant(organization_id))


def provisioning(organization_id: UUID) -> Provisioning:
    """Return the row as it stands."""
    with use_platform():
        return Provisioning.objects.select_related("organization").get(pk=organization_id)


def let_time_pass(organization_id: UUID) -> None:
    """Let the lease run out and the next attempt be due, as time would."""
    with use_platform():
        rows = Provisioning.objects.filter(pk=organization_id)
        rows.update(next_attempt_at=LONG_AGO)
        rows.exclude(lease_until=None).update(lease_until=LONG_AGO)
