"""Invoices: the list, one invoice with its lines and the money that met it, its PDF."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from shared_apps.kernel.errors import NotFound
from shared_apps.kernel.models import money_of
from shared_apps.web.references import parse_reference
from tenant_apps.invoices import selectors, services
from tenant_apps.invoices.api.downloads import pdf_response
from tenant_apps.invoices.selectors import credited_amount
from tenant_apps.invoices.selectors.buckets import BUCKETS, due_between
from tenant_apps.payments.selectors import credit_of_client
from tenant_apps.portal.listing import ListPage, page_of
from tenant_apps.portal.pages import Page
from tenant_apps.portal.papers import CreditNoteRow, InvoiceRow
from tenant_apps.portal.rooms import paper_tabs
from tenant_apps.portal.wording import choices_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from tenant_apps.invoices.models import Invoice
    from tenant_apps.invoices.selectors.aging import AgingRow

VIEW, ISSUE, APPLY = "invoices.view", "invoices.issue", "payments.apply"
LAST_MAILS = 20


class InvoiceList(ListPage):
    """The invoices that the person may see."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": VIEW}
    room = "invoices"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show a page of the invoices, filtered by what was asked for."""
        shown = page_of(self.listed(), request)
        return self.show(
            "invoices/list.html",
            shown=shown,
            rows=[InvoiceRow(invoice, today=self.today) for invoice in shown.rows],
            states=choices_of("invoices"),
            tabs=paper_tabs("invoices"),
            ages=choices_of("age"),
            aging=[(row.open, list(row.buckets.items())) for row in self._aging()],
            is_filtered=any(request.GET.get(name) for name in ("status", "age", "q")),
        )

    def listed(self) -> "QuerySet[Any]":
        """Return the invoices that were asked for."""
        asked, age = self.request.GET.get("status", ""), self.request.GET.get("age", "")
        due_from, due_to = due_between(age, as_of=self.today) if age in BUCKETS else (None, None)
        filters = selectors.InvoiceFilters(
            status="draft" if asked == "draft" else None,
            is_open=True if asked == "open" or age in BUCKETS else None,
            due_from=due_from,
            due_to=due_to,
            overdue_on=self.today if asked == "overdue" else None,
            search=self.request.GET.get("q", "").strip()[:200] or None,
        )
        return selectors.list_invoices(viewer=self.viewer, filters=filters)

    def _aging(self) -> "list[AgingRow]":
        return selectors.aging_totals(viewer=self.viewer, as_of=self.today, until=self.at)


class InvoicePage(Page):
    """A page about one invoice."""

    room = "invoices"

    def find(self, reference: str) -> "Invoice":
        """Return the invoice by number or id. Raises: Invoice.DoesNotExist, NotFound."""
        return selectors.get_invoice(reference=parse_reference(reference), viewer=self.viewer)


class InvoiceDetail(InvoicePage):
    """One invoice."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": VIEW}

    def get(self, _request: HttpRequest, reference: str) -> HttpResponseBase:
        """Show the invoice with its lines and the money that met it."""
        invoice = self.find(reference)
        settled = [
            (each.payment.code, each.settled_at, money_of(each.amount, each.currency))
            for each in invoice.settlements.all()
        ]
        is_draft = invoice.status == "draft"
        row = InvoiceRow(invoice, today=self.today)
        return self.show(
            "invoices/detail.html",
            row=row,
            stand=row.state,
            invoice=invoice,
            settled=settled,
            sees_payments=self.may("payments.view"),
            sees_clients=self.may("clients.view"),
            sees_deals=self.may("deals.view"),
            may_issue=is_draft and self.may(ISSUE) and self.is_writable,
            may_credit=self._may_credit(invoice),
            may_pay=self._may_pay(invoice),
            notes=self._credit_notes(invoice),
            **self._sending(invoice),
        )

    def _may_pay(self, invoice: "Invoice") -> bool:
        is_open = bool(invoice.number) and bool(selectors.open_amount(invoice))
        if not (is_open and self.is_writable and self.may(APPLY)):
            return False
        return bool(credit_of_client(invoice.client_id, currency=invoice.currency))

    def _sending(self, invoice: "Invoice") -> dict[str, Any]:
        if not invoice.number:
            return {}
        is_open = bool(selectors.open_amount(invoice))
        is_late = invoice.due_on is not None and invoice.due_on < self.today
        pauses = list(selectors.pauses_of(invoice))
        may_send = self.is_writable and self.may(ISSUE) and self._is_theirs_to_issue(invoice)
        return {
            "mails": list(selectors.mails_of(invoice)[:LAST_MAILS]),
            "links": [
                (link, link.is_open(self.at)) for link in selectors.links_of(invoice)[:LAST_MAILS]
            ],
            "pauses": pauses,
            "may_send": may_send,
            "may_hold": may_send and not pauses and is_open,
            # before the due day the letters of reminders would not be true
            "may_remind": may_send and not pauses and is_open and is_late,
        }

    def _is_theirs_to_issue(self, invoice: "Invoice") -> bool:
        return selectors.visible_invoices(self.viewer, ISSUE).filter(pk=invoice.pk).exists()

    def _may_credit(self, invoice: "Invoice") -> bool:
        if not (invoice.number and self.is_writable and self.may(ISSUE)):
            return False
        return credited_amount(invoice) < money_of(invoice.total, invoice.currency)

    def _credit_notes(self, invoice: "Invoice") -> list[CreditNoteRow]:
        notes = selectors.list_credit_notes(viewer=self.viewer, deal=invoice.deal_id)
        return [CreditNoteRow(note) for note in notes if note.invoice_id == invoice.pk]


class InvoicePdf(InvoicePage):
    """The invoice as paper."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": VIEW}

    def get(self, _request: HttpRequest, reference: str) -> HttpResponseBase:
        """Answer with the PDF; a draft says that it is one."""
        return pdf_response(selectors.pdf_of(self.find(reference), at=self.at))


class IssueInvoice(InvoicePage):
    """Give a draft its number."""

    permissions: ClassVar[Mapping[str, str | None]] = {"post": ISSUE}

    def post(self, _request: HttpRequest, reference: str) -> HttpResponseBase:
        """Issue the invoice."""
        draft = self.find(reference)
        if draft.number:
            raise NotFound
        invoice = services.issue_invoice(invoice_id=draft.pk, by=self.viewer, at=self.at)
        url = reverse("portal:invoice", args=[invoice.number])
        return self.go(url, _("The invoice is issued."))
