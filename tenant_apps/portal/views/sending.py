"""What is sent about an invoice: by e-mail, as a reminder, and what holds reminders back."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shared_apps.kernel.errors import NotFound
from shared_apps.web.pages.form import Form, attempt, checked, read_form, without_blanks
from shared_apps.web.references import parse_reference
from tenant_apps.clients.selectors import billing_email
from tenant_apps.invoices import selectors, services
from tenant_apps.invoices.api.sending import ISSUE, PauseIn, SendIn
from tenant_apps.portal.forms.once import once
from tenant_apps.portal.pages import Page
from tenant_apps.portal.papers import InvoiceRow
from tenant_apps.portal.wording import Text

if TYPE_CHECKING:
    from tenant_apps.invoices.models import Invoice

ACT: Mapping[str, str | None] = {"get": ISSUE, "post": ISSUE}


class IssuedInvoicePage(Page):
    """A page about an issued invoice of those that the person may act on."""

    room = "invoices"
    acting: ClassVar[str] = ISSUE

    def find(self, reference: str) -> "Invoice":
        """Return the invoice. Raises: Invoice.DoesNotExist, NotFound for a draft."""
        invoice = selectors.get_invoice(
            reference=parse_reference(reference), viewer=self.viewer, permission=self.acting
        )
        if not invoice.number:
            raise NotFound
        return invoice

    def back_to(self, invoice: "Invoice") -> str:
        """Return the address of what was sent, on the invoice's page."""
        return f"{reverse('portal:invoice', args=[invoice.number])}#sent"


class InvoiceAct(IssuedInvoicePage):
    """A page that asks first, and then does one thing about an invoice, once."""

    permissions: ClassVar[Mapping[str, str | None]] = ACT
    template: ClassVar[str]
    done: ClassVar[Text]

    def get(self, _request: HttpRequest, reference: str) -> HttpResponseBase:
        """Ask; what would be refused whatever is typed is refused at once."""
        invoice = self.find(reference)
        self.check(invoice)
        return self._ask(invoice, Form())

    def post(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """Do it, or say why not."""
        invoice, form = self.find(reference), read_form(request.POST)
        make = partial(self._made, invoice, form)
        to = attempt(form, partial(once, request, form, actor=self.viewer.actor, work=make))
        if to is None:
            return self._ask(invoice, form, status=form.status)
        return self.go(to, str(self.done))

    def check(self, _invoice: "Invoice") -> None:
        """Refuse what cannot be done with the invoice as it is."""

    def act(self, invoice: "Invoice", form: Form) -> object:
        """Do it."""
        raise NotImplementedError

    def about(self, _invoice: "Invoice") -> dict[str, Any]:
        """Return what the page shows beside the invoice."""
        return {}

    def _made(self, invoice: "Invoice", form: Form) -> str:
        self.act(invoice, form)
        return self.back_to(invoice)

    def _ask(self, invoice: "Invoice", form: Form, status: int = 200) -> HttpResponseBase:
        row = InvoiceRow(invoice, today=self.today)
        context = {"invoice": invoice, "row": row, "form": form, **self.about(invoice)}
        return self.show(self.template, status=status, **context)


class SendInvoice(InvoiceAct):
    """Send an invoice by e-mail, as PDF."""

    template = "invoices/send.html"
    done = _("The invoice is on its way.")

    def act(self, invoice: "Invoice", form: Form) -> object:
        """Write the mail; a worker delivers it."""
        given = checked(SendIn, without_blanks({"to": form.value("/to")}))
        return services.send_invoice(
            invoice_id=invoice.pk, to=given.get("to"), by=self.viewer, at=self.at
        )

    def about(self, invoice: "Invoice") -> dict[str, Any]:
        """Return the letter, and who takes invoices."""
        return {
            "letter": selectors.letter_of(invoice),
            "recipient": billing_email(invoice.client_id),
            "is_asked_for": True,
        }


class RemindClient(InvoiceAct):
    """Send the next reminder of an open invoice."""

    template = "invoices/send.html"
    done = _("The reminder is on its way.")

    def check(self, invoice: "Invoice") -> None:
        """Refuse to remind of what is not open, held back, or was reminded of today."""
        services.check_reminder(invoice, at=self.at)

    def act(self, invoice: "Invoice", form: Form) -> object:
        """Write the reminder; a worker delivers it."""
        return services.remind_client(invoice_id=invoice.pk, by=self.viewer, at=self.at)

    def about(self, invoice: "Invoice") -> dict[str, Any]:
        """Return the letter of the next reminder, and who gets it."""
        level = selectors.next_level(invoice, at=self.at)
        return {
            "letter": selectors.next_letter(invoice, level=level),
            "recipient": billing_email(invoice.client_id),
            "level": level,
        }


class PauseReminders(InvoiceAct):
    """Hold the reminders of an invoice back."""

    template = "invoices/pause.html"
    done = _("No reminder is sent of this invoice.")

    def act(self, invoice: "Invoice", form: Form) -> object:
        """Hold them back."""
        typed = {name: form.value(f"/{name}") for name in ("reason", "is_dispute")}
        given = checked(PauseIn, without_blanks(typed))
        return services.pause_invoice_reminders(
            invoice_id=invoice.pk, **given, by=self.viewer, at=self.at
        )


class ResumeReminders(IssuedInvoicePage):
    """Let the reminders of an invoice go on: a button on its page."""

    permissions: ClassVar[Mapping[str, str | None]] = {"post": ISSUE}

    def post(self, _request: HttpRequest, reference: str) -> HttpResponseBase:
        """Let them go on."""
        invoice, form = self.find(reference), Form()
        resume = partial(
            services.resume_invoice_reminders, invoice_id=invoice.pk, by=self.viewer, at=self.at
        )
        if attempt(form, lambda: resume() or form) is None:
            return self.go(self.back_to(invoice), form.said, tone="bad")
        return self.go(self.back_to(invoice), gettext("Reminders of this invoice go on."))
