"""Money that no deal has taken yet, and the deals of its client that it may go to."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from shared_apps.kernel.money import Money
from shared_apps.web.pages.form import Form, attempt, checked, read_form, rows
from shared_apps.web.references import parse_reference
from tenant_apps.deals.selectors import DealFilters, list_deals
from tenant_apps.payments import selectors, services
from tenant_apps.payments.api.inputs import AllocationsIn
from tenant_apps.payments.services import Allocation
from tenant_apps.portal.formatting import type_amount
from tenant_apps.portal.forms.returns import with_money
from tenant_apps.portal.pages import Page
from tenant_apps.portal.rows import DealRow

if TYPE_CHECKING:
    from tenant_apps.payments.models import Payment

APPLY = "payments.apply"
MOST_DEALS = 50


@dataclass(frozen=True)
class Target:
    """A deal that owes something, and what is proposed for it."""

    row: DealRow
    proposed: Money


class ApplyCredit(Page):
    """Apply what a verified payment still holds to deals of its client."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": APPLY, "post": APPLY}
    room = "payments"

    def get(self, _request: HttpRequest, reference: str) -> HttpResponseBase:
        """Show the deals that owe something; the oldest are proposed first."""
        payment = self._find(reference)
        targets = self._targets(payment)
        self._check(payment)
        parts = [{"deal": each.row.deal.code, "amount": _typed(each.proposed)} for each in targets]
        return self._ask(payment, targets, Form(typed={"allocations": parts}))

    def post(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """Apply the money, or say why not."""
        payment, form = self._find(reference), read_form(request.POST)
        if attempt(form, partial(self._apply, payment, form)) is None:
            return self._ask(payment, self._targets(payment), form, status=form.status)
        url = reverse("portal:payment", args=[payment.code])
        return self.go(url, _("The money is applied."))

    def _apply(self, payment: "Payment", form: Form) -> object:
        form.typed["allocations"] = rows(form.typed, "allocations", telling=("amount",))
        body = [with_money(row, payment.currency) for row in form.typed["allocations"]]
        values = checked(AllocationsIn, {"allocations": body})["allocations"]
        return services.apply_credit(
            payment_id=payment.pk,
            allocations=[Allocation(**each) for each in values],
            by=self.viewer,
            at=self.at,
        )

    def _find(self, reference: str) -> "Payment":
        return selectors.get_payment(reference=parse_reference(reference), viewer=self.viewer)

    def _check(self, payment: "Payment") -> None:
        """Refuse where there is no money to apply."""
        if not payment.is_verified:
            raise services.PaymentNotVerified("Only a verified payment has money to apply.")
        if not payment.unapplied_money:
            raise services.NothingToApply("This payment has no credit left.")

    def _targets(self, payment: "Payment") -> list[Target]:
        filters = DealFilters(status="won", client=payment.client_id, ordering="created_at")
        found = list_deals(viewer=self.viewer, filters=filters, today=self.today)
        left, targets = payment.unapplied_money, []
        for deal in found[:MOST_DEALS]:
            row = DealRow(deal)
            owed = row.money.outstanding
            if owed.amount <= 0 or owed.currency != payment.currency:
                continue
            proposed = min(left, owed)
            left -= proposed
            targets.append(Target(row, proposed))
        return targets

    def _ask(
        self, payment: "Payment", targets: list[Target], form: Form, status: int = 200
    ) -> HttpResponseBase:
        typed = {str(part.get("deal")): part for part in _parts(form)}
        lines = [(each, typed.get(each.row.deal.code, {})) for each in targets]
        context = {"payment": payment, "lines": lines, "form": form}
        return self.show("payments/apply.html", status=status, **context)


def _parts(form: Form) -> list[dict[str, Any]]:
    return [part for part in form.typed.get("allocations", []) if isinstance(part, dict)]


def _typed(money: Money) -> str:
    return type_amount(money.amount) if money else ""
