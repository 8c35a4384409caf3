"""Take issued invoices back by credit notes: what the client owes falls, or only the paper goes."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError, ValidationFailed
from shared_apps.kernel.events import Actor
from shared_apps.kernel.ids import uuid7
from shared_apps.kernel.money import Money, total
from shared_apps.kernel.wording import worded
from tenant_apps.deals.selectors import lock_deal
from tenant_apps.invoices.certificate import hash_of
from tenant_apps.invoices.documents import credit_note_document
from tenant_apps.invoices.events import InvoiceCredited
from tenant_apps.invoices.models import (
    CreditNote,
    CreditNoteLine,
    Invoice,
    InvoiceLine,
    SeriesType,
)
from tenant_apps.invoices.selectors import left_to_credit
from tenant_apps.invoices.services.issuing import take_place
from tenant_apps.invoices.services.losing import take_back_loss
from tenant_apps.invoices.services.settling import move_surplus
from tenant_apps.invoices.shares import Share, gross_of, take_share
from tenant_apps.ledger.selectors import outstanding_of_deal
from tenant_apps.payments.services import Cause, release_applied
from tenant_apps.returns.services import end_bad_debt

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


class InvoiceNotIssued(DomainError):
    """A draft is discarded, not credited."""

    code, status = "invoice_not_issued", 409
    message = "Only an issued invoice can be credited; a draft takes no number and is discarded."


class NothingToCredit(DomainError):
    """Credit notes have taken the whole invoice back."""

    code, status = "nothing_to_credit", 409
    message = "This invoice is credited in full already."


@dataclass(frozen=True, kw_only=True)
class Crediting:
    """Why an invoice is taken back, and whether the client owes less from now on."""

    reason: str
    reduces_sale: bool
    actor: Actor
    by_id: UUID | None = None


@transaction.atomic
def credit_invoice(
    *, invoice_id: UUID, amount: Money | None, reason: str, by: "User", at: datetime
) -> CreditNote:
    """Credit an issued invoice, by default all that is left of it: the client owes less.

    What was given up of the invoice and is taken off now was not lost. What the client has paid
    beyond the new price becomes credit again, and what had met the invoice beyond what is left of
    it meets the deal's other invoices. A bad debt of which nothing is lost any more is a won deal
    again. Locks the deal, its payments, then the series; records
    InvoiceCredited (and InvoiceLossTakenBack, PaymentUnapplied, InvoiceUnsettled, InvoiceSettled).
    Raises: InvoiceNotIssued, NothingToCredit, ValidationFailed, Invoice.DoesNotExist.
    """
    if not reason.strip():
        raise ValidationFailed.at("/reason", "Say why the invoice is credited.", code="required")
    invoice = _lock_issued(invoice_id)
    money = _check_amount(amount, invoice)
    take_back_loss(invoice_id=invoice.pk, credited=money, actor=by.actor, at=at)
    beyond = money - outstanding_of_deal(invoice.deal_id, invoice.currency)
    if beyond.amount > 0:
        cause = Cause(event_id=uuid7(), actor=by.actor)
        release_applied(deal_id=invoice.deal_id, money=beyond, cause=cause, at=at)
    crediting = Crediting(reason=reason.strip(), reduces_sale=True, actor=by.actor, by_id=by.pk)
    note = write_credit_note(invoice, money, crediting=crediting, at=at)
    move_surplus(invoice_id=invoice.pk, actor=by.actor, at=at)
    end_bad_debt(deal_id=invoice.deal_id, actor=by.actor, at=at)
    return note


def write_credit_note(
    invoice: Invoice, money: Money, *, crediting: Crediting, at: datetime
) -> CreditNote:
    """Issue a credit note over a part of an invoice, pro rata to what is left of its lines.

    Runs under the deal's lock; locks the series; records InvoiceCredited.
    """
    left = left_to_credit(invoice)
    shares = take_share(money, left=[share for _, share in left])
    pairs = [(line, share) for (line, _), share in zip(left, shares, strict=True) if share.gross]
    note = _compose(invoice, money, pairs, crediting=crediting, at=at)
    lines = [_line(note, line, share, at=n) for n, (line, share) in enumerate(pairs, start=1)]
    note.content_hash = hash_of(credit_note_document(note, lines))
    note.save(force_insert=True)
    CreditNoteLine.objects.bulk_create(lines)
    event = InvoiceCredited(
        invoice_id=invoice.pk,
        credit_note_id=note.pk,
        deal_id=invoice.deal_id,
        reduces_sale=crediting.reduces_sale,
    )
    after = {"number": note.number, "total": str(note.total_money)}
    record(event, actor=crediting.actor, at=at, after=after, reason=crediting.reason)
    return note


def _lock_issued(invoice_id: UUID) -> Invoice:
    lock_deal(Invoice.objects.values_list("deal_id", flat=True).get(pk=invoice_id))
    invoice = Invoice.objects.select_for_update(no_key=True, of=("self",)).get(pk=invoice_id)
    if invoice.is_draft:
        raise InvoiceNotIssued
    return invoice


def check_creditable(invoice: Invoice) -> Money:
    """Return what is left to be credited. Raises: NothingToCredit."""
    left = gross_of([share for _, share in left_to_credit(invoice)], currency=invoice.currency)
    if not left:
        raise NothingToCredit
    return left


def _check_amount(amount: Money | None, invoice: Invoice) -> Money:
    left = check_creditable(invoice)
    if amount is None:
        return left
    if amount.currency != invoice.currency:
        raise ValidationFailed.at(
            "/amount",
            worded("The invoice is in %(currency)s.", currency=invoice.currency),
            code="currency_mismatch",
        )
    if not amount or amount > left:
        raise ValidationFailed.at(
            "/amount", worded("At most %(left)s can be credited.", left=left), code="max_value"
        )
    return amount


def _compose(
    invoice: Invoice,
    money: Money,
    pairs: list[tuple[InvoiceLine, Share]],
    *,
    crediting: Crediting,
    at: datetime,
) -> CreditNote:
    net = total((share.net for _, share in pairs), currency=money.currency)
    place = take_place(SeriesType.CREDIT_NOTE, at=at)
    return CreditNote(
        invoice=invoice,
        deal_id=invoice.deal_id,
        number=place.number,
        year=place.year,
        sequence=place.sequence,
        reason=crediting.reason,
        reduces_sale=crediting.reduces_sale,
        currency=money.currency,
        net=net.amount,
        tax=(money - net).amount,
        total=money.amount,
        issued_at=at,
        issued_on=place.issued_on,
        issuer=invoice.issuer,
        party=invoice.party,
        created_by_id=crediting.by_id,
        created_at=at,
    )


def _line(note: CreditNote, line: InvoiceLine, share: Share, *, at: int) -> CreditNoteLine:
    return CreditNoteLine(
        credit_note=note,
        invoice_line=line,
        position=at,
        description=line.description,
        tax_rate_percent=line.tax_rate_percent,
        tax_reason=line.tax_reason,
        supplied_on=line.supplied_on,
        net=share.net.amount,
        tax=share.tax.amount,
        gross=share.gross.amount,
    )
