"""A discount above the limit: asked for on the deal's page, decided by somebody else."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from shared_apps.kernel.errors import NotFound
from shared_apps.kernel.models import money_of
from shared_apps.web.references import parse_id
from tenant_apps.deals import selectors
from tenant_apps.deals.selectors import APPROVE_DISCOUNT
from tenant_apps.deals.services import (
    TermChanges,
    approve_discount,
    check_discount_request,
    reject_discount,
    request_discount,
)
from tenant_apps.portal.forms.form import Form, attempt, read_form
from tenant_apps.portal.views.deals import DealPage

if TYPE_CHECKING:
    from tenant_apps.deals.models import Deal, DiscountRequest


class AskForDiscount(DealPage):
    """Ask for the discount of a deal's present terms."""

    permissions: ClassVar[Mapping[str, str | None]] = {
        "get": selectors.EDIT,
        "post": selectors.EDIT,
    }

    def get(self, _request: HttpRequest, reference: str) -> HttpResponseBase:
        """Show what is asked for and why it needs somebody."""
        deal = self.find(reference)
        check_discount_request(deal)
        return self._show(deal, Form())

    def post(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """Ask."""
        deal, form = self.find(reference), read_form(request.POST)
        ask = partial(
            request_discount,
            deal_id=deal.pk,
            changes=TermChanges(),
            reason=str(form.value("/reason")),
            by=self.viewer,
            at=self.at,
        )
        if attempt(form, ask) is None:
            return self._show(deal, form, status=form.status)
        return self.go(self.to(deal), _("The discount waits for its decision."))

    def _show(self, deal: "Deal", form: Form, status: int = 200) -> HttpResponseBase:
        return self.show(
            "deals/discount.html",
            status=status,
            deal=deal,
            form=form,
            standing=selectors.discount_standing(deal),
        )


class DecideDiscount(DealPage):
    """Approve or refuse a discount, for exactly the terms that are shown."""

    is_read = True
    permissions: ClassVar[Mapping[str, str | None]] = {
        "get": APPROVE_DISCOUNT,
        "post": APPROVE_DISCOUNT,
    }

    def get(self, _request: HttpRequest, pk: str) -> HttpResponseBase:
        """Show the terms that the decision is about."""
        return self._show(self._find(pk), Form())

    def post(self, request: HttpRequest, pk: str) -> HttpResponseBase:
        """Decide on what was seen."""
        asked, form = self._find(pk), read_form(request.POST)
        verdicts: Mapping[str, Any] = {"approve": approve_discount, "reject": reject_discount}
        decide = verdicts.get(str(request.POST.get("step", "")))
        if decide is None:
            raise NotFound
        act = partial(
            decide,
            request_id=asked.pk,
            checker=self.viewer,
            content_hash=str(form.value("/content_hash")),
            reason=str(form.value("/reason")),
            at=self.at,
        )
        if attempt(form, act) is None:
            return self._show(asked, form, status=form.status)
        return self.go(self.to(asked.deal), _("Your decision is noted."))

    def _find(self, pk: str) -> "DiscountRequest":
        return selectors.get_discount_request(
            request_id=parse_id(pk), viewer=self.viewer, permission=APPROVE_DISCOUNT
        )

    def _show(self, asked: "DiscountRequest", form: Form, status: int = 200) -> HttpResponseBase:
        total = money_of(asked.total, asked.currency)
        deal = self.find(asked.deal.code)
        return self.show(
            "deals/discount_decision.html",
            status=status,
            asked=asked,
            deal=deal,
            total=total,
            form=form,
        )
