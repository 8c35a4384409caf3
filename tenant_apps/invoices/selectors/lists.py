"""Lists of invoices and credit notes. Who sees a deal's papers is decided here, by who sees it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.lookups import Exact, LessThan

from tenant_apps.access.scopes import scope_of
from tenant_apps.deals.selectors import visible_deal_ids
from tenant_apps.invoices.models import (
    CreditNote,
    Invoice,
    InvoiceQuerySet,
    PaperMail,
    Status,
)
from tenant_apps.invoices.selectors.buckets import due_between

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

VIEW = "invoices.view"


def visible_invoices(viewer: "User", permission: str = VIEW) -> InvoiceQuerySet:
    """Return the invoices of the deals within the scope of the viewer's permission.

    Raises: PermissionRefused.
    """
    if scope_of(viewer, permission).user_ids is None:
        return Invoice.objects.all()
    return Invoice.objects.filter(deal_id__in=visible_deal_ids(viewer, permission))


def invoices_among(ids: Collection[UUID]) -> InvoiceQuerySet:
    """Return the invoices with these ids, whoever asks: what the audit log calls them."""
    return Invoice.objects.filter(pk__in=ids).order_by("pk")


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

    `is_open` asks for issued invoices that are not fully paid, `overdue_on` for those due before,
    `age` for a bucket of aging.BUCKETS as of `today`, `mail_state` for how their last mail stands.
    """

    status: str | None = None
    client: UUID | str | None = None
    deal: UUID | str | None = None
    currency: str | None = None
    is_open: bool | None = None
    overdue_on: date | None = None
    age: str | None = None
    mail_state: str | None = None
    today: date | None = None
    due_from: date | None = None
    due_to: date | None = None
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
        "due_on__gte": filters.due_from,
        "due_on__lte": filters.due_to,
        "issued_on__gte": filters.issued_from,
        "issued_on__lte": filters.issued_to,
        "created_at__gte": filters.created_after,
        _reference("client", filters.client): filters.client,
        _reference("deal", filters.deal): filters.deal,
    }
    conditions = Q(**{name: value for name, value in asked.items() if value is not None})
    others = _is_open(filters) & _is_aged(filters) & _is_mailed(filters.mail_state)
    return conditions & others & _search(filters.search)


def _reference(name: str, value: UUID | str | None) -> str:
    return f"{name}_id" if isinstance(value, UUID) else f"{name}__code"


def _is_open(filters: InvoiceFilters) -> Q:
    covered = F("settled_amount") + F("credited_amount") + F("lost_amount")
    unpaid = Q(LessThan(covered, F("total")), status=Status.ISSUED)
    if filters.overdue_on is not None:
        return unpaid & Q(due_on__lt=filters.overdue_on)
    if filters.is_open is None:
        return Q()
    return unpaid if filters.is_open else ~unpaid


def _is_aged(filters: InvoiceFilters) -> Q:
    if filters.age is None or filters.today is None:
        return Q()
    unpaid = _is_open(InvoiceFilters(is_open=True))
    first, last = due_between(filters.age, as_of=filters.today)
    late = Q(due_on__lte=last) if last else Q()
    return unpaid & late & (Q(due_on__gte=first) if first else Q())


def _is_mailed(state: str | None) -> Q:
    if state is None:
        return Q()
    last = PaperMail.objects.filter(invoice=OuterRef("pk")).order_by("-queued_at", "-pk")
    return Q(Exact(Subquery(last.values("state")[:1]), Value(state)))


def _search(text: str | None) -> Q:
    if not text:
        return Q()
    return Q(number__iexact=text) | Q(deal__code__iexact=text) | Q(client__name__icontains=text)


def visible_credit_notes(viewer: "User") -> "QuerySet[CreditNote]":
    """Return the credit notes of the deals within the viewer's scope. Raises: PermissionRefused."""
    notes = CreditNote.objects.select_related("invoice", "deal").prefetch_related("lines")
    if scope_of(viewer, VIEW).user_ids is None:
        return notes
    return notes.filter(deal_id__in=visible_deal_ids(viewer, VIEW))


def list_credit_notes(
    *,
    viewer: "User",
    client: UUID | str | None = None,
    deal: UUID | str | None = None,
    issued_from: date | None = None,
    issued_to: date | None = None,
    ordering: str = "-issued_at",
) -> "QuerySet[CreditNote]":
    """Return the credit notes that the viewer may see and that match, newest first by default."""
    asked = {
        _reference("deal__client", client): client,
        _reference("deal", deal): deal,
        "issued_on__gte": issued_from,
        "issued_on__lte": issued_to,
    }
    conditions = Q(**{name: value for name, value in asked.items() if value is not None})
    return visible_credit_notes(viewer).filter(conditions).order_by(ordering, "-pk")


def credit_notes_issued_at(
    *, deal_ids: Collection[UUID], instants: Collection[datetime]
) -> list[CreditNote]:
    """Return the credit notes of these deals of one of these instants, whoever asks, by number."""
    notes = CreditNote.objects.filter(deal_id__in=deal_ids, issued_at__in=instants)
    return list(notes.order_by("year", "sequence", "pk"))


def get_credit_note(*, reference: UUID | str, viewer: "User") -> CreditNote:
    """Return one credit note by id or number.

    Raises: CreditNote.DoesNotExist, PermissionRefused.
    """
    is_it = Q(pk=reference) if isinstance(reference, UUID) else Q(number=reference)
    return visible_credit_notes(viewer).get(is_it)


def find_invoice(invoice_id: UUID) -> Invoice:
    """Return an invoice with its deal and client, for effects that nobody asked for by hand.

    Raises: Invoice.DoesNotExist.
    """
    return with_relations(Invoice.objects.all()).get(pk=invoice_id)


def find_credit_note(credit_note_id: UUID) -> CreditNote:
    """Return a credit note with its deal and invoice, likewise. Raises: CreditNote.DoesNotExist."""
    return CreditNote.objects.select_related("deal", "invoice").get(pk=credit_note_id)


def invoiced_again(note: CreditNote, *, viewer: "User") -> InvoiceQuerySet:
    """Return the invoices that came about with a credit note, oldest first.

    Money that had met more of the invoice than the note left of it met them: new ones, and drafts
    that it made to be issued.
    """
    came = Q(created_at=note.issued_at) | Q(issued_at=note.issued_at)
    others = invoices_of_deal(deal_id=note.deal_id, viewer=viewer).exclude(pk=note.invoice_id)
    return others.filter(came).order_by("created_at", "pk")


def invoices_of_deal(*, deal_id: UUID, viewer: "User") -> InvoiceQuerySet:
    """Return the invoices of a deal that the viewer may see, newest first."""
    return list_invoices(viewer=viewer, filters=InvoiceFilters(deal=deal_id))
