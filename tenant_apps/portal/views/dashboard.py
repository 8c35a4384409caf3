"""The start: the figures of a person's scope, and what needs a hand."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenant_apps.access.scopes import granted_permissions
from tenant_apps.analytics import selectors as analytics
from tenant_apps.analytics.periods import PeriodKind, period_until
from tenant_apps.deals.selectors import DealFilters, list_deals
from tenant_apps.payments import review
from tenant_apps.portal.charts import Blank, Point
from tenant_apps.portal.first_steps import COOKIE, HIDDEN, first_steps
from tenant_apps.portal.formatting import show_day, show_month, show_month_and_year
from tenant_apps.portal.pages import Page
from tenant_apps.portal.rooms import rooms_of
from tenant_apps.portal.rows import DealRow
from tenant_apps.portal.tiles import SHOWN_MONTHS, main_amount, tiles_of
from tenant_apps.portal.wording import Text

DECIDE = "payments.decide"
VERDICTS = ("approve", "request_changes", "reject")
RECENT = 7
PERIODS = (
    ("month", gettext_lazy("Month")),
    ("quarter", gettext_lazy("Quarter")),
    ("year", gettext_lazy("Year")),
)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A verifier's desk: the queue in figures, and today's own decisions, newest first."""

    figures: review.QueueFigures
    decisions: Sequence[review.OwnDecision]

    @property
    def outcomes(self) -> list[tuple[str, int]]:
        """Return how often each verdict was given today."""
        counted = Counter(each.verdict for each in self.decisions)
        return [(verdict, counted[verdict]) for verdict in VERDICTS]

    @property
    def latest(self) -> Sequence[review.OwnDecision]:
        """Return the last few."""
        return self.decisions[:RECENT]

    @property
    def has_more(self) -> bool:
        """Return whether there are others."""
        return len(self.decisions) > RECENT


class Home(Page):
    """The first room that is open to the person."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": None}

    def get(self, _request: HttpRequest) -> HttpResponseBase:
        """Lead there; whoever has no room finds the messages."""
        rooms = rooms_of(granted_permissions(self.viewer))
        return self.go(rooms[0].url if rooms else reverse("portal:inbox"))


class Dashboard(Page):
    """Booked, collected, commission, what waits; revenue by month; recent deals."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": analytics.VIEW}
    room = "dashboard"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show the figures of the period up to today, beside those of the period before."""
        asked = request.GET.get("period", "")
        kind = PeriodKind(asked) if asked in dict(PERIODS) else PeriodKind.MONTH
        before = same_day_before(self.today, kind)
        now_and_then = [
            analytics.dashboard(viewer=self.viewer, period=kind, as_of=day, at=self.at)
            for day in (self.today, before)
        ]
        booked = analytics.booked_months(viewer=self.viewer, as_of=self.today)
        deals = self._recent_deals()
        steps = first_steps(self.may) if self.is_writable else []
        return self.show(
            "dashboard.html",
            greeting=self._greeting(),
            sub=self._sub(now_and_then[0].scope),
            tiles=tiles_of(
                now_and_then[0],
                now_and_then[1],
                booked,
                shows_all=partial(analytics.sees_all_counted, self.viewer),
            ),
            points=points_of(booked.months[-SHOWN_MONTHS:]),
            periods=PERIODS,
            may_see_deals=self.may("deals.view"),
            may_create=self.may("deals.create") and self.is_writable,
            steps=steps,
            done=sum(step.is_done for step in steps),
            are_hidden=request.COOKIES.get(COOKIE) == HIDDEN,
            deals=deals,
            no_revenue=self._no_revenue(has_deals=bool(deals)),
            desk=self._desk(),
        )

    def _no_revenue(self, *, has_deals: bool) -> Blank:
        """Return what stands in the chart's place, with the step that gives it its first bar."""
        said = {"image": "chart-column", "title": _("No revenue in these months")}
        if has_deals:
            text = _("A month gets its bar once a deal is won in it.")
            return Blank(**said, text=text, action=_("Open the deals"), url=reverse("portal:deals"))
        if self.may("deals.create") and self.is_writable:
            text = _("Enter a deal: its month gets a bar once it is won.")
            return Blank(**said, text=text, action=_("New deal"), url=reverse("portal:deal_new"))
        return Blank(**said, text=_("A month gets its bar once a deal is won in it."))

    def _desk(self) -> "Desk | None":
        """Return what a verifier has before them, and what they did today."""
        if not self.may(DECIDE):
            return None
        midnight = self.local_time.replace(hour=0, minute=0, second=0, microsecond=0)
        return Desk(
            figures=review.queue_figures(viewer=self.viewer, at=self.at),
            decisions=review.own_decisions(viewer=self.viewer, since=midnight),
        )

    def _greeting(self) -> str:
        hour = self.local_time.hour
        name = self.viewer.first_name or self.viewer.full_name
        if hour < 12:
            return _("Good morning, %(name)s") % {"name": name}
        if hour < 18:
            return _("Good afternoon, %(name)s") % {"name": name}
        return _("Good evening, %(name)s") % {"name": name}

    def _sub(self, scope: str) -> str:
        left = (_next_month(self.today) - self.today).days - 1
        days = ngettext("%(n)s day left in the month", "%(n)s days left in the month", left)
        parts = [show_day(self.today, "full"), days % {"n": left}, str(SCOPES[scope])]
        return " · ".join(parts)

    def _recent_deals(self) -> list[DealRow]:
        if not self.may("deals.view"):
            return []
        deals = list_deals(viewer=self.viewer, filters=DealFilters(), today=self.today)
        return [DealRow(deal) for deal in deals[:RECENT]]


SCOPES: Mapping[str, Text] = {
    "own": gettext_lazy("your own figures"),
    "team": gettext_lazy("figures of your team"),
    "peers": gettext_lazy("figures of your team"),
    "all": gettext_lazy("figures of the whole organization"),
}


def same_day_before(day: date, kind: PeriodKind) -> date:
    """Return the day as far into the period before as `day` is into its own, within that period."""
    first = period_until(day, kind=kind).first
    before = period_until(first - timedelta(days=1), kind=kind)
    return min(before.first + (day - first), before.last)


def points_of(months: Sequence[analytics.Month]) -> list[Point]:
    """Return the bars of months, the last one current."""
    days = [date.fromisoformat(f"{month.month}-01") for month in months]
    return [
        Point(
            label=show_month(day),
            name=show_month_and_year(day),
            amount=main_amount(month.amounts),
            is_current=month is months[-1],
        )
        for day, month in zip(days, months, strict=True)
    ]


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
