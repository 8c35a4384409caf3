"""Links that show an invoice to whoever has them, without a sign-in."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from shared_apps.web.references import parse_id
from tenant_apps.invoices import services
from tenant_apps.invoices.api.sending import ISSUE, LinkIn
from tenant_apps.portal.forms.form import Form, attempt, checked, read_form, without_blanks
from tenant_apps.portal.views.sending import IssuedInvoicePage

if TYPE_CHECKING:
    from tenant_apps.invoices.models import Invoice
    from tenant_apps.invoices.services import NewLink


class LinkInvoice(IssuedInvoicePage):
    """Make a link; its address is shown this once."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": ISSUE, "post": ISSUE}

    def get(self, _request: HttpRequest, reference: str) -> HttpResponseBase:
        """Ask how long it is good."""
        return self._ask(self.find(reference), Form(typed={"days": "30"}))

    def post(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """Make it and show it; nothing that was shown is kept."""
        invoice, form = self.find(reference), read_form(request.POST)
        made = attempt(form, partial(self._make, invoice, form))
        if made is None:
            return self._ask(invoice, form, status=form.status)
        return self.show("invoices/linked.html", invoice=invoice, made=made)

    def _make(self, invoice: "Invoice", form: Form) -> "NewLink":
        given = checked(LinkIn, without_blanks({"days": form.value("/days")}))
        return services.link_invoice(
            invoice_id=invoice.pk, days=given["days"], by=self.viewer, at=self.at
        )

    def _ask(self, invoice: "Invoice", form: Form, status: int = 200) -> HttpResponseBase:
        return self.show("invoices/link.html", status=status, invoice=invoice, form=form)


class RevokeLink(IssuedInvoicePage):
    """Withdraw a link: a button beside it."""

    permissions: ClassVar[Mapping[str, str | None]] = {"post": ISSUE}

    def post(self, _request: HttpRequest, reference: str, link: str) -> HttpResponseBase:
        """Withdraw it."""
        invoice = self.find(reference)
        services.revoke_link(
            invoice_id=invoice.pk, link_id=parse_id(link), by=self.viewer, at=self.at
        )
        return self.go(self.back_to(invoice), _("The link shows nothing any more."))
