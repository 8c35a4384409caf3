"""Which instalments of a deal no invoice covers yet. Pure arithmetic, no database."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared_apps.kernel.money import Money, total


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedPart:
    """An instalment as invoices see it: what is due when."""

    id: UUID
    due_on: date
    position: int
    amount: Money


def uncovered_parts(
    parts: Sequence[PlannedPart], *, named: Mapping[UUID | None, Money], left: Money
) -> list[tuple[PlannedPart, Money]]:
    """Return what is to be invoiced of each instalment, those due first first, `left` in all.

    `named` is what invoices have taken: of an instalment that they name, or of none (key None).
    An invoice that names an instalment covers that one first, whatever its day; everything else
    covers those due first. So invoices made under any policy, in any order, count once.
    """
    currency = left.currency
    ordered = sorted(parts, key=lambda part: (part.due_on, part.position))
    own = {part.id: min(part.amount, named.get(part.id, Money.zero(currency))) for part in ordered}
    free = total(named.values(), currency=currency) - total(own.values(), currency=currency)
    gaps = list(_after(free, [(part, part.amount - own[part.id]) for part in ordered]))
    return list(_within(left, gaps))


def _after(
    free: Money, gaps: Sequence[tuple[PlannedPart, Money]]
) -> Iterator[tuple[PlannedPart, Money]]:
    for part, gap in gaps:
        taken = min(free, gap)
        free -= taken
        yield part, gap - taken


def _within(
    left: Money, gaps: Sequence[tuple[PlannedPart, Money]]
) -> Iterator[tuple[PlannedPart, Money]]:
    for part, gap in gaps:
        amount = min(left, gap)
        left -= amount
        if amount:
            yield part, amount
