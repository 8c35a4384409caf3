"""What happened, as a reader would say it: the events of the log in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from shared_apps.kernel.money import Money
from tenant_apps.portal.formatting import show_money
from tenant_apps.portal.history_of_access import OF_ACCESS, Said
from tenant_apps.portal.history_of_papers import OF_PAPERS

if TYPE_CHECKING:
    from shared_apps.audit.models import EventRecord

ITSELF = _("PRS by itself")

EVENTS: Mapping[str, Said] = {
    "clients.client_created": Said(_("Client entered"), "plus"),
    "clients.client_changed": Said(_("Client changed"), "pencil"),
    "clients.client_archived": Said(_("Client archived"), "archive"),
    "clients.client_restored": Said(_("Client restored"), "archive-restore"),
    "clients.clients_merged": Said(_("Merged with a duplicate"), "merge"),
    "clients.client_anonymised": Said(_("Personal data erased"), "eraser"),
    "clients.contact_logged": Said(_("Contact logged"), "phone"),
    "clients.next_step_done": Said(_("Next step done"), "check"),
    "deals.deal_created": Said(_("Deal entered"), "plus"),
    "deals.deal_changed": Said(_("Deal changed"), "pencil"),
    "deals.deal_submitted": Said(_("Deal handed in"), "send", "info"),
    "deals.deal_won": Said(_("Deal won"), "trophy", "ok"),
    "deals.deal_lost": Said(_("Deal lost"), "circle-x", "bad"),
    "deals.deal_reopened": Said(_("Deal reopened"), "rotate-ccw", "info"),
    "deals.deal_amended": Said(_("Terms amended"), "file-diff", "info"),
    "deals.deal_cancelled": Said(_("Deal cancelled"), "ban", "bad"),
    "deals.deal_archived": Said(_("Draft put away"), "archive"),
    "deals.deal_credit_changed": Said(_("Credit changed"), "users", "info"),
    "deals.discount_withdrawn": Said(_("Request for a discount taken back"), "undo-2"),
    "deals.product_saved": Said(_("Product saved"), "package"),
    "deals.product_archived": Said(_("Product put away"), "archive"),
    "deals.product_restored": Said(_("Product put back"), "archive-restore"),
    "deals.stage_saved": Said(_("Stage saved"), "list"),
    "deals.stage_archived": Said(_("Stage put away"), "archive"),
    "deals.stage_restored": Said(_("Stage put back"), "archive-restore"),
    "deals.tax_rate_saved": Said(_("Tax rate saved"), "percent"),
    "deals.deal_noted": Said(_("Note"), "message-square"),
    "deals.deal_written_off": Said(_("Written off"), "circle-minus", "bad"),
    "payments.payment_drafted": Said(_("Payment written down"), "pencil"),
    "payments.payment_submitted": Said(_("Payment submitted"), "send", "warn"),
    "payments.payment_resubmitted": Said(_("Payment submitted again"), "send", "warn"),
    "payments.payment_changed": Said(_("Payment changed"), "pencil"),
    "payments.payment_withdrawn": Said(_("Payment withdrawn"), "undo-2"),
    "payments.payment_verified": Said(_("Payment verified"), "badge-check", "ok"),
    "payments.payment_rejected": Said(_("Payment rejected"), "circle-x", "bad"),
    "payments.payment_changes_requested": Said(_("Changes requested"), "message-square", "info"),
    "payments.payment_applied": Said(_("Money applied to the deal"), "arrow-right-left", "ok"),
    "payments.payment_unapplied": Said(_("Money taken off the deal"), "arrow-right-left", "bad"),
    "payments.payment_unverified": Said(_("Verification taken back"), "undo-2", "bad"),
    "payments.payment_assigned": Said(_("Review taken or given"), "user-check", "info"),
    "payments.payment_unassigned": Said(_("Review given back"), "undo-2"),
    "payments.payment_review_overdue": Said(_("Review is overdue"), "clock", "bad"),
    "payments.payment_reversed": Said(_("Payment reversed"), "undo-2", "bad"),
    "deals.deal_recovered": Said(_("Write-off recovered"), "circle-plus", "ok"),
    "deals.remainder_written_off": Said(_("Small remainder written off"), "circle-minus"),
    "deals.remainder_expected_again": Said(_("Small remainder expected again"), "circle-plus"),
    **OF_PAPERS,
    **OF_ACCESS,
}


@dataclass(frozen=True)
class Happening:
    """One event as it is shown."""

    said: Said
    who: str
    at: datetime
    note: str


def told(events: "Iterable[EventRecord]") -> list[Happening]:
    """Return the events in words, in their order."""
    return [
        Happening(
            said=said_of(event.name),
            who=who_of(event),
            at=event.recorded_at,
            note=" · ".join(filter(None, (_amount_of(event), _words_of(event)))),
        )
        for event in events
    ]


def _amount_of(event: "EventRecord") -> str:
    """Return what was moved, where the event says it: "-$50.00"."""
    amount, currency = (event.payload.get(name) for name in ("amount", "currency"))
    return show_money(Money.of(str(amount), str(currency))) if amount and currency else ""


def _words_of(event: "EventRecord") -> str:
    return str(event.payload.get("text", "")) or event.reason


def who_of(event: "EventRecord") -> str:
    """Return who did it: a person or a program by name, the system's own jobs as such."""
    return str(ITSELF) if event.actor_kind == "system" else event.actor_label


def said_of(name: str) -> Said:
    """Return the words for a kind of event; one that nobody has named yet as it is called."""
    return EVENTS.get(name) or Said(_readable(name))


def _readable(name: str) -> str:
    return name.rpartition(".")[2].replace("_", " ").capitalize()
