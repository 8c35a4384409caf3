"""A clock that runs only while an organization works: its days, its hours, its time zone. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared_apps.organizations.settings import OrganizationSettings

EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, kw_only=True)
class WorkingTime:
    """When an organization works: weekdays (0 is Monday), local opening and closing time, zone.

    A day is worked from `opens` to `closes`; a change of the zone's clock makes a day longer or
    shorter only when it falls inside those hours.
    """

    days: frozenset[int]
    opens: time
    closes: time
    zone: ZoneInfo

    @classmethod
    def of(cls, settings: OrganizationSettings, *, timezone: str) -> "WorkingTime":
        """Return the working time that an organization chose; without any day it works on all."""
        opens, closes = settings.working_hours
        return cls(
            days=frozenset(settings.working_days) or EVERY_DAY,
            opens=opens,
            closes=closes,
            zone=ZoneInfo(timezone),
        )

    def after(self, since: datetime, worked: timedelta) -> datetime:
        """Return the instant (UTC) at which `worked` has passed since `since`."""
        left = worked
        for start, end in self._windows(since):
            if left <= end - start:
                return start + left
            left -= end - start
        raise OverflowError("Working time never ends.")

    def between(self, since: datetime, until: datetime) -> timedelta:
        """Return the working time from `since` to `until`, zero when `until` comes first."""
        passed = timedelta()
        for start, end in self._windows(since):
            if start >= until:
                break
            passed += min(end, until) - start
        return passed

    def _windows(self, since: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the stretches of work that end after `since`, cut at it, in UTC."""
        since = since.astimezone(UTC)
        day = since.astimezone(self.zone).date()
        while True:
            start, end = self._instant(day, self.opens), self._instant(day, self.closes)
            if day.weekday() in self.days and end > since:
                yield max(start, since), end
            day += timedelta(days=1)

    def _instant(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, tzinfo=self.zone).astimezone(UTC)
