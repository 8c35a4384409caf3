"""Who is credited on a deal: on which days, and otherwise from a day on."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from shared_apps.web.pages.form import Form, attempt, checked
from shared_apps.web.references import parse_reference
from tenant_apps.deals import selectors, services
from tenant_apps.deals.api.serializers import CreditIn, as_new_credit
from tenant_apps.portal import choices
from tenant_apps.portal.forms.deals import focus_after, part_names, splits_body, typed_splits
from tenant_apps.portal.forms.once import once
from tenant_apps.portal.views.deal_forms import DealFormPage

if TYPE_CHECKING:
    from tenant_apps.deals.models import Deal

HAND_OVER = services.HAND_OVER


class ChangeCredit(DealFormPage):
    """Credit a deal's people otherwise from a day on; what was credited before stays."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": HAND_OVER, "post": HAND_OVER}

    def get(self, _request: HttpRequest, reference: str) -> HttpResponseBase:
        """Show the shares of all days, and those of today as a form."""
        deal = self._find(reference)
        first = services.first_free_day(deal.pk, on=self.today)
        held = selectors.credited_shares(deal.pk, on=first)
        typed = {"valid_from": first.isoformat(), "splits": typed_splits(held)}
        return self._ask(deal, Form(typed=typed))

    def post(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """Change the credit, once; or add or remove a row."""
        deal, form = self._find(reference), self.read_deal()
        if self.is_about_rows(form):
            return self._ask(deal, form)
        make = partial(self._make, deal, form)
        to = attempt(form, partial(once, request, form, actor=self.viewer.actor, work=make))
        if to is None:
            return self._ask(deal, form, status=form.status)
        return self.go(to, _("The credit changes from that day on."))

    def _make(self, deal: "Deal", form: Form) -> str:
        body = {name: form.value(f"/{name}") for name in ("valid_from", "reason")}
        new = as_new_credit(checked(CreditIn, body | {"splits": splits_body(form)}))
        services.change_credit(deal_id=deal.pk, new=new, by=self.viewer, at=self.at)
        return self.to(deal)

    def _find(self, reference: str) -> "Deal":
        return selectors.get_deal(
            reference=parse_reference(reference), viewer=self.viewer, permission=HAND_OVER
        )

    def _ask(self, deal: "Deal", form: Form, status: int = 200) -> HttpResponseBase:
        form.parts = part_names(form)
        form.focus = focus_after(form, self.touched, has_products=False)
        return self.show(
            "deals/credit.html",
            status=status,
            deal=deal,
            form=form,
            touched=self.touched,
            splits=selectors.list_splits(deal_id=deal.pk),
            colleagues=choices.colleague_choices(self.viewer, on=self.today),
        )
