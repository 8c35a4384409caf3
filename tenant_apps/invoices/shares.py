"""The part of each deal line that one invoice covers. Pure arithmetic, no database."""

from collections.abc import Sequence
from dataclasses import dataclass

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


def left_after(wholes: Sequence[Share], *, taken: Sequence[Share], carried: Money) -> list[Share]:
    """Return what is left of each line after the invoices of this version and of earlier ones.

    `carried` is the gross that invoices of earlier versions of the deal took; it is spread over the
    lines like an invoice, because their lines are not these. What exceeds the lines is dropped.
    """
    left = [whole - part for whole, part in zip(wholes, taken, strict=True)]
    carried_parts = take_share(min(carried, gross_of(left, currency=carried.currency)), left=left)
    return [share - part for share, part in zip(left, carried_parts, strict=True)]


def gross_of(shares: Sequence[Share], *, currency: str) -> Money:
    """Return the gross of all the shares together."""
    return total((share.gross for share in shares), currency=currency)
