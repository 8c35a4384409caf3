"""Which instalments a payment covers: oldest due first. Pure arithmetic, no database."""

from collections.abc import Sequence
from dataclasses import dataclass
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
    parts: list[Part] = []
    for instalment in sorted(instalments, key=lambda each: (each.due_on, each.position)):
        from_carried = min(carried, instalment.outstanding)
        carried -= from_carried
        taken = min(money, instalment.outstanding - from_carried)
        money -= taken
        if taken:
            parts.append(Part(instalment.id, taken))
    return parts
