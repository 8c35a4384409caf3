"""Random histories of payments, and the straightforward way to pay commission on them."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from hypothesis import strategies as st

from shared_apps.kernel.money import Money, exponent_of
from tenant_apps.commissions.calculation import credited_parts, net_collected
from tenant_apps.commissions.explanation import (
    CollectedFacts,
    LadderFacts,
    Tree,
    evaluate,
    explain_line,
    find_node,
    value_of,
)

CURRENCIES = ("USD", "JPY", "KWD")
SOMEWHERE = UUID(int=7)


@dataclass(frozen=True)
class DealHistory:
    """A deal's net and total in minor units, how it was paid, and who is credited."""

    currency: str
    net: int
    total: int
    payments: tuple[int, ...]
    shares: tuple[Decimal, ...]

    def money(self, minor_units: int) -> Money:
        """Return minor units as an amount of the deal's currency."""
        return Money(Decimal(minor_units).scaleb(-exponent_of(self.currency)), self.currency)


@st.composite
def deal_histories(draw: st.DrawFn, currency: str | None = None) -> DealHistory:
    """Return a deal with up to 8 part payments that sum to at most its total."""
    net = draw(st.integers(1, 5_000_000))
    total = net + draw(st.integers(0, net))
    payments = draw(_partitions(draw(st.integers(1, total))))
    return DealHistory(
        currency=currency or draw(st.sampled_from(CURRENCIES)),
        net=net,
        total=total,
        payments=payments,
        shares=draw(share_lists()),
    )


@st.composite
def share_lists(draw: st.DrawFn) -> tuple[Decimal, ...]:
    """Return 1 to 5 positive percentages with four decimals that total 100."""
    cuts = draw(st.sets(st.integers(1, 999_999), max_size=4))
    edges = [0, *sorted(cuts), 1_000_000]
    return tuple(Decimal(b - a).scaleb(-4) for a, b in itertools.pairwise(edges))


rates = st.integers(0, 1_000_000).map(lambda units: Decimal(units).scaleb(-4))
roundings = st.sampled_from(["half_even", "half_up", "down", "up"])


@st.composite
def _partitions(draw: st.DrawFn, whole: int) -> tuple[int, ...]:
    cuts = draw(st.sets(st.integers(1, whole), max_size=7))
    edges = [0, *sorted(cuts - {whole}), whole]
    return tuple(b - a for a, b in itertools.pairwise(edges))


def credited_bases(history: DealHistory) -> list[list[Money]]:
    """Return, for each payment of the history, what each seller is credited with."""
    bases, applied = [], history.money(0)
    net_before = history.money(0)
    for payment in history.payments:
        applied += history.money(payment)
        net_after = net_collected(
            applied=applied, net=history.money(history.net), total=history.money(history.total)
        )
        bases.append(credited_parts(before=net_before, after=net_after, shares=history.shares))
        net_before = net_after
    return bases


class Ladder:
    """One payee's ladder: takes the sources one by one, as the accrual does."""

    def __init__(self, *, currency: str, rate_percent: Decimal, rounding: str) -> None:
        self.base = self.accrued = Money.zero(currency)
        self.rate_percent, self.rounding = rate_percent, rounding
        self.lines: list[Money] = []
        self.trees: list[Tree] = []

    def take(self, collected: CollectedFacts, *, position: int) -> Money:
        """Accrue one line and return its amount."""
        tree = explain_line(collected, position=position, ladder=self._facts())
        amount = evaluate(tree)
        self.base += Money.rounded(
            value_of(find_node(tree, name="credited_base")), self.base.currency
        )
        self.accrued += amount
        self.lines.append(amount)
        self.trees.append(tree)
        return amount

    def _facts(self) -> LadderFacts:
        return LadderFacts(
            ladder_head_id=SOMEWHERE,
            ladder_seq=len(self.lines) + 1,
            base_before=self.base,
            accrued_before=self.accrued,
            component_id=SOMEWHERE,
            rate_percent=self.rate_percent,
            rounding=self.rounding,
        )


def facts_of(history: DealHistory) -> list[CollectedFacts]:
    """Return what each payment of the history did to its deal."""
    facts: list[CollectedFacts] = []
    applied = net_before = history.money(0)
    net, total = history.money(history.net), history.money(history.total)
    for payment in history.payments:
        facts.append(
            CollectedFacts(
                event_id=SOMEWHERE,
                deal_id=SOMEWHERE,
                deal_version_id=SOMEWHERE,
                applied_before=applied,
                applied=history.money(payment),
                deal_net=net,
                deal_total=total,
                net_before=net_before,
                deal_seq=len(facts) + 1,
                shares=history.shares,
            )
        )
        applied += history.money(payment)
        net_before = net_collected(applied=applied, net=net, total=total)
    return facts


def sum_of(amounts: Sequence[Money], *, currency: str) -> Money:
    """Return the sum of the amounts."""
    return sum(amounts, start=Money.zero(currency))
