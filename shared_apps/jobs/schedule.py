"""When a periodic job is due, as a pure function of the clock. No state, no database.

Each organization has its own offset within a job's jitter, so that a thousand organizations do not
begin at one moment; the offset follows from their id, so every process computes the same.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from shared_apps.kernel.wording import worded

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
VISIT_EVERY = timedelta(minutes=1)


class Schedule(Protocol):
    """When something happens again and again."""

    def latest(self, at: datetime, *, place: "Place") -> datetime:
        """Return the last time at or before an instant."""

    def following(self, slot: datetime, *, place: "Place") -> datetime:
        """Return the time after a time."""

    def __str__(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where a job runs: an organization's (or the platform's) key and time zone."""

    key: str
    timezone: str = "UTC"

    def offset(self, within: timedelta) -> timedelta:
        """Return this place's own delay, less than `within`, in whole seconds."""
        seconds = int(within.total_seconds())
        if seconds <= 0:
            return timedelta(0)
        digest = hashlib.sha256(self.key.encode()).digest()
        return timedelta(seconds=int.from_bytes(digest[:8], "big") % seconds)


@dataclass(frozen=True, slots=True)
class Every:
    """At even intervals: Every(timedelta(minutes=5))."""

    interval: timedelta
    jitter: timedelta = timedelta(0)

    def latest(self, at: datetime, *, place: Place) -> datetime:
        """Return the last time at or before an instant."""
        offset = place.offset(min(self.jitter, self.interval))
        return at - (at - EPOCH - offset) % self.interval

    def following(self, slot: datetime, *, place: Place) -> datetime:
        """Return the time after a time."""
        return slot + self.interval

    def __str__(self) -> str:
        seconds = int(self.interval.total_seconds())
        if seconds % 3600 == 0:
            return worded("every %(count)s h", count=seconds // 3600)
        if seconds % 60 == 0:
            return worded("every %(count)s min", count=seconds // 60)
        return worded("every %(count)s s", count=seconds)


@dataclass(frozen=True, slots=True)
class Daily:
    """Once a day at a local time of the place: Daily(time(6)).

    A time that the clocks jump over counts an hour later; one that comes twice counts once.
    """

    at: time
    jitter: timedelta = timedelta(0)

    def latest(self, at: datetime, *, place: Place) -> datetime:
        """Return the last time at or before an instant."""
        day = at.astimezone(ZoneInfo(place.timezone)).date() + timedelta(days=1)
        while (slot := self._on(day, place)) > at:
            day -= timedelta(days=1)
        return slot

    def following(self, slot: datetime, *, place: Place) -> datetime:
        """Return the time after a time."""
        day = (slot - place.offset(self.jitter)).astimezone(ZoneInfo(place.timezone)).date()
        return self._on(day + timedelta(days=1), place)

    def _on(self, day: date, place: Place) -> datetime:
        local = datetime.combine(day, self.at, tzinfo=ZoneInfo(place.timezone))
        return local.astimezone(UTC) + place.offset(self.jitter)

    def __str__(self) -> str:
        return worded("daily at %(time)s, local time", time=f"{self.at:%H:%M}")
