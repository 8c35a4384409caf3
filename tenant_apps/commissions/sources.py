"""What took collected money back from a line: a refund, chargeback or reversal, a credit note."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from shared_apps.audit.selectors import EventFilters, list_events
from tenant_apps.commissions.explanation import find_node
from tenant_apps.invoices.selectors import credit_notes_issued_at
from tenant_apps.payments.events import PaymentUnapplied
from tenant_apps.returns.selectors import returns_effective_at

if TYPE_CHECKING:
    from datetime import datetime

    from tenant_apps.commissions.models import CommissionLine
    from tenant_apps.invoices.models import CreditNote
    from tenant_apps.returns.models import Return


@dataclass(frozen=True, slots=True)
class Source:
    """Why money of a deal went back; a credit note alone takes it back as well."""

    returned: "Return | None"
    notes: "tuple[CreditNote, ...]"


def is_taken_back(line: "CommissionLine") -> bool:
    """Return whether the line is of money that the deal gave back."""
    applied = find_node(line.explanation, name="applied")
    return Decimal(applied["value"]) < 0


def sources_of(lines: "Iterable[CommissionLine]") -> Mapping[UUID, Source]:
    """Return what took the money of those lines back that are of money taken back, by line.

    The return, the credit note and the event of the money bear one instant. Three queries, none
    where no money was taken back.
    """
    taken = [line for line in lines if is_taken_back(line)]
    if not taken:
        return {}
    instants = _instants(taken)
    returns = returns_effective_at(
        payment_ids={line.payment_id for line in taken}, instants=set(instants.values())
    )
    notes = credit_notes_issued_at(
        deal_ids={line.deal_id for line in taken}, instants=set(instants.values())
    )
    return {
        line.pk: _source(line, instants[line.event_id], returns, notes)
        for line in taken
        if line.event_id in instants
    }


def _instants(lines: "list[CommissionLine]") -> "dict[UUID, datetime]":
    events = list_events(EventFilters(name=PaymentUnapplied.name))
    found = events.filter(pk__in={line.event_id for line in lines})
    return dict(found.values_list("pk", "recorded_at"))


def _source(
    line: "CommissionLine", at: "datetime", returns: "list[Return]", notes: "list[CreditNote]"
) -> Source:
    its_returns = [
        each for each in returns if each.payment_id == line.payment_id and each.effective_at == at
    ]
    its_notes = [each for each in notes if each.deal_id == line.deal_id and each.issued_at == at]
    return Source(its_returns[-1] if its_returns else None, tuple(its_notes))
