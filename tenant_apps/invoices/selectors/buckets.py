"""The buckets of age: days after the due day. Pure."""

from datetime import date, timedelta

CURRENT = "current"
# name -> the most days after the due day; the last one has no end
BUCKETS: dict[str, int | None] = {
    CURRENT: 0,
    "days_1_30": 30,
    "days_31_60": 60,
    "days_61_90": 90,
    "days_over_90": None,
}


def due_days_of(bucket: str, *, as_of: date) -> tuple[date | None, date | None]:
    """Return the first and the last due day of a bucket on a day; None where it has no end."""
    names = list(BUCKETS)
    position = names.index(bucket)
    most = BUCKETS[bucket]
    before = BUCKETS[names[position - 1]] if position else None
    first = None if most is None else as_of - timedelta(days=most)
    last = None if before is None else as_of - timedelta(days=before + 1)
    return first, last
