"""Asking for money to go back, or to be given up."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from shared_apps.kernel.errors import NotFound
from shared_apps.web.pages.form import Form, attempt, checked, read_form
from shared_apps.web.references import parse_reference
from tenant_apps.deals.selectors import deal_terms, get_deal, get_deal_detail
from tenant_apps.payments.selectors import get_payment
from tenant_apps.portal.forms.once import once
from tenant_apps.portal.forms.returns import READERS, new_return, read_request
from tenant_apps.portal.pages import Page
from tenant_apps.portal.rows import DealRow
from tenant_apps.returns.api.serializers import ReasonIn
from tenant_apps.returns.selectors import REQUEST
from tenant_apps.returns.services import (
    Kind,
    check_return,
    check_write_off,
    request_return,
    request_write_off,
)

if TYPE_CHECKING:
    from tenant_apps.deals.models import Deal
    from tenant_apps.payments.models import Payment
    from tenant_apps.returns.models import Return

FORM: Mapping[str, str | None] = {"get": REQUEST, "post": REQUEST}


class RequestReturn(Page):
    """Ask for money of a payment to go back."""

    permissions: ClassVar[Mapping[str, str | None]] = FORM
    room = "returns"

    def get(self, _request: HttpRequest, reference: str, kind: str) -> HttpResponseBase:
        """Ask how much, and why, while there is something that can go back."""
        payment = self._find(reference, kind)
        check_return(payment_id=payment.pk, kind=Kind(kind), by=self.viewer, at=self.at)
        return self._ask(payment, kind, Form())

    def post(self, request: HttpRequest, reference: str, kind: str) -> HttpResponseBase:
        """Enter the request; once."""
        payment, form = self._find(reference, kind), read_form(request.POST)
        make = partial(self._make, payment, kind, form)
        to = attempt(form, partial(once, request, form, actor=self.viewer.actor, work=make))
        if to is None:
            return self._ask(payment, kind, form, status=form.status)
        return self.go(to, _("It is asked for; a second person decides."))

    def _make(self, payment: "Payment", kind: str, form: Form) -> str:
        read = read_request(form, kind, payment.currency)
        new = new_return(kind, read.values)
        ask = partial(request_return, new=new, by=self.viewer, at=self.at, so_far=read.together)
        return address_of(read.carry_out(partial(ask, payment_id=payment.pk)))

    def _find(self, reference: str, kind: str) -> "Payment":
        if kind not in READERS:
            raise NotFound
        return get_payment(
            reference=parse_reference(reference), viewer=self.viewer, permission=REQUEST
        )

    def _ask(
        self, payment: "Payment", kind: str, form: Form, status: int = 200
    ) -> HttpResponseBase:
        back = reverse("portal:payment", args=[payment.code])
        held = payment.held_money if payment.is_verified else payment.money
        context = {"payment": payment, "kind": kind, "held": held, "form": form, "back": back}
        return self.show("returns/request.html", status=status, **context)


class RequestWriteOff(Page):
    """Ask for what is owed on a deal to be given up."""

    permissions: ClassVar[Mapping[str, str | None]] = FORM
    room = "returns"

    def get(self, _request: HttpRequest, reference: str) -> HttpResponseBase:
        """Ask why, while something is owed."""
        deal = self._find(reference)
        check_write_off(deal_terms(deal.pk))
        return self._ask(deal, Form())

    def post(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """Enter the request; once."""
        deal, form = self._find(reference), read_form(request.POST)
        make = partial(self._make, deal, form)
        to = attempt(form, partial(once, request, form, actor=self.viewer.actor, work=make))
        if to is None:
            return self._ask(deal, form, status=form.status)
        return self.go(to, _("It is asked for; a second person decides."))

    def _make(self, deal: "Deal", form: Form) -> str:
        reason = checked(ReasonIn, {"reason": form.value("/reason")})["reason"]
        asked = request_write_off(deal_id=deal.pk, reason=reason, by=self.viewer, at=self.at)
        return address_of(asked)

    def _find(self, reference: str) -> "Deal":
        return get_deal(
            reference=parse_reference(reference), viewer=self.viewer, permission=REQUEST
        )

    def _ask(self, deal: "Deal", form: Form, status: int = 200) -> HttpResponseBase:
        back = reverse("portal:deal", args=[deal.code])
        shown = get_deal_detail(reference=deal.pk, viewer=self.viewer, today=self.today)
        context = {"deal": deal, "row": DealRow(shown), "form": form, "back": back}
        return self.show("returns/write_off.html", status=status, **context)


def address_of(asked: "Return") -> str:
    """Return the page of what was asked for."""
    return reverse("portal:return", args=[asked.code])
