"""Let applied money meet invoices: open ones first, then a new one for what is not invoiced."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.events import Actor
from shared_apps.kernel.ids import uuid7
from shared_apps.kernel.money import Money
from tenant_apps.deals.selectors import deal_terms, lock_deal
from tenant_apps.invoices.events import InvoiceSettled, InvoiceUnsettled
from tenant_apps.invoices.models import Invoice, InvoiceSettlement
from tenant_apps.invoices.selectors import (
    credited_amount,
    open_invoices,
    settled_amount,
    settled_by_payment,
    settlements_of,
)
from tenant_apps.invoices.services.composing import compose, left_to_invoice
from tenant_apps.invoices.services.issuing import parties_of
from tenant_apps.invoices.services.planning import invoice_by_policy
from tenant_apps.invoices.services.writing import issue, store_issued_or_draft
from tenant_apps.invoices.shares import gross_of


@dataclass(frozen=True, kw_only=True)
class AppliedMoney:
    """Money that a deal has taken: from which payment, by which event, through whom."""

    payment_id: UUID
    deal_id: UUID
    money: Money
    event_id: UUID
    actor: Actor
    invoice_id: UUID | None = None


@transaction.atomic(savepoint=False)
def settle_invoices(*, applied: AppliedMoney, at: datetime) -> None:
    """Link applied money to the deal's open invoices and invoice the rest.

    The invoice that was named comes first, then the oldest.

    What the policy asks for without money is invoiced before, so that the money meets it. A draft
    that money meets is issued. A new invoice covers only what no invoice or draft covers yet, and
    is settled at once. Locks the deal, and the series last; records InvoiceIssued or
    InvoiceDrafted, and InvoiceSettled.
    """
    lock_deal(applied.deal_id)
    invoice_by_policy(deal_id=applied.deal_id, actor=applied.actor, at=at)
    rest = applied.money
    found = open_invoices(applied.deal_id, currency=rest.currency)
    for each in sorted(found, key=lambda each: each.invoice.pk != applied.invoice_id):
        part = min(rest, each.open)
        if part:
            _settle(each.invoice, part, applied, at=at)
            _issue_draft(each.invoice, applied, at=at)
            rest -= part
    if rest:
        _invoice_rest(rest, applied, at=at)


@transaction.atomic(savepoint=False)
def unsettle_invoices(*, taken: AppliedMoney, at: datetime) -> list[tuple[Invoice, Money]]:
    """Take money back from the invoices that its payment met, newest first; they are open again.

    `taken.money` is positive. Returns what each invoice lost. Runs under the deal's lock; records
    InvoiceUnsettled.
    """
    rest, lost = taken.money, []
    held_by = settled_by_payment(taken.payment_id, deal_id=taken.deal_id, currency=rest.currency)
    for invoice, held in held_by:
        part = min(rest, held)
        if part:
            _take(invoice, part, taken, at=at)
            lost.append((invoice, part))
            rest -= part
    return lost


@transaction.atomic(savepoint=False)
def move_surplus(*, invoice_id: UUID, actor: Actor, at: datetime) -> None:
    """Let money that an invoice does not ask for any more meet what else the deal is invoiced for.

    A credit note makes an invoice smaller than the money that has met it: the last that came moves
    on, to the deal's other open invoices and then to a new one. Runs under the deal's lock; records
    InvoiceUnsettled, and what settle_invoices records.
    """
    invoice = Invoice.objects.with_settled().get(pk=invoice_id)
    surplus = settled_amount(invoice) + credited_amount(invoice) - invoice.total_money
    for payment_id, held in settlements_of(invoice):
        part = min(surplus, held)
        if part.amount > 0:
            moved = AppliedMoney(
                payment_id=payment_id,
                deal_id=invoice.deal_id,
                money=part,
                event_id=uuid7(),
                actor=actor,
            )
            _take(invoice, part, moved, at=at)
            settle_invoices(applied=moved, at=at)
            surplus -= part


def _issue_draft(invoice: Invoice, applied: AppliedMoney, *, at: datetime) -> None:
    """Issue a draft that money has met, when its billing details are complete."""
    if not invoice.is_draft:
        return
    parties = parties_of(invoice)
    if not parties.missing:
        issue(invoice, parties=parties, actor=applied.actor, at=at)


def _invoice_rest(rest: Money, applied: AppliedMoney, *, at: datetime) -> None:
    terms = deal_terms(applied.deal_id)
    left = left_to_invoice(terms)
    amount = min(rest, gross_of(left, currency=rest.currency))
    if not amount:
        return
    composed = compose(amount, left=left, terms=terms, by_id=None, at=at)
    invoice = store_issued_or_draft(composed, actor=applied.actor, at=at)
    _settle(invoice, amount, applied, at=at)


def _settle(invoice: Invoice, part: Money, applied: AppliedMoney, *, at: datetime) -> None:
    _write(invoice, part, applied, at=at)
    event = InvoiceSettled(invoice_id=invoice.pk, payment_id=applied.payment_id)
    record(event, actor=applied.actor, at=at, after={"amount": str(part)})


def _take(invoice: Invoice, part: Money, taken: AppliedMoney, *, at: datetime) -> None:
    _write(invoice, -part, taken, at=at)
    event = InvoiceUnsettled(invoice_id=invoice.pk, payment_id=taken.payment_id)
    record(event, actor=taken.actor, at=at, after={"amount": str(part)})


def _write(invoice: Invoice, part: Money, applied: AppliedMoney, *, at: datetime) -> None:
    InvoiceSettlement.objects.create(
        invoice=invoice,
        payment_id=applied.payment_id,
        amount=part.amount,
        currency=part.currency,
        event_id=applied.event_id,
        settled_at=at,
    )
