"""Reads of invoices. Who sees a deal's invoices is decided here, by who sees the deal."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import F, Max, Q, QuerySet, Sum
from django.db.models.lookups import LessThan

from shared_apps.kernel.errors import PermissionRefused
from shared_apps.kernel.models import money_of
from shared_apps.kernel.money import Money
from tenant_apps.access.scopes import scope_of
from tenant_apps.deals.selectors import visible_deal_ids
from tenant_apps.invoices.certificate import ChainLink, chain_hash
from tenant_apps.invoices.models import (
    CreditNote,
    CreditNoteLine,
    Invoice,
    InvoiceLine,
    InvoiceQuerySet,
    InvoiceSettlement,
    Series,
    SeriesType,
    Status,
)
from tenant_apps.invoices.progress import PaymentStatus, status_of
from tenant_apps.invoices.shares import Share

if TYPE_CHECKING:
    from decimal import Decimal

    from tenant_apps.accounts.models import User

VIEW = "invoices.view"


def visible_invoices(viewer: "User", permission: str = VIEW) -> InvoiceQuerySet:
    """Return the invoices of the deals within the scope of the viewer's permission.

    Raises: PermissionRefused.
    """
    if scope_of(viewer, permission).user_ids is None:
        return Invoice.objects.all()
    return Invoice.objects.filter(deal_id__in=visible_deal_ids(viewer, permission))


def get_invoice(*, reference: UUID | str, viewer: "User", permission: str = VIEW) -> Invoice:
    """Return one invoice by id or number, with lines and settlements.

    Raises: Invoice.DoesNotExist, also when it is not the viewer's to see; PermissionRefused.
    """
    is_it = Q(pk=reference) if isinstance(reference, UUID) else Q(number=reference)
    invoices = with_relations(visible_invoices(viewer, permission))
    return invoices.prefetch_related("lines", "settlements__payment").get(is_it)


@dataclass(frozen=True, kw_only=True)
class InvoiceFilters:
    """What a list of invoices may be asked for; None asks nothing.

    `is_open` asks for issued invoices that are not fully paid, `overdue_on` for those due before.
    """

    status: str | None = None
    client: UUID | str | None = None
    deal: UUID | str | None = None
    currency: str | None = None
    is_open: bool | None = None
    overdue_on: date | None = None
    issued_from: date | None = None
    issued_to: date | None = None
    created_after: datetime | None = None
    search: str | None = None
    ordering: str = "-created_at"


def list_invoices(*, viewer: "User", filters: InvoiceFilters | None = None) -> InvoiceQuerySet:
    """Return the invoices that the viewer may see and that match, newest first by default."""
    filters = filters or InvoiceFilters()
    invoices = with_relations(visible_invoices(viewer)).filter(_conditions(filters))
    return invoices.order_by(filters.ordering, "-pk")


def with_relations(invoices: InvoiceQuerySet) -> InvoiceQuerySet:
    """Add what an invoice is shown with, in a constant number of queries."""
    return invoices.with_settled().select_related("deal", "client")


def _conditions(filters: InvoiceFilters) -> Q:
    asked = {
        "status": filters.status,
        "currency": filters.currency,
        "issued_on__gte": filters.issued_from,
        "issued_on__lte": filters.issued_to,
        "created_at__gte": filters.created_after,
        _reference("client", filters.client): filters.client,
        _reference("deal", filters.deal): filters.deal,
    }
    conditions = Q(**{name: value for name, value in asked.items() if value is not None})
    return conditions & _is_open(filters) & _search(filters.search)


def _reference(name: str, value: UUID | str | None) -> str:
    return f"{name}_id" if isinstance(value, UUID) else f"{name}__code"


def _is_open(filters: InvoiceFilters) -> Q:
    covered = F("settled_amount") + F("credited_amount")
    unpaid = Q(LessThan(covered, F("total")), status=Status.ISSUED)
    if filters.overdue_on is not None:
        return unpaid & Q(due_on__lt=filters.overdue_on)
    if filters.is_open is None:
        return Q()
    return unpaid if filters.is_open else ~unpaid


def _search(text: str | None) -> Q:
    if not text:
        return Q()
    return Q(number__iexact=text) | Q(deal__code__iexact=text) | Q(client__name__icontains=text)


def visible_credit_notes(viewer: "User") -> "QuerySet[CreditNote]":
    """Return the credit notes of the deals within the viewer's scope. Raises: PermissionRefused."""
    notes = CreditNote.objects.select_related("invoice").prefetch_related("lines")
    if scope_of(viewer, VIEW).user_ids is None:
        return notes
    return notes.filter(deal_id__in=visible_deal_ids(viewer, VIEW))


