"""Periods begin where people expect it."""

from datetime import date

import pytest

from tenant_apps.analytics.periods import Days, PeriodKind, last_months, period_until


class TestPeriodUntil:
    @pytest.mark.parametrize(
        ("kind", "first"),
        [
            ("day", date(2026, 5, 17)),
            ("week", date(2026, 5, 11)),
            ("month", date(2026, 5, 1)),
            ("quarter", date(2026, 4, 1)),
            ("year", date(2026, 1, 1)),
        ],
    )
    def test_begins_with_the_period_and_ends_with_the_day(self, kind: str, first: date) -> None:
        sunday = date(2026, 5, 17)
        assert period_until(sunday, kind=PeriodKind(kind)) == Days(first, sunday)

    def test_of_a_monday_is_a_week_of_one_day(self) -> None:
        monday = date(2026, 3, 2)
        assert period_until(monday, kind=PeriodKind.WEEK) == Days(monday, monday)


class TestLastMonths:
    def test_end_with_the_month_of_the_day(self) -> None:
        months = last_months(date(2026, 3, 31), count=4)
        assert months == [date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]

    def test_stop_at_the_first_month_there_is(self) -> None:
        assert last_months(date(1, 2, 3), count=12) == [date(1, 1, 1), date(1, 2, 1)]
