"""Note losses that were given up before invoices knew of them.

When a deal was written off, or a small remainder given up, before an invoice was given up with its
deal (decision 0026), only the ledger heard of it: the invoice goes on asking. What the deal owes is
right; reminders, age and the state of the invoice are not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.audit.selectors import history_of
from shared_apps.kernel.events import Actor
from shared_apps.kernel.money import Money, total
from tenant_apps.deals.events import DealWrittenOff, RemainderWrittenOff
from tenant_apps.deals.selectors import deal_terms, lock_deal
from tenant_apps.invoices.events import InvoiceWrittenOff
from tenant_apps.invoices.models import Invoice, InvoiceLoss
from tenant_apps.invoices.selectors import OpenInvoice, lost_on_invoices, open_invoices
from tenant_apps.ledger.selectors import (
    AccountCode,
    balance_of,
    deals_with_bad_debt,
    outstanding_of_deal,
)

MENDER = Actor.system("losses")


@dataclass(frozen=True)
class ForgottenLoss:
    """What an issued invoice asks for though its deal owes it no more."""

    invoice: Invoice
    money: Money


def note_forgotten_losses(*, dry_run: bool, at: datetime) -> Iterator[ForgottenLoss]:
    """Give up what invoices ask for beyond what their deals owe, deal by deal; yield each.

    Done twice it finds nothing the second time. Each deal is a transaction of its own under the
    deal's lock; `dry_run` only looks. Records InvoiceWrittenOff. The loss counts from the day on
    which the deal was given up, so the age of earlier days is right as well.
    """
    for deal_id in deals_with_bad_debt():
        with transaction.atomic():
            lock_deal(deal_id)
            found = _forgotten(deal_id)
            for loss in () if dry_run else found:
                _note(loss, at=at)
        yield from found


def _forgotten(deal_id: UUID) -> list[ForgottenLoss]:
    """Return what is asked for too much: of the last invoices, as money meets the first ones."""
    currency = deal_terms(deal_id).currency
    issued = [each for each in open_invoices(deal_id, currency=currency) if _is_issued(each)]
    asked = total((each.open for each in issued), currency=currency)
    given_up = balance_of(AccountCode.BAD_DEBT, currency=currency, deal_id=deal_id)
    unnoted = given_up - lost_on_invoices(deal_id, currency=currency)
    rest = min(asked - outstanding_of_deal(deal_id, currency), unnoted)
    found = []
    for each in reversed(issued):
        part = min(rest, each.open)
        if part.amount > 0:
            found.append(ForgottenLoss(each.invoice, part))
            rest -= part
    return found


def _is_issued(each: OpenInvoice) -> bool:
    return not each.invoice.is_draft


def _note(loss: ForgottenLoss, *, at: datetime) -> None:
    event = InvoiceWrittenOff(invoice_id=loss.invoice.pk)
    row = record(event, actor=MENDER, at=at, after={"amount": str(loss.money)})
    InvoiceLoss.objects.create(
        invoice=loss.invoice,
        amount=loss.money.amount,
        currency=loss.money.currency,
        event_id=row.pk,
        noted_at=_given_up_at(loss.invoice) or at,
    )


def _given_up_at(invoice: Invoice) -> datetime | None:
    """Return when the deal was given up last, or the invoice was issued, if that came later."""
    names = (DealWrittenOff.name, RemainderWrittenOff.name)
    last = history_of("deals.deal", invoice.deal_id).filter(name__in=names).first()
    days = [day for day in (last and last.recorded_at, invoice.issued_at) if day]
    return max(days, default=None)