def list_credit_notes(
    *,
    viewer: "User",
    deal: UUID | str | None = None,
    issued_from: date | None = None,
    issued_to: date | None = None,
    ordering: str = "-issued_at",
) -> "QuerySet[CreditNote]":
    """Return the credit notes that the viewer may see and that match, newest first by default."""
    asked = {
        _reference("deal", deal): deal,
        "issued_on__gte": issued_from,
        "issued_on__lte": issued_to,
    }
    conditions = Q(**{name: value for name, value in asked.items() if value is not None})
    return visible_credit_notes(viewer).filter(conditions).order_by(ordering, "-pk")


def get_credit_note(*, reference: UUID | str, viewer: "User") -> CreditNote:
    """Return one credit note by id or number.

    Raises: CreditNote.DoesNotExist, PermissionRefused.
    """
    is_it = Q(pk=reference) if isinstance(reference, UUID) else Q(number=reference)
    return visible_credit_notes(viewer).get(is_it)


def invoices_of_deal(*, deal_id: UUID, viewer: "User") -> InvoiceQuerySet:
    """Return the invoices of a deal that the viewer may see, newest first."""
    return list_invoices(viewer=viewer, filters=InvoiceFilters(deal=deal_id))


@dataclass(frozen=True)
class OpenInvoice:
    """An invoice that money may still meet."""

    invoice: Invoice
    open: Money


def open_invoices(deal_id: UUID, *, currency: str) -> list[OpenInvoice]:
    """Return the invoices of a deal that are not fully paid: issued ones by number, then drafts."""
    invoices = Invoice.objects.filter(deal_id=deal_id, currency=currency).with_settled()
    ordered = invoices.order_by("year", "sequence", "pk")
    found = [OpenInvoice(invoice, open_amount(invoice)) for invoice in ordered]
    return [each for each in found if each.open]


def open_amount(invoice: Invoice) -> Money:
    """Return what is still to be paid of an invoice that was read with what has met it."""
    rest = invoice.total_money - settled_amount(invoice) - credited_amount(invoice)
    return max(rest, Money.zero(invoice.currency))


def settled_amount(invoice: Invoice) -> Money:
    """Return the money that has met an invoice that was read with it."""
    settled: Decimal = vars(invoice)["settled_amount"]
    return money_of(settled, invoice.currency)


def credited_amount(invoice: Invoice) -> Money:
    """Return what credit notes took back of an invoice that was read with it."""
    credited: Decimal = vars(invoice)["credited_amount"]
    return money_of(credited, invoice.currency)


def settled_by_payment(payment_id: UUID, *, currency: str) -> list[tuple[Invoice, Money]]:
    """Return the invoices that a payment has met, newest first, each with how much of it."""
    rows = InvoiceSettlement.objects.filter(payment_id=payment_id, currency=currency)
    sums = dict(rows.values_list("invoice_id").annotate(sum=Sum("amount")).order_by("invoice_id"))
    newest = Invoice.objects.filter(pk__in=sums).order_by("-year", "-sequence", "-pk")
    return [(invoice, money_of(sums[invoice.pk], currency)) for invoice in newest]


def settlements_of(invoice: Invoice) -> list[tuple[UUID, Money]]:
    """Return the payments that have met an invoice, the last one first, each with how much."""
    rows = InvoiceSettlement.objects.filter(invoice=invoice).values("payment_id")
    summed = rows.annotate(sum=Sum("amount"), last=Max("settled_at"))
    return [
        (row["payment_id"], money_of(row["sum"], invoice.currency))
        for row in summed.order_by("-last", "-payment_id")
        if row["sum"] > 0
    ]


