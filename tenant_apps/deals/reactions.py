"""What deals do when something happens to a deal, or when an organization starts."""

from shared_apps.kernel.events import Actor, Event, Occurrence, reaction
from tenant_apps.clients.events import ClientAnonymised, ClientsMerged
from tenant_apps.deals import services
from tenant_apps.deals.events import (
    DealAmended,
    DealCancelled,
    DealRecovered,
    DealReopened,
    DealWon,
    DealWrittenOff,
    RemainderExpectedAgain,
    RemainderWrittenOff,
)
from tenant_apps.ledger.services import EntryKind


@reaction("deals.post_receivable")
def post_receivable(event: DealWon, occurrence: Occurrence) -> None:
    """Owe the client's money: Dr receivable / Cr revenue and tax."""
    services.post_receivable(
        deal_id=event.deal_id, event_id=occurrence.event_id, at=occurrence.recorded_at
    )


@reaction("deals.reverse_receivable")
def reverse_receivable(event: DealReopened | DealCancelled, occurrence: Occurrence) -> None:
    """Take back what the deal stands for in the ledger."""
    services.reverse_receivable(
        deal_id=event.deal_id, event_id=occurrence.event_id, at=occurrence.recorded_at
    )


@reaction("deals.write_off_debt")
def write_off_debt(event: DealWrittenOff, occurrence: Occurrence) -> None:
    """Give up what is owed."""
    services.write_off_receivable(
        deal_id=event.deal_id,
        event_id=occurrence.event_id,
        at=occurrence.recorded_at,
        kind=EntryKind.WRITE_OFF,
    )


@reaction("deals.write_off_remainder")
def write_off_remainder(event: RemainderWrittenOff, occurrence: Occurrence) -> None:
    """Give up a remainder within the tolerance."""
    services.write_off_receivable(
        deal_id=event.deal_id,
        event_id=occurrence.event_id,
        at=occurrence.recorded_at,
        kind=EntryKind.REMAINDER,
    )


@reaction("deals.recover_debt")
def recover_debt(event: DealRecovered | RemainderExpectedAgain, occurrence: Occurrence) -> None:
    """Expect what was given up again."""
    services.recover_receivable(
        deal_id=event.deal_id, event_id=occurrence.event_id, at=occurrence.recorded_at
    )


@reaction("deals.adjust_receivable")
def adjust_receivable(event: DealAmended, occurrence: Occurrence) -> None:
    """Post the difference between the new terms and the previous ones."""
    services.adjust_receivable(
        deal_id=event.deal_id,
        version_ids=(event.version_id, event.previous_version_id),
        event_id=occurrence.event_id,
        at=occurrence.recorded_at,
    )


@reaction("deals.move_deals_of_client")
def move_deals_of_client(event: ClientsMerged, occurrence: Occurrence) -> None:
    """Give a duplicate's deals to the client that takes over."""
    services.move_deals(client_id=event.client_id, duplicate_id=event.duplicate_id)


@reaction("deals.refuse_unfinished_deals")
def refuse_unfinished_deals(event: ClientAnonymised, occurrence: Occurrence) -> None:
    """Keep a client's name while deals with the client are open."""
    services.refuse_unfinished_deals(client_id=event.client_id)


@reaction("deals.seed_stages")
def seed_stages(event: Event, occurrence: Occurrence) -> None:
    """Give a new organization its pipeline stages."""
    services.seed_stages(actor=Actor.system("provisioning"), at=occurrence.recorded_at)
