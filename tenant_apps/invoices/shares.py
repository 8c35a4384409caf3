"""The part of each deal line that one invoice covers. Pure arithmetic, no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from shared_apps.kernel.money import Money, allocate, total


@dataclass(frozen=True, slots=True)
class Share:
    """Net and tax of one line."""

    net: Money
    tax: Money

    @property
    def gross(self) -> Money:
        """Return net and tax together."""
        return self.net + self.tax

    def __sub__(self, other: "Share") -> "Share":
        return Share(self.net - other.net, self.tax - other.tax)


def take_share(amount: Money, *, left: Sequence[Share]) -> list[Share]:
    """Divide `amount` over the nets and taxes that are still to be invoiced, by largest remainder.

    Weighing by what is left, instead of by the whole deal, keeps every part between zero and what
    is left, and makes the last invoice bring each line to its exact net and tax (design M2, M5).
    Raises: ValueError when the amount is more than what is left.
    """
    if amount > gross_of(left, currency=amount.currency):
        raise ValueError(f"{amount} is more than what is left to invoice.")
    if not amount:
        return [Share(amount, amount) for _ in left]
    weights = [part.amount for share in left for part in (share.net, share.tax)]
    parts = allocate(amount, weights=weights)
    return [Share(net, tax) for net, tax in zip(parts[::2], parts[1::2], strict=True)]


def take_as_supplied(amount: Money, *, left: Sequence[Share], days: Sequence[date]) -> list[Share]:
    """Divide `amount` over the lines in the order in which they are supplied.

    `days` says when each line is. What is supplied on one day is taken as take_share does, and
    whole before anything later: so an invoice has the tax of its time (docs/decisions/0025).
    Raises: ValueError when the amount is more than what is left.
    """
    currency = amount.currency
    taken = [Share(Money.zero(currency), Money.zero(currency))] * len(left)
    for day in sorted(set(days)):
        places = [place for place, on in enumerate(days) if on == day]
        of_day = [left[place] for place in places]
        part = min(amount, gross_of(of_day, currency=currency))
        for place, share in zip(places, take_share(part, left=of_day), strict=True):
            taken[place] = share
        amount -= part
    if amount:
        raise ValueError(f"{amount} more than what is left to invoice.")
    return taken


def left_after(
    wholes: Sequence[Share], *, taken: Sequence[Share], carried: Money, days: Sequence[date]
) -> list[Share]:
    """Return what is left of each line after the invoices of this version and of earlier ones.

    `carried` is the gross that invoices of earlier versions of the deal took; it is spread over the
    lines like an invoice, because their lines are not these. What exceeds the lines is dropped.
    """
    left = [whole - part for whole, part in zip(wholes, taken, strict=True)]
    covered = min(carried, gross_of(left, currency=carried.currency))
    carried_parts = take_as_supplied(covered, left=left, days=days)
    return [share - part for share, part in zip(left, carried_parts, strict=True)]


def gross_of(shares: Sequence[Share], *, currency: str) -> Money:
    """Return the gross of all the shares together."""
    return total((share.gross for share in shares), currency=currency)
