"""Which instalments a payment covers: oldest due first. Pure arithmetic, no database."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from shared_apps.kernel.money import Money


@dataclass(frozen=True, kw_only=True)
class OpenInstalment:
    """An instalment and what earlier applications have covered of it."""

    id: UUID
    position: int
    due_on: date
    amount: Money
    covered: Money

    @property
    def outstanding(self) -> Money:
        """Return what is left to cover, never below zero."""
        return max(self.amount - self.covered, Money.zero(self.amount.currency))


@dataclass(frozen=True)
class Part:
    """The part of a payment that covers one instalment."""

    instalment_id: UUID
    amount: Money


def uncover_latest_first(money: Money, *, covered: Sequence[Part]) -> list[Part]:
    """Divide `money` that goes back over what is covered, in the order given (latest due first).

    Raises: ValueError when more goes back than is covered.
    """
    parts: list[Part] = []
    for part in covered:
        taken = min(money, part.amount)
        money -= taken
        if taken:
            parts.append(Part(part.instalment_id, taken))
    if money:
        raise ValueError(f"{money} more goes back than is covered.")
    return parts


def cover_oldest_first(
    money: Money, *, instalments: Sequence[OpenInstalment], carried: Money
) -> list[Part]:
    """Divide `money` over the instalments, oldest due first; what is left over is not returned.

    `carried` is money that earlier versions of the deal took: it covers the oldest instalments
    before any of the new money does.
    """
    return cover_as_planned(money, plan=(), instalments=carry(carried, instalments=instalments))


def carry(carried: Money, *, instalments: Sequence[OpenInstalment]) -> list[OpenInstalment]:
    """Return the instalments, oldest due first, with money of earlier versions counted as cover."""
    counted: list[OpenInstalment] = []
    for instalment in sorted(instalments, key=lambda each: (each.due_on, each.position)):
        taken = min(carried, instalment.outstanding)
        carried -= taken
        counted.append(replace(instalment, covered=instalment.covered + taken))
    return counted


def cover_as_planned(
    money: Money, *, plan: Sequence[Part], instalments: Sequence[OpenInstalment]
) -> list[Part]:
    """Divide `money` as planned where an instalment is open, then over the rest in their order.

    A part of the plan takes no more than its instalment is open for; one that names no instalment
    of these is passed over.
    """
    taken = {each.id: Money.zero(money.currency) for each in instalments}
    open_now = {each.id: each.outstanding for each in instalments}
    rest = [Part(each.id, each.outstanding) for each in instalments]
    for part in (*plan, *rest):
        if part.instalment_id in taken:
            left = open_now[part.instalment_id] - taken[part.instalment_id]
            share = min(money, part.amount, left)
            taken[part.instalment_id] += share
            money -= share
    return [Part(instalment_id, amount) for instalment_id, amount in taken.items() if amount]