def payment_status(invoice: Invoice, *, today: date) -> PaymentStatus:
    """Return how far an invoice that was read with what has met it is paid."""
    return status_of(
        total=invoice.total_money,
        settled=settled_amount(invoice),
        credited=credited_amount(invoice),
        due_on=invoice.due_on,
        today=today,
    )


def invoiced_shares(deal_id: UUID, *, currency: str) -> dict[UUID, Share]:
    """Return net and tax invoiced of each deal line, drafts and lines of old versions included.

    What a credit note took back to be invoiced again is not invoiced; what reduced the sale stays.
    """
    lines = InvoiceLine.objects.filter(invoice__deal_id=deal_id, invoice__currency=currency)
    again = CreditNoteLine.objects.filter(
        credit_note__deal_id=deal_id,
        credit_note__currency=currency,
        credit_note__reduces_sale=False,
    )
    invoiced = _shares_by(lines, "deal_line_id", currency)
    for line_id, share in _shares_by(again, "invoice_line__deal_line_id", currency).items():
        invoiced[line_id] -= share
    return invoiced


def _shares_by(rows: "QuerySet[Any]", key: str, currency: str) -> dict[UUID, Share]:
    summed = rows.values(key).annotate(nets=Sum("net"), taxes=Sum("tax")).order_by(key)
    return {
        row[key]: Share(money_of(row["nets"], currency), money_of(row["taxes"], currency))
        for row in summed
    }


def left_to_credit(invoice: Invoice) -> list[tuple[InvoiceLine, Share]]:
    """Return the lines of an invoice, each with what no credit note has taken back of it."""
    rows = CreditNoteLine.objects.filter(credit_note__invoice=invoice)
    credited = _shares_by(rows, "invoice_line_id", invoice.currency)
    nothing = Share(Money.zero(invoice.currency), Money.zero(invoice.currency))
    lines = invoice.lines.order_by("position", "pk")
    return [(line, line.share - credited.get(line.pk, nothing)) for line in lines]


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """The proof that a series has no gap: recompute the chain from the invoices to check it."""

    series_type: str
    year: int
    first_number: int
    next_number: int
    count: int
    is_gapless: bool
    first: str | None
    last: str | None
    totals: tuple[Money, ...]
    chain_hash: str


def series_certificate(*, series_type: str, year: int, viewer: "User") -> Certificate:
    """Return the certificate of one series, to whoever sees all of its invoices.

    Raises: PermissionRefused, Series.DoesNotExist.
    """
    if scope_of(viewer, VIEW).user_ids is not None:
        raise PermissionRefused
    series = Series.objects.get(series_type=series_type, year=year)
    papers = _papers(series_type).filter(series_type=series_type, year=year)
    sequences = list(papers.order_by("sequence", "pk").values_list("sequence", flat=True))
    links = list(_links(papers))
    return Certificate(
        series_type=series_type,
        year=year,
        first_number=series.first_number,
        next_number=series.next_number,
        count=len(links),
        is_gapless=sequences == list(range(series.first_number, series.next_number)),
        first=links[0].number if links else None,
        last=links[-1].number if links else None,
        totals=_totals(papers),
        chain_hash=chain_hash(links),
    )


def _papers(series_type: str) -> "QuerySet[Any]":
    if series_type == SeriesType.CREDIT_NOTE:
        return CreditNote.objects.all()
    return Invoice.objects.filter(status=Status.ISSUED)


def _links(papers: "QuerySet[Any]") -> Iterator[ChainLink]:
    rows = papers.order_by("sequence", "pk").values_list("number", "content_hash")
    return (ChainLink(str(number), content_hash) for number, content_hash in rows.iterator())


def _totals(papers: "QuerySet[Any]") -> tuple[Money, ...]:
    sums = papers.values("currency").annotate(sum=Sum("total")).order_by("currency")
    return tuple(money_of(row["sum"], row["currency"]) for row in sums)
