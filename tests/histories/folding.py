"""Rule M14: a state is the fold of its events, and each change of state is exactly one event."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from shared_apps.audit.models import EventRecord
from tests.histories.office import STATES, Office

# event -> (the states it may happen in, the state it leads to); "" is: does not exist (any more)
MOVES: Mapping[str, tuple[frozenset[str], str]] = {
    name: (frozenset(before.split("|")), after)
    for name, before, after in (
        ("clients.client_created", "", "active"),
        ("clients.client_archived", "active", "archived"),
        ("clients.client_restored", "archived", "active"),
        ("clients.client_anonymised", "active|archived", "anonymised"),
        ("deals.deal_submitted", "draft", "open"),
        ("deals.deal_won", "open", "won"),
        ("deals.deal_lost", "open", "lost"),
        ("deals.deal_reopened", "lost|won", "open"),
        ("deals.deal_amended", "won", "won"),
        ("deals.deal_cancelled", "won", "cancelled"),
        ("deals.deal_archived", "draft", "archived"),
        ("deals.deal_written_off", "won", "bad_debt"),
        ("deals.deal_recovered", "bad_debt", "won"),
        ("payments.payment_drafted", "", "draft"),
        ("payments.payment_submitted", "|draft", "submitted"),
        ("payments.payment_verified", "submitted", "verified"),
        ("payments.payment_rejected", "submitted", "rejected"),
        ("payments.payment_changes_requested", "submitted", "changes_requested"),
        ("payments.payment_resubmitted", "changes_requested", "submitted"),
        ("payments.payment_withdrawn", "submitted|changes_requested", "withdrawn"),
        ("payments.payment_reversed", "verified", "reversed"),
        ("returns.return_requested", "", "requested"),
        ("returns.return_approved", "requested", "approved"),
        ("returns.return_rejected", "requested", "rejected"),
        ("returns.return_withdrawn", "requested", "withdrawn"),
        ("returns.refund_sent", "approved", "sent"),
        ("returns.refund_failed", "approved", "failed"),
        ("returns.write_off_recovered", "approved", "recovered"),
        ("invoices.invoice_drafted", "", "draft"),
        ("invoices.invoice_issued", "|draft", "issued"),
        ("invoices.invoice_discarded", "draft", ""),
        ("deals.discount_requested", "", "requested"),
        ("deals.discount_approved", "requested", "approved"),
        ("deals.discount_rejected", "requested", "rejected"),
        ("deals.discount_withdrawn", "requested", "withdrawn"),
        ("handovers.hand_over_planned", "", "planned"),
        ("handovers.work_handed_over", "planned", "done"),
        ("handovers.hand_over_cancelled", "planned", "cancelled"),
    )
}


@dataclass
class Fold:
    """The states that the events tell, kept up to date by reading what was added."""

    states: dict[tuple[str, UUID], str] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    _last: UUID | None = None

    def check(self, office: Office) -> None:
        """Fold the new events; refuse a move from a wrong state, and rows that say otherwise."""
        events = EventRecord.objects.filter(subject_type__in=STATES).order_by("pk")
        if self._last is not None:
            events = events.filter(pk__gt=self._last)
        for event in events.only("name", "subject_type", "subject_id", "payload"):
            self._last = event.pk
            self.seen[event.name] = self.seen.get(event.name, 0) + 1
            self._take(event)
        told = {key: state for key, state in self.states.items() if state}
        rows = {(kind, pk): state for kind, of in office.desk.items() for pk, state in of.items()}
        assert told == rows, f"M14: {dict(told.items() ^ rows.items())}"

    def _take(self, event: EventRecord) -> None:
        key = (event.subject_type, event.subject_id)
        if event.name == "deals.deal_created":
            self._move(key, event.name, frozenset({""}), event.payload["status"])
        elif event.name == "clients.clients_merged":
            duplicate = (event.subject_type, UUID(event.payload["duplicate_id"]))
            self._move(duplicate, event.name, frozenset({"active", "archived"}), "merged")
        elif event.name in MOVES:
            self._move(key, event.name, *MOVES[event.name])

    def _move(self, key: tuple[str, UUID], name: str, allowed: frozenset[str], after: str) -> None:
        before = self.states.get(key, "")
        assert before in allowed, f"M14: {name} of {key} in state {before!r}"
        self.states[key] = after
