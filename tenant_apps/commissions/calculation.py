"""Commission arithmetic: pure functions on exact amounts; no clock, no database.

A line is the difference to a target: R(base after) - accrued before, and a credited base is the
difference of two cumulative shares, so that any partition or order of payments pays the same total
(design M2, M6).
"""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from fractions import Fraction

from shared_apps.kernel.money import Money, allocate

ROUNDING_MODES = {
    "half_even": ROUND_HALF_EVEN,
    "half_up": ROUND_HALF_UP,
    "down": ROUND_DOWN,
    "up": ROUND_UP,
}


def net_collected(*, applied: Money, net: Money, total: Money) -> Money:
    """Return the part of the applied money that is net of tax: round(applied x net / total).

    `applied` is cumulative over the deal, so a fully paid deal gives exactly its net.
    Raises: ZeroDivisionError when the total is zero (nothing can be applied to such a deal).
    """
    currency = (applied + net + total).currency  # raises across currencies
    exact = Fraction(applied.amount) * Fraction(net.amount) / Fraction(total.amount)
    return Money.rounded(exact, currency)


def credited_parts(*, before: Money, after: Money, shares: Sequence[Decimal]) -> list[Money]:
    """Divide what the deal collected from `before` to `after` by shares, cumulatively.

    Each part is (its share of `after`) - (its share of `before`); the parts sum to the difference
    exactly, and part payments move no cent between the sellers.
    """
    earlier = allocate(before, weights=shares)
    later = allocate(after, weights=shares)
    return [part - credited for part, credited in zip(later, earlier, strict=True)]


def target(*, base: Money, rate_percent: Decimal, rounding: str) -> Money:
    """Return R(base): the commission of a flat rate on a cumulative base, rounded once."""
    exact = Fraction(base.amount) * Fraction(rate_percent) / 100
    return Money.rounded(exact, base.currency, rounding=ROUNDING_MODES[rounding])


def ladder_period_of(day: date, *, length: str) -> str:
    """Return the key of the calendar month, quarter or year that `day` is in.

    "month" -> "2026-11", "quarter" -> "2026-Q4", "year" -> "2026".
    """
    keys = {
        "month": month_of(day),
        "quarter": f"{day.year:04}-Q{(day.month + 2) // 3}",
        "year": f"{day.year:04}",
    }
    return keys[length]


def month_of(day: date) -> str:
    """Return the month of a day as lines carry it: "2026-11"."""
    return f"{day.year:04}-{day.month:02}"
