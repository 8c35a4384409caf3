"""Pages of a list: one query for the count, one for the rows, whatever the list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from tenant_apps.analytics.periods import PeriodKind, period_until
from tenant_apps.analytics.selectors import VIEW, Counted, counted_people
from tenant_apps.portal.pages import Page

PAGE_SIZE = 20
LAST_PAGE = 100_000


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One page of a list."""

    rows: Sequence[Any]
    number: int
    size: int
    count: int

    @property
    def has_previous(self) -> bool:
        """Return whether there is a page before."""
        return self.number > 1

    @property
    def has_next(self) -> bool:
        """Return whether there is a page behind."""
        return self.number * self.size < self.count

    @property
    def position(self) -> str:
        """Return where in the list this is: "21 to 40 of 113"."""
        first = (self.number - 1) * self.size + 1
        last = first + len(self.rows) - 1
        return _("%(first)s to %(last)s of %(count)s") % {
            "first": first,
            "last": last,
            "count": self.count,
        }


class ListPage(Page):
    """A page of a list, and what its file is made of."""

    def listed(self) -> "QuerySet[Any]":
        """Return the rows that were asked for, all pages of them."""
        raise NotImplementedError

    def first_of(self, period: str) -> date | None:
        """Return the first day of a period that is not over yet; None without one."""
        if period not in {each.value for each in PeriodKind}:
            return None
        return period_until(self.today, kind=PeriodKind(period)).first

    def begin_of(self, period: str) -> datetime | None:
        """Return when it began in the organization's zone."""
        first = self.first_of(period)
        zone = self.local_time.tzinfo
        return None if first is None else datetime.combine(first, time.min, tzinfo=zone)

    @property
    def has_figures(self) -> bool:
        """Return whether the person has a dashboard, so that its measures may be asked for."""
        return self.may(VIEW)

    @cached_property
    def counted(self) -> Counted | None:
        """Return whose figures the person's dashboard shows; None for who has none."""
        return counted_people(viewer=self.viewer, on=self.today) if self.has_figures else None


def page_of(
    rows: "QuerySet[Any] | Sequence[Any]", request: HttpRequest, *, size: int = PAGE_SIZE
) -> Shown:
    """Return the page that the request asks for; the last one when it asks for more."""
    count = rows.count() if isinstance(rows, QuerySet) else len(rows)
    asked = request.GET.get("page", "1")
    number = min(int(asked), LAST_PAGE) if asked.isdigit() and len(asked) < 7 else 1
    number = max(1, min(number, -(-count // size)))
    first = (number - 1) * size
    found = list(rows[first : first + size]) if count else []
    return Shown(rows=found, number=number, size=size, count=count)
