"""Money of one currency that pays a debt in another. Pure; the rate comes with the payment.

`rate` is units of the deal's currency for one unit of the payment's. What the deal takes, and what
of the payment is used for it, are each rounded once, half even, to their currency's exponent.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from shared_apps.kernel.errors import DomainError
from shared_apps.kernel.money import Money, smallest_unit
from shared_apps.kernel.wording import worded


class TooSmallToDivide(DomainError):
    """A part of an exchange is worth less than the smallest unit of the other currency."""

    code, status = "too_small_to_divide", 409
    message = "This part is worth less than the smallest amount of the other currency."


@dataclass(frozen=True, kw_only=True, slots=True)
class FxQuote:
    """A rate as somebody read it: on which day, and where. Never invented, never 1 by default."""

    rate: Decimal
    rate_on: date
    source: str


@dataclass(frozen=True, slots=True)
class Exchanged:
    """The same money twice: what of the payment is used, and what the deal takes for it."""

    used: Money
    taken: Money

    @property
    def is_foreign(self) -> bool:
        """Return whether the two are in different currencies."""
        return self.used.currency != self.taken.currency

    def __neg__(self) -> "Exchanged":
        """Return the same on its way back."""
        return Exchanged(-self.used, -self.taken)


def worth_of(money: Money, *, rate: Decimal, currency: str) -> Money:
    """Return what money is worth at a rate, rounded once."""
    return Money.rounded(Fraction(money.amount) * Fraction(rate), currency)


def exchange(held: Money, *, rate: Decimal, owed: Money) -> Exchanged:
    """Return what of `held` pays how much of `owed`: all of it, or what the debt needs."""
    worth = worth_of(held, rate=rate, currency=owed.currency)
    if worth <= owed:
        return Exchanged(held, worth)
    needed = Money.rounded(Fraction(owed.amount) / Fraction(rate), held.currency)
    return Exchanged(min(held, needed), owed)


def take_used(used: Money, *, of: Exchanged) -> Exchanged:
    """Return the share of an exchange that `used` of the payment stands for; the whole exactly.

    At least the smallest unit is on either side, and is left there. Raises: TooSmallToDivide.
    """
    if used >= of.used:
        return of
    return Exchanged(used, _share(of.taken, part=used, whole=of.used))


def give_taken(taken: Money, *, of: Exchanged) -> Exchanged:
    """Return the share of an exchange that `taken` of the deal stands for; the whole exactly.

    At least the smallest unit is on either side, and is left there. Raises: TooSmallToDivide.
    """
    if taken >= of.taken:
        return of
    return Exchanged(_share(of.used, part=taken, whole=of.taken), taken)


def _share(money: Money, *, part: Money, whole: Money) -> Money:
    """Return the part of `money` that `part` of `whole` stands for, in proportion.

    Rounded to nothing, or to all of it, it would leave one side without the other: money that
    nobody could take back any more.
    """
    share = Money.rounded(
        Fraction(money.amount) * Fraction(part.amount) / Fraction(whole.amount), money.currency
    )
    least = Money(smallest_unit(money.currency), money.currency)
    if not money or not part:
        return share
    if money <= least:
        raise TooSmallToDivide(
            worded(
                "%(part)s is worth less than the smallest amount of %(currency)s; take %(whole)s.",
                part=part,
                currency=money.currency,
                whole=whole,
            )
        )
    return min(max(share, least), money - least)
