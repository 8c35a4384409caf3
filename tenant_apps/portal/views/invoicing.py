"""Invoices by hand: of a part of a won deal, and paid with what the client has with us."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shared_apps.kernel.money import total
from shared_apps.web.pages.form import Form, attempt, checked, read_form, without_blanks
from shared_apps.web.references import parse_reference
from tenant_apps.deals.selectors import get_deal
from tenant_apps.invoices import services
from tenant_apps.invoices.api.serializers import CreditUseIn, InvoiceIn
from tenant_apps.invoices.api.views import APPLY, CREATE
from tenant_apps.payments.selectors import credit_of_client
from tenant_apps.portal.forms.once import once
from tenant_apps.portal.forms.returns import with_money
from tenant_apps.portal.rows import DealRow
from tenant_apps.portal.views.deals import DealPage
from tenant_apps.portal.views.sending import InvoiceAct

if TYPE_CHECKING:
    from tenant_apps.deals.models import Deal
    from tenant_apps.invoices.models import Invoice


class DraftInvoice(DealPage):
    """Draft an invoice of a won deal, of all that is left or of a part."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": CREATE, "post": CREATE}

    def get(self, _request: HttpRequest, reference: str) -> HttpResponseBase:
        """Ask how much, while there is something to invoice."""
        deal = self._find(reference)
        services.check_invoiceable(deal.pk)
        return self._ask(deal, Form())

    def post(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """Draft it, once; it takes its number when it is issued."""
        deal, form = self._find(reference), read_form(request.POST)
        make = partial(self._make, deal, form)
        to = attempt(form, partial(once, request, form, actor=self.viewer.actor, work=make))
        if to is None:
            return self._ask(deal, form, status=form.status)
        return self.go(to, gettext("The draft is there; issue it when it is right."))

    def _make(self, deal: "Deal", form: Form) -> str:
        typed = without_blanks({"amount": form.value("/amount")})
        body = with_money(typed, deal.current_version.currency)
        given = checked(InvoiceIn, {"deal": str(deal.pk), **body})
        invoice = services.draft_invoice(
            deal_id=deal.pk, amount=given.get("amount"), by=self.viewer, at=self.at
        )
        return reverse("portal:invoice", args=[invoice.pk])

    def _find(self, reference: str) -> "Deal":
        found = get_deal(
            reference=parse_reference(reference), viewer=self.viewer, permission=CREATE
        )
        return self.find(found.code)

    def _ask(self, deal: "Deal", form: Form, status: int = 200) -> HttpResponseBase:
        context = {"deal": deal, "row": DealRow(deal), "form": form}
        return self.show("deals/invoice.html", status=status, **context)


class PayWithCredit(InvoiceAct):
    """Pay an issued invoice with the credit of its client, the oldest payment first."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": APPLY, "post": APPLY}
    acting = APPLY
    template = "invoices/pay.html"
    done = _("The credit is applied to the invoice.")

    def check(self, invoice: "Invoice") -> None:
        """Refuse where nothing is open, or the client has nothing with us."""
        services.check_payable(invoice)

    def act(self, invoice: "Invoice", form: Form) -> object:
        """Apply the credit."""
        typed = without_blanks({"amount": form.value("/amount")})
        given = checked(CreditUseIn, with_money(typed, invoice.currency))
        return services.pay_with_credit(
            invoice_id=invoice.pk, amount=given.get("amount"), by=self.viewer, at=self.at
        )

    def about(self, invoice: "Invoice") -> dict[str, Any]:
        """Return what the client has with us."""
        held = credit_of_client(invoice.client_id, currency=invoice.currency)
        return {"credit": total((each.money for each in held), currency=invoice.currency)}
