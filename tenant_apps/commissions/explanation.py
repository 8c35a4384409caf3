"""The explanation is the calculation: a tree of plain JSON whose root is the amount (design M12).

A leaf names where its value comes from and carries it as text; a node names an operation on its
children. `evaluate` needs the tree and nothing else, so a stored line proves itself.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from shared_apps.kernel.money import Money, allocate, round_amount
from tenant_apps.commissions.calculation import ROUNDING_MODES

Tree = dict[str, Any]

EXPLANATION_VERSION = 1


class BrokenExplanation(ValueError):
    """The tree has an unknown operation, a missing leaf or a value that is not a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectedFacts:
    """What one application of money did to one deal, before anybody's rate.

    `applied_before` and `applied` are gross; `net_before` is what was credited on the deal before,
    net of tax; `deal_seq` counts the deal's applications from 1; `shares` are everybody's
    percentages in order.
    """

    event_id: UUID
    deal_id: UUID
    deal_version_id: UUID
    applied_before: Money
    applied: Money
    deal_net: Money
    deal_total: Money
    net_before: Money
    deal_seq: int
    shares: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderFacts:
    """Where a payee's ladder stood, and the plan values that apply to it."""

    ladder_head_id: UUID
    ladder_seq: int
    base_before: Money
    accrued_before: Money
    component_id: UUID
    rate_percent: Decimal
    rounding: str


def explain_line(collected: CollectedFacts, *, position: int, ladder: LadderFacts) -> Tree:
    """Return the tree of one commission line: R(base after) - accrued before.

    `position` is the payee's place among the shares.
    """
    currency = ladder.base_before.currency
    ladder_ref: dict[str, str | int] = {
        "ladder_head": str(ladder.ladder_head_id),
        "before_seq": ladder.ladder_seq,
    }
    base_after = _node(
        "plus",
        "ladder_base_after",
        _leaf("ladder_base_before", ladder.base_before.amount, **ladder_ref),
        _credited_base(collected, position=position),
    )
    rate = _leaf("rate_percent", _plain(ladder.rate_percent), component=str(ladder.component_id))
    commission = _node("percent_of", "commission_unrounded", base_after, rate)
    rounded = {"currency": currency, "rounding": ladder.rounding}
    target = _node("round", "target_after", commission, **rounded)
    accrued = _leaf("accrued_before", ladder.accrued_before.amount, **ladder_ref)
    root = _node("minus", "amount", target, accrued, currency=currency)
    return {"version": EXPLANATION_VERSION, **root}


def evaluate(tree: Tree) -> Money:
    """Return the amount that the tree alone gives.

    Raises: BrokenExplanation.
    """
    try:
        return Money.rounded(value_of(tree), tree["currency"])
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise BrokenExplanation(f"The explanation cannot be evaluated: {error!r}.") from error


def value_of(tree: Tree) -> Fraction:
    """Return the exact value of a node or leaf."""
    if "value" in tree:
        return Fraction(Decimal(tree["value"]))
    return _OPERATIONS[tree["op"]]([value_of(child) for child in tree["of"]], tree)


def find_node(tree: Tree, *, name: str) -> Tree:
    """Return the first node or leaf of that name, depth first.

    Raises: BrokenExplanation.
    """
    found = _search(tree, name)
    if found is None:
        raise BrokenExplanation(f"The explanation has no {name!r}.")
    return found


def canonical_json(value: object) -> str:
    """Return the one text of a JSON value: sorted keys, no spaces, no escapes beyond need."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _credited_base(facts: CollectedFacts, *, position: int) -> Tree:
    return _node(
        "minus",
        "credited_base",
        _share("credited_after", _net_after(facts), facts, position),
        _share("credited_before", _net_before(facts), facts, position),
    )


def _share(name: str, whole: Tree, facts: CollectedFacts, position: int) -> Tree:
    deal = str(facts.deal_id)
    shares = [_leaf("share_percent", _plain(share), deal=deal) for share in facts.shares]
    currency = facts.applied.currency
    return _node("share_of", name, whole, *shares, currency=currency, position=position)


def _net_after(facts: CollectedFacts) -> Tree:
    version = str(facts.deal_version_id)
    applied_after = _node(
        "plus",
        "applied_after",
        _leaf("applied_before", facts.applied_before.amount, **_before(facts)),
        _leaf("applied", facts.applied.amount, event=str(facts.event_id)),
    )
    exact = _node(
        "pro_rata",
        "collected_net_unrounded",
        applied_after,
        _leaf("deal_net", facts.deal_net.amount, deal_version=version),
        _leaf("deal_total", facts.deal_total.amount, deal_version=version),
    )
    currency = facts.applied.currency
    return _node("round", "collected_net_after", exact, currency=currency, rounding="half_even")


def _net_before(facts: CollectedFacts) -> Tree:
    return _leaf("collected_net_before", facts.net_before.amount, **_before(facts))


def _before(facts: CollectedFacts) -> dict[str, str | int]:
    return {"deal": str(facts.deal_id), "before_seq": facts.deal_seq}


def _leaf(name: str, value: Decimal, **source: str | int) -> Tree:
    return {"name": name, "value": f"{value:f}", "from": dict(source)}


def _plain(percent: Decimal) -> Decimal:
    """Return a percentage as written the same way whatever column it was read from."""
    return percent.normalize()


def _node(op: str, name: str, *children: Tree, **parameters: str | int) -> Tree:
    return {"op": op, "name": name, "of": list(children), **parameters}


def _search(tree: Tree, name: str) -> Tree | None:
    if tree.get("name") == name:
        return tree
    found = (_search(child, name) for child in tree.get("of", ()))
    return next((node for node in found if node is not None), None)


def _plus(values: Sequence[Fraction], _: Mapping[str, Any]) -> Fraction:
    return sum(values, start=Fraction(0))


def _minus(values: Sequence[Fraction], _: Mapping[str, Any]) -> Fraction:
    whole, part = values
    return whole - part


def _percent_of(values: Sequence[Fraction], _: Mapping[str, Any]) -> Fraction:
    base, rate = values
    return base * rate / 100


def _pro_rata(values: Sequence[Fraction], _: Mapping[str, Any]) -> Fraction:
    amount, part, whole = values
    return amount * part / whole


def _round(values: Sequence[Fraction], node: Mapping[str, Any]) -> Fraction:
    (value,) = values
    mode = ROUNDING_MODES[node["rounding"]]
    return Fraction(round_amount(value, currency=node["currency"], rounding=mode))


def _share_of(values: Sequence[Fraction], node: Mapping[str, Any]) -> Fraction:
    whole, *shares = values
    weights = [_as_decimal(share) for share in shares]
    amount = Money(_as_decimal(whole), node["currency"])
    return Fraction(allocate(amount, weights=weights)[node["position"]].amount)


def _as_decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


_OPERATIONS: dict[str, Callable[[Sequence[Fraction], Mapping[str, Any]], Fraction]] = {
    "plus": _plus,
    "minus": _minus,
    "percent_of": _percent_of,
    "pro_rata": _pro_rata,
    "round": _round,
    "share_of": _share_of,
}
