"""What follows from merged clients."""

from shared_apps.kernel.events import Occurrence, reaction
from tenant_apps.clients.events import ClientsMerged
from tenant_apps.ledger.services import move_client_balances


@reaction("clients.move_balances")
def move_balances(event: ClientsMerged, occurrence: Occurrence) -> None:
    """Post what stands for the duplicate over to the client that takes over."""
    move_client_balances(
        client_id=event.client_id,
        duplicate_id=event.duplicate_id,
        event_id=occurrence.event_id,
        at=occurrence.recorded_at,
    )
