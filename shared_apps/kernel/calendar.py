"""The days that the product reckons with."""

from datetime import date, datetime

FIRST = date(1900, 1, 1)
LAST = date(2999, 12, 31)


def is_in_calendar(value: date) -> bool:
    """Return whether a day or an instant lies between FIRST and LAST, both included."""
    day = value.date() if isinstance(value, datetime) else value
    return FIRST <= day <= LAST


def read_day(text: str) -> date | None:
    """Return the day of an ISO 8601 text; None for anything else, and beyond the calendar."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if is_in_calendar(day) else None
