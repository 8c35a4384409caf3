"""The measure of a tile in the list that it leads to: each row's part, and what all of them sum to.

A tile and its list ask the same selectors, so the sum at the foot is the tile's figure.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from shared_apps.kernel.models import money_of
from shared_apps.kernel.money import Money
from shared_apps.tenancy.context import current_tenant
from tenant_apps.commissions.reporting import sum_collected, with_collected
from tenant_apps.deals.reporting import sum_booked, with_booked
from tenant_apps.payments.reporting import shares_awaiting, sum_awaiting
from tenant_apps.portal.wording import Text

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from tenant_apps.analytics.selectors import Counted

Labels = Mapping[str, Text]

BOOKED: Labels = {
    "own": _("Booked, net: your share"),
    "team": _("Booked, net: your team's share"),
    "peers": _("Booked, net: your team's share"),
    "all": _("Booked, net"),
}
COLLECTED: Labels = {
    "own": _("Collected, net: your share"),
    "team": _("Collected, net: your team's share"),
    "peers": _("Collected, net: your team's share"),
    "all": _("Collected, net"),
}
AWAITING: Labels = {
    "own": _("Awaiting verification, your share"),
    "team": _("Awaiting verification, your team's share"),
    "peers": _("Awaiting verification, your team's share"),
    "all": _("Awaiting verification, gross"),
}
COMMISSION: Text = _("Commission accrued")


def home_first(sums: Sequence[Money]) -> list[Money]:
    """Return the amounts as tiles name them: the organization's currency before the others."""
    return sorted(sums, key=lambda money: money.currency != current_tenant().currency)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A measure in a list: its name, a row's part of it (None: none), and the sum of all rows."""

    label: Text
    part_of: Callable[[Any], Money | None]
    sum_of: Callable[["QuerySet[Any]"], Sequence[Money]]

    def sums(self, rows: "QuerySet[Any]") -> Sequence[Money]:
        """Return the sum of all pages of the list, per currency; zero where there is nothing."""
        return home_first(self.sum_of(rows) or [Money.zero(current_tenant().currency)])


def booked(counted: "Counted") -> Figure:
    """Return what a list of deals that `with_booked` annotated counts for as booked."""
    part = partial(_annotated, "booked_amount")
    return Figure(label=BOOKED[counted.scope], part_of=part, sum_of=sum_booked)


def collected(counted: "Counted") -> Figure:
    """Return what a list of deals that `with_collected` annotated brought in the days."""
    part = partial(_annotated, "collected_amount")
    return Figure(label=COLLECTED[counted.scope], part_of=part, sum_of=sum_collected)


def awaiting(counted: "Counted", shown: Sequence[Any], *, on: "date") -> Figure:
    """Return what the payments of a list count for that waits; `shown` are those of its page."""
    parts = shares_awaiting(shown, payee_ids=counted.user_ids, on=on)

    def sum_of(payments: "QuerySet[Any]") -> list[Money]:
        summed = sum_awaiting(payments, payee_ids=counted.user_ids, on=on)  # type: ignore[arg-type]  # a list of payments
        return [each.amount for each in summed]

    return Figure(
        label=AWAITING[counted.scope], part_of=lambda payment: parts[payment.pk], sum_of=sum_of
    )


def deals_booked(deals: "QuerySet[Any]", counted: "Counted") -> "QuerySet[Any]":
    """Add to deals what `booked` reads."""
    return with_booked(deals, payee_ids=counted.user_ids)


def deals_collected(
    deals: "QuerySet[Any]", counted: "Counted", *, first: "date", last: "date"
) -> "QuerySet[Any]":
    """Return the deals that took or gave back money in the days, with what `collected` reads."""
    found: QuerySet[Any] = with_collected(deals, payee_ids=counted.user_ids, first=first, last=last)
    return found.filter(collected_amount__isnull=False)


def _annotated(name: str, deal: Any) -> Money | None:
    amount = vars(deal).get(name)
    return None if amount is None else money_of(amount, deal.current_version.currency)
