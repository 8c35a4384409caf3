"""Commission lines, each with its calculation as sentences."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from shared_apps.kernel.money import Money
from shared_apps.web.references import parse_id
from tenant_apps.analytics.selectors import counted_payees
from tenant_apps.commissions import selectors
from tenant_apps.commissions.explanation import Tree, evaluate, value_of
from tenant_apps.commissions.reporting import sum_lines
from tenant_apps.commissions.sentences import sentences_of
from tenant_apps.commissions.sources import is_taken_back
from tenant_apps.deals.selectors import visible_deals
from tenant_apps.portal.figures import COMMISSION, home_first
from tenant_apps.portal.formatting import show_money, show_percent, show_period
from tenant_apps.portal.listing import ListPage, page_of
from tenant_apps.portal.pages import Page
from tenant_apps.portal.taken_back import named_sources
from tenant_apps.portal.wording import Text

if TYPE_CHECKING:
    from datetime import date
    from fractions import Fraction
    from uuid import UUID

    from django.db.models import QuerySet

ACCRUED = (
    ("month", _("Accrued this month")),
    ("quarter", _("Accrued this quarter")),
    ("year", _("Accrued this year")),
)
VIEW, DEALS = selectors.LINES_VIEW, "deals.view"

NAMES: Mapping[str, Text] = {
    "amount": _("This line is what the ladder earns now, less what it earned before"),
    "target_after": _("What the ladder earns now, rounded"),
    "commission_unrounded": _("The rate applied to the credited base"),
    "ladder_base_after": _("The credited base of the period, this payment included"),
    "ladder_base_before": _("The credited base of the period before"),
    "rate_percent": _("The rate of the plan"),
    "accrued_before": _("What was accrued in the period before"),
    "credited_base": _("What this payment adds to the credit"),
    "credited_after": _("The share of the net collected so far"),
    "credited_before": _("The share of the net collected before"),
    "share_percent": _("A share of the credit"),
    "collected_net_after": _("The net collected so far, rounded"),
    "collected_net_unrounded": _("The money received, without its part of the tax"),
    "collected_net_before": _("The net collected before"),
    "applied_after": _("What the deal has received, this payment included"),
    "applied_before": _("What the deal had received before"),
    "applied": _("What this payment brought to the deal"),
    "deal_net": _("The price of the deal without tax"),
    "deal_total": _("The price of the deal with tax"),
}
# what reads otherwise where a deal gave money back
TAKEN_BACK: Mapping[str, Text] = {
    **NAMES,
    "ladder_base_after": _("The credited base of the period, after what was taken back"),
    "credited_base": _("What is taken off the credit"),
    "applied_after": _("What the deal keeps, after what it gave back"),
    "applied": _("What the deal gave back"),
}


@dataclass(frozen=True)
class Step:
    """A node of an explanation: what it is, its value, and what it is made of."""

    text: Text
    value: str
    parts: "tuple[Step, ...]"
    is_chosen: bool = False


class LineList(ListPage):
    """The commission lines that the person may see."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": VIEW}
    room = "commissions"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show a page of the lines, of one month or since a day if it was asked for."""
        listed = self.listed()
        shown = page_of(listed, request)
        sources = named_sources(shown.rows, viewer=self.viewer, may=self.may)
        return self.show(
            "commissions/list.html",
            shown=shown,
            rows=[(line, sources.get(line.pk, ())) for line in shown.rows],
            label=COMMISSION,
            sums=home_first(sum_lines(listed)) if shown.rows else (),
            period=self.period,
            accrued=ACCRUED if self.has_figures else (),
            is_filtered=bool(self.period or self.since),
            own=self.viewer.pk,
        )

    @property
    def period(self) -> str:
        """Return the month that was asked for ("2026-11"); empty for all of them."""
        period = self.request.GET.get("period", "")
        is_period = len(period) == 7 and period.replace("-", "").isdigit()
        return period if is_period else ""

    def listed(self) -> "QuerySet[Any]":
        """Return the lines that were asked for."""
        filters: dict[str, Any] = {"period": self.period} if self.period else {}
        if self.since:
            payees = counted_payees(viewer=self.viewer, on=self.today)
            filters |= {"since": self.since} | ({} if payees is None else {"payees": payees})
        return selectors.list_lines(viewer=self.viewer, filters=filters)

    @property
    def since(self) -> "date | None":
        """Return since when what the dashboard counts accrued, if that was asked for."""
        return self.first_of(self.request.GET.get("accrued", "")) if self.has_figures else None


class LineDetail(Page):
    """One line and how it came about."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": VIEW}
    room = "commissions"

    def get(self, _request: HttpRequest, line: str) -> HttpResponseBase:
        """Show the line, the calculation in sentences, and the same as a tree."""
        found = selectors.get_line(line_id=parse_id(line), viewer=self.viewer)
        period = show_period(found.ladder_head.period)
        sources = named_sources([found], viewer=self.viewer, may=self.may).get(found.pk, ())
        why = ", ".join(source.name for source in sources)
        names = TAKEN_BACK if is_taken_back(found) else NAMES
        return self.show(
            "commissions/line.html",
            line=found,
            sources=sources,
            sentences=sentences_of(found.explanation, period=period, show=show_money, source=why),
            period=period,
            tree=step_of(found.explanation, found.currency, names),
            evaluated=evaluate(found.explanation),
            sees_deal=self._sees(found.deal_id),
        )

    def _sees(self, deal_id: "UUID") -> bool:
        return self.may(DEALS) and visible_deals(self.viewer).filter(pk=deal_id).exists()


def step_of(tree: Tree, currency: str, names: Mapping[str, Text]) -> Step:
    """Return a node with its parts, as sentences."""
    return Step(
        text=names.get(tree["name"], tree["name"].replace("_", " ").capitalize()),
        value=_shown(tree, currency),
        parts=tuple(_parts(tree, currency, names)),
    )


def _parts(tree: Tree, currency: str, names: Mapping[str, Text]) -> Iterator[Step]:
    chosen = tree.get("position")
    for index, child in enumerate(tree.get("of", ())):
        step = step_of(child, currency, names)
        is_chosen = chosen is not None and index == chosen + 1
        yield Step(step.text, step.value, step.parts, is_chosen=is_chosen)


def _shown(tree: Tree, currency: str) -> str:
    value = value_of(tree)
    if tree["name"].endswith("_percent"):
        return show_percent(_decimal(value))
    return show_money(Money.rounded(value, currency))


def _decimal(value: "Fraction") -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)
