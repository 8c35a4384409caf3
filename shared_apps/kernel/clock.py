"""Instants are UTC; days belong to an organization's time zone."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def utc_now() -> datetime:
    """Return the current instant, aware, in UTC. Only edges (views, tasks, commands) read it."""
    return datetime.now(UTC)


def local_day(at: datetime, *, timezone: str) -> date:
    """Return the calendar day on which `at` falls in the IANA zone `timezone`."""
    return at.astimezone(ZoneInfo(timezone)).date()
