"""Credit notes: the list, one with its lines, its PDF, and crediting an invoice."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from shared_apps.kernel.errors import NotFound
from shared_apps.web.pages.form import Form, attempt, checked, read_form, without_blanks
from shared_apps.web.references import parse_reference
from tenant_apps.invoices import selectors, services
from tenant_apps.invoices.api.credit_notes import CreditIn
from tenant_apps.invoices.api.downloads import pdf_response
from tenant_apps.portal.forms.once import once
from tenant_apps.portal.forms.returns import with_money
from tenant_apps.portal.listing import page_of
from tenant_apps.portal.pages import Page
from tenant_apps.portal.papers import CreditNoteRow, InvoiceRow
from tenant_apps.portal.rooms import paper_tabs

if TYPE_CHECKING:
    from tenant_apps.invoices.models import CreditNote, Invoice

VIEW, ISSUE = "invoices.view", "invoices.issue"


class CreditNoteList(Page):
    """The credit notes that the person may see."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": VIEW}
    room = "invoices"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show a page of them, the newest first."""
        shown = page_of(selectors.list_credit_notes(viewer=self.viewer), request)
        rows = [CreditNoteRow(note) for note in shown.rows]
        tabs = paper_tabs("credit_notes")
        return self.show("invoices/credit_notes.html", shown=shown, rows=rows, tabs=tabs)


class CreditNotePage(Page):
    """A page about one credit note."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": VIEW}
    room = "invoices"

    def find(self, reference: str) -> "CreditNote":
        """Return it by number or id. Raises: CreditNote.DoesNotExist."""
        return selectors.get_credit_note(reference=parse_reference(reference), viewer=self.viewer)


class CreditNoteDetail(CreditNotePage):
    """One credit note."""

    def get(self, _request: HttpRequest, reference: str) -> HttpResponseBase:
        """Show it with its lines."""
        note = self.find(reference)
        found = selectors.invoiced_again(note, viewer=self.viewer)
        again = [InvoiceRow(invoice, today=self.today) for invoice in found]
        row = CreditNoteRow(note)
        return self.show("invoices/credit_note.html", note=note, row=row, again=again)


class CreditNotePdf(CreditNotePage):
    """The credit note as paper."""

    def get(self, _request: HttpRequest, reference: str) -> HttpResponseBase:
        """Answer with the PDF."""
        return pdf_response(selectors.pdf_of(self.find(reference), at=self.at))


class Credit(Page):
    """Take an issued invoice back, in whole or in part."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": ISSUE, "post": ISSUE}
    room = "invoices"
    done = ""

    def get(self, _request: HttpRequest, reference: str) -> HttpResponseBase:
        """Ask how much, and why, while there is something to credit."""
        invoice = self._find(reference)
        services.check_creditable(invoice)
        return self._ask(invoice, Form())

    def post(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """Issue the credit note; once."""
        invoice, form = self._find(reference), read_form(request.POST)
        make = partial(self._make, invoice, form)
        to = attempt(form, partial(once, request, form, actor=self.viewer.actor, work=make))
        if to is None:
            return self._ask(invoice, form, status=form.status)
        return self.go(to, self.done or _("The credit note is issued."))

    def _make(self, invoice: "Invoice", form: Form) -> str:
        typed = without_blanks({name: form.value(f"/{name}") for name in ("amount", "reason")})
        given = checked(CreditIn, with_money(typed, invoice.currency))
        note = services.credit_invoice(
            invoice_id=invoice.pk,
            amount=given.get("amount"),
            reason=given["reason"],
            by=self.viewer,
            at=self.at,
        )
        self.done = self._done(note)
        return reverse("portal:credit_note", args=[note.number])

    def _done(self, note: "CreditNote") -> str:
        again = selectors.invoiced_again(note, viewer=self.viewer)
        numbers = ", ".join(invoice.number or _("a draft") for invoice in again)
        if not numbers:
            return ""
        return _(
            "The credit note is issued. Money that had paid more than is left of the invoice"
            " is invoiced again: %(numbers)s."
        ) % {"numbers": numbers}

    def _find(self, reference: str) -> "Invoice":
        invoice = selectors.get_invoice(
            reference=parse_reference(reference), viewer=self.viewer, permission=ISSUE
        )
        if not invoice.number:
            raise NotFound
        return invoice

    def _ask(self, invoice: "Invoice", form: Form, status: int = 200) -> HttpResponseBase:
        row = InvoiceRow(invoice, today=self.today)
        is_paid = selectors.settled_amount(invoice).amount > 0
        context = {"invoice": invoice, "row": row, "form": form, "is_paid": is_paid}
        return self.show("invoices/credit.html", status=status, **context)
