"""The command that looks after what was given up."""

from datetime import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from shared_apps.audit.models import Delivery, DeliveryState
from shared_apps.audit.recording import record
from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.events import Actor
from shared_apps.tenancy.context import Tenant
from tests.audit.parcels import parcel


@pytest.fixture
def dead(depot: Tenant, clerk: Actor, at_noon: datetime) -> Delivery:
    """A delivery that was given up."""
    with transaction.atomic():
        row = record(parcel(), actor=clerk, at=at_noon)
    Delivery.objects.filter(event=row).update(
        state=DeliveryState.DEAD, attempts=12, last_error="no paper", settled_at=utc_now()
    )
    return Delivery.objects.filter(event=row).order_by("id")[0]


def run(tenant: Tenant, *options: str) -> str:
    """Return what the command prints."""
    out = StringIO()
    call_command("replay_deliveries", "--organization", tenant.slug, *options, stdout=out)
    return out.getvalue()


class TestReplayDeliveries:
    def test_lists_the_dead(self, depot: Tenant, dead: Delivery) -> None:
        printed = run(depot, "--list")

        assert f"{dead.pk}  tests.parcel_sent -> tests.write_receipt: no paper" in printed
        assert f"2 dead in {depot.slug}." in printed

    def test_revives_the_dead(self, depot: Tenant, dead: Delivery) -> None:
        assert run(depot, "--dead") == f"2 revived, 2 announced in {depot.slug}.\n"

        dead.refresh_from_db()
        assert (dead.state, dead.attempts) == (DeliveryState.READY, 0)

    def test_leaves_the_dead_alone_unless_told(self, depot: Tenant, dead: Delivery) -> None:
        assert run(depot) == f"0 revived, 0 announced in {depot.slug}.\n"

    def test_refuses_an_unknown_organization(self, depot: Tenant) -> None:
        with pytest.raises(CommandError, match="no organization 'nowhere'") as refusal:
            call_command("replay_deliveries", "--organization", "nowhere")

        assert refusal.value.returncode == 2
