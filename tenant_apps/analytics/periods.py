"""Periods of a calendar: pure dates, no clock."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class PeriodKind(StrEnum):
    """How long a period is. Weeks start on Monday; quarters and years are the calendar's."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Days:
    """The days from `first` to `last`, both included."""

    first: date
    last: date


def period_until(as_of: date, *, kind: PeriodKind) -> Days:
    """Return the part of the period around `as_of` that has passed by the end of that day."""
    starts = {
        PeriodKind.DAY: as_of,
        PeriodKind.WEEK: as_of - timedelta(days=as_of.weekday()),
        PeriodKind.MONTH: as_of.replace(day=1),
        PeriodKind.QUARTER: as_of.replace(month=(as_of.month - 1) // 3 * 3 + 1, day=1),
        PeriodKind.YEAR: as_of.replace(month=1, day=1),
    }
    return Days(starts[kind], as_of)


def last_months(as_of: date, *, count: int) -> list[date]:
    """Return the first days of the `count` months that end with the month of `as_of`."""
    newest = as_of.year * 12 + as_of.month - 1
    months = range(max(newest - count + 1, 12), newest + 1)
    return [date(month // 12, month % 12 + 1, 1) for month in months]
