"""The clock that runs only while an organization works."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from shared_apps.kernel.errors import ValidationFailed
from shared_apps.organizations.settings import OrganizationSettings, parse_settings
from shared_apps.organizations.working_time import WorkingTime

BERLIN = WorkingTime.of(OrganizationSettings(), timezone="Europe/Berlin")
FRIDAY_NOON = datetime(2026, 3, 6, 11, tzinfo=UTC)  # 12:00 in Berlin


class TestAfter:
    def test_stays_within_one_day(self) -> None:
        assert BERLIN.after(FRIDAY_NOON, timedelta(hours=5)) == FRIDAY_NOON + timedelta(hours=5)

    def test_leaves_out_nights_and_weekends(self) -> None:
        monday = datetime(2026, 3, 9, 11, tzinfo=UTC)
        assert BERLIN.after(FRIDAY_NOON, timedelta(hours=8)) == monday

    def test_starts_in_the_morning_for_what_comes_at_night(self) -> None:
        saturday = datetime(2026, 3, 7, 22, tzinfo=UTC)
        assert BERLIN.after(saturday, timedelta(hours=1)) == datetime(2026, 3, 9, 9, tzinfo=UTC)

    def test_follows_the_clock_of_the_zone(self) -> None:
        # summer time begins on Sunday, 29 March: nine o'clock is 7:00 UTC from then on
        friday = datetime(2026, 3, 27, 15, tzinfo=UTC)
        assert BERLIN.after(friday, timedelta(hours=2)) == datetime(2026, 3, 30, 8, tzinfo=UTC)

    def test_counts_hours_that_a_clock_change_adds(self) -> None:
        night = WorkingTime(
            days=frozenset(range(7)),
            opens=time(0),
            closes=time(6),
            zone=ZoneInfo("Europe/Berlin"),
        )
        autumn = datetime(2026, 10, 24, 22, tzinfo=UTC)  # midnight; 3:00 comes twice
        assert night.between(autumn, autumn + timedelta(days=1)) == timedelta(hours=7)


class TestBetween:
    @pytest.mark.parametrize("hours", [0, 1, 5, 8, 23, 40, 167])
    def test_undoes_after(self, hours: int) -> None:
        worked = timedelta(hours=hours)
        assert BERLIN.between(FRIDAY_NOON, BERLIN.after(FRIDAY_NOON, worked)) == worked

    def test_is_nothing_backwards(self) -> None:
        earlier = FRIDAY_NOON - timedelta(days=3)
        assert BERLIN.between(FRIDAY_NOON, earlier) == timedelta()


class TestSettings:
    def test_choose_days_and_hours(self) -> None:
        chosen = parse_settings({"working_days": [6], "working_hours": ["08:30", "12:00"]})
        sundays = WorkingTime.of(chosen, timezone="UTC")
        assert sundays.after(FRIDAY_NOON, timedelta()) == datetime(2026, 3, 8, 8, 30, tzinfo=UTC)

    def test_without_any_day_mean_every_day(self) -> None:
        assert len(WorkingTime.of(parse_settings({"working_days": []}), timezone="UTC").days) == 7

    @pytest.mark.parametrize(
        "chosen",
        [
            {"working_hours": ["17:00", "09:00"]},
            {"working_hours": ["09:00"]},
            {"working_hours": "nine to five"},
            {"working_hours": ["09:00+01:00", "17:00+01:00"]},
            {"verification_sla_hours": 0},
            {"review_lease_minutes": -1},
        ],
    )
    def test_are_refused_where_they_make_no_sense(self, chosen: dict[str, object]) -> None:
        with pytest.raises(ValidationFailed):
            parse_settings(chosen)
