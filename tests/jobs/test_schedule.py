"""When jobs are due: pure arithmetic over clocks, zones and offsets."""

from datetime import UTC, datetime, time, timedelta

import pytest

from shared_apps.jobs.schedule import Daily, Every, Place

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HERE = Place(key="here")
BERLIN = Place(key="berlin", timezone="Europe/Berlin")
HALF_AN_HOUR = timedelta(minutes=30)


class TestEvery:
    def test_has_even_slots(self) -> None:
        schedule = Every(timedelta(minutes=5))
        assert schedule.latest(NOON, place=HERE) == NOON
        assert schedule.latest(NOON + timedelta(seconds=299), place=HERE) == NOON
        assert schedule.following(NOON, place=HERE) == NOON + timedelta(minutes=5)

    def test_spreads_places_over_the_jitter(self) -> None:
        schedule = Every(timedelta(minutes=5), jitter=timedelta(minutes=5))
        slots = {schedule.latest(NOON, place=Place(key=str(n))) for n in range(200)}
        assert len(slots) > 100
        assert max(slots) <= NOON < min(slots) + timedelta(minutes=5)

    def test_gives_a_place_the_same_offset_always(self) -> None:
        schedule = Every(timedelta(hours=1), jitter=timedelta(hours=1))
        first = schedule.latest(NOON, place=HERE)
        assert schedule.latest(NOON + timedelta(hours=1), place=HERE) - first == timedelta(hours=1)

    @pytest.mark.parametrize(
        ("seconds", "text"), [(30, "every 30 s"), (300, "every 5 min"), (7200, "every 2 h")]
    )
    def test_says_how_often(self, seconds: int, text: str) -> None:
        assert str(Every(timedelta(seconds=seconds))) == text


class TestDaily:
    def test_counts_in_the_zone_of_the_place(self) -> None:
        schedule = Daily(time(6))
        assert schedule.latest(NOON, place=BERLIN) == datetime(2026, 3, 2, 5, tzinfo=UTC)
        assert schedule.latest(NOON, place=HERE) == datetime(2026, 3, 2, 6, tzinfo=UTC)

    def test_is_yesterdays_before_the_time(self) -> None:
        early = datetime(2026, 3, 2, 4, 59, tzinfo=UTC)
        assert Daily(time(6)).latest(early, place=BERLIN) == datetime(2026, 3, 1, 5, tzinfo=UTC)

    @pytest.mark.parametrize("day", [28, 29, 30])
    def test_comes_once_a_day_over_a_change_of_clocks(self, day: int) -> None:
        schedule = Daily(time(2, 30), jitter=HALF_AN_HOUR)  # 29 March 2026 has no 02:30 in Berlin
        slot = schedule.latest(datetime(2026, 3, day, 12, tzinfo=UTC), place=BERLIN)
        after = schedule.following(slot, place=BERLIN)
        assert timedelta(hours=22) < after - slot < timedelta(hours=26)
        assert schedule.latest(after, place=BERLIN) == after
        assert schedule.latest(after - timedelta(seconds=1), place=BERLIN) == slot

    def test_comes_once_on_the_day_with_two_of_that_hour(self) -> None:
        schedule = Daily(time(2, 30))
        days = [datetime(2026, 10, day, 12, tzinfo=UTC) for day in (24, 25, 26)]
        slots = [schedule.latest(day, place=BERLIN) for day in days]
        assert [slot.date().day for slot in slots] == [24, 25, 26]

    def test_every_minute_of_a_year_has_one_latest_slot(self) -> None:
        schedule, place = Daily(time(0, 10), jitter=HALF_AN_HOUR), BERLIN
        at, slots = datetime(2026, 1, 1, tzinfo=UTC), []
        while at.year == 2026:
            slots.append(schedule.latest(at, place=place))
            at += timedelta(hours=1)
        assert slots == sorted(slots)
        assert len(set(slots)) in {365, 366}

    def test_says_when(self) -> None:
        assert str(Daily(time(6, 5))) == "daily at 06:05, local time"
