"""What approvals do when something happens elsewhere."""

from shared_apps.kernel.events import Actor, Event, Occurrence, reaction
from tenant_apps.approvals import services


@reaction("approvals.seed_policies")
def seed_policies(event: Event, occurrence: Occurrence) -> None:
    """Give a new organization its first approval policy."""
    services.seed_policies(actor=Actor.system("provisioning"), at=occurrence.recorded_at)
