"""Invoice the instalments of won deals when the organization's policy says so, or ahead by hand."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shared_apps.jobs.reports import RunReport, do_each
from shared_apps.kernel.errors import ValidationFailed
from shared_apps.kernel.events import Actor
from shared_apps.kernel.money import Money
from shared_apps.organizations.selectors import local_day_of, organization_settings
from tenant_apps.deals.selectors import DealTerms, deal_terms, lock_deal
from tenant_apps.invoices.instalments import PlannedPart, uncovered_parts
from tenant_apps.invoices.models import Invoice
from tenant_apps.invoices.selectors import (
    deals_to_invoice,
    invoiced_by_instalment,
)
from tenant_apps.invoices.services.composing import (
    Composed,
    NothingToInvoice,
    compose,
    left_to_invoice,
    still_expected,
)
from tenant_apps.invoices.services.writing import BY_HAND, check_won, store_draft
from tenant_apps.invoices.services.writing import store_issued_or_draft as store
from tenant_apps.invoices.shares import gross_of

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

SCHEDULE = Actor.system("invoices")
THE_LAST_DAY = date.max


def last_day_to_invoice(*, today: date) -> date | None:
    """Return up to which due day the policy invoices instalments without money; None: never."""
    chosen = organization_settings()
    if chosen.invoice_when == "on_win":
        return THE_LAST_DAY
    if chosen.invoice_when == "days_before_due":
        return today + timedelta(days=chosen.invoice_days_before_due)
    return None


@transaction.atomic(savepoint=False)
def invoice_by_policy(*, deal_id: UUID, actor: Actor, at: datetime) -> list[Invoice]:
    """Invoice each instalment of a won deal whose time has come and that no invoice covers.

    Under `on_verification` none is: there the invoice comes with the money. Locks the deal, and the
    series last; records InvoiceIssued, or InvoiceDrafted where billing details are missing.
    """
    until = last_day_to_invoice(today=local_day_of(at))
    if until is None:
        return []
    lock_deal(deal_id)
    terms = deal_terms(deal_id)
    if terms.status != "won":
        return []
    due = [each for each in parts_to_invoice(terms) if each[0].due_on <= until]
    made = (_compose(terms, part, money, by_id=None, at=at) for part, money in due)
    return [store(composed, actor=actor, at=at) for composed in made]


@transaction.atomic
def draft_instalment(*, deal_id: UUID, instalment_id: UUID, by: "User", at: datetime) -> Invoice:
    """Draft an invoice for what is not invoiced of one instalment, before its time.

    Locks the deal; records InvoiceDrafted.
    Raises: DealNotWon, NothingToInvoice, ValidationFailed, Deal.DoesNotExist.
    """
    lock_deal(deal_id)
    terms = deal_terms(deal_id)
    check_won(terms)
    if instalment_id not in {part.id for part in terms.instalments}:
        message = "The deal's current version has no such instalment."
        raise ValidationFailed.at("/instalment", message, code="not_found")
    for part, money in parts_to_invoice(terms):
        if part.id == instalment_id:
            composed = _compose(terms, part, money, by_id=by.pk, at=at)
            return store_draft(composed, reason=BY_HAND, actor=by.actor, at=at)
    raise NothingToInvoice


def invoice_due_instalments(*, at: datetime) -> RunReport:
    """Invoice what the policy asks for today in every won deal, each in its own transaction.

    A deal that fails is logged and visited again by the next run; it does not stop the others.
    """
    until = last_day_to_invoice(today=local_day_of(at))
    if until is None:
        return RunReport(done=0, failed=0)

    def invoice(deal_id: UUID) -> int:
        return len(invoice_by_policy(deal_id=deal_id, actor=SCHEDULE, at=at))

    return do_each(list(deals_to_invoice(until=until)), invoice)


def parts_to_invoice(terms: DealTerms) -> list[tuple[PlannedPart, Money]]:
    """Return what is to be invoiced of each instalment; what was given up is never asked for."""
    left = gross_of(left_to_invoice(terms), currency=terms.currency)
    parts = [
        PlannedPart(id=each.id, due_on=each.due_on, position=each.position, amount=each.amount)
        for each in terms.instalments
    ]
    named = invoiced_by_instalment(terms.deal_id, currency=terms.currency)
    owed = still_expected(left, deal_id=terms.deal_id)
    return uncovered_parts(parts, named=named, left=owed)


def _compose(
    terms: DealTerms, part: PlannedPart, money: Money, *, by_id: UUID | None, at: datetime
) -> Composed:
    composed = compose(money, left=left_to_invoice(terms), terms=terms, by_id=by_id, at=at)
    composed.invoice.instalment_id = part.id
    composed.invoice.planned_due_on = part.due_on
    return composed
