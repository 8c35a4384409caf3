"""A tree reproduces its amount by itself, and nothing in it is decoration."""

import copy
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from shared_apps.kernel.money import Money
from tenant_apps.commissions.calculation import target
from tenant_apps.commissions.explanation import (
    BrokenExplanation,
    Tree,
    canonical_json,
    evaluate,
    find_node,
    value_of,
)
from tests.commissions.histories import (
    DealHistory,
    Ladder,
    credited_bases,
    deal_histories,
    facts_of,
    rates,
    roundings,
)

HISTORY = DealHistory(
    currency="USD",
    net=100_000,
    total=119_000,
    payments=(40_000, 79_000),
    shares=(Decimal(70), Decimal(30)),
)


def trees_of(history: DealHistory, *, rate: Decimal, rounding: str = "half_even") -> list[Tree]:
    ladder = Ladder(currency=history.currency, rate_percent=rate, rounding=rounding)
    for facts in facts_of(history):
        ladder.take(facts, position=0)
    return ladder.trees


class TestEvaluate:
    @given(deal_histories(), rates, roundings)
    def test_agrees_with_the_direct_calculation(
        self, history: DealHistory, rate: Decimal, rounding: str
    ) -> None:
        base = accrued = history.money(0)
        trees = trees_of(history, rate=rate, rounding=rounding)
        for tree, parts in zip(trees, credited_bases(history), strict=True):
            base += parts[0]
            expected = target(base=base, rate_percent=rate, rounding=rounding) - accrued
            assert evaluate(tree) == expected
            accrued += expected

    @given(deal_histories(), rates)
    def test_needs_nothing_but_the_text_of_the_tree(
        self, history: DealHistory, rate: Decimal
    ) -> None:
        for tree in trees_of(history, rate=rate):
            assert evaluate(json.loads(canonical_json(tree))) == evaluate(tree)

    def test_gives_the_example_of_the_documentation(self) -> None:
        first, second = trees_of(HISTORY, rate=Decimal(5))
        assert evaluate(first) == Money.of("11.76", "USD")
        assert evaluate(second) == Money.of("23.24", "USD")

    def test_changes_with_every_leaf(self) -> None:
        tree = trees_of(HISTORY, rate=Decimal(5))[1]
        amount = evaluate(tree)
        for path in leaf_paths(tree):
            changed = copy.deepcopy(tree)
            leaf = follow(changed, path)
            leaf["value"] = f"{Decimal(leaf['value']) + 60:f}"
            assert evaluate(changed) != amount, leaf["name"]

    @pytest.mark.parametrize(
        "broken",
        [
            {},
            {"op": "guess", "of": [], "currency": "USD"},
            {"value": "12,50", "currency": "USD"},
            {"op": "pro_rata", "of": [{"value": "1"}] * 2 + [{"value": "0"}], "currency": "USD"},
            {"op": "minus", "of": [{"value": "1"}], "currency": "USD"},
            {"value": "1", "currency": "XXXX"},
        ],
    )
    def test_refuses_what_is_no_explanation(self, broken: Tree) -> None:
        with pytest.raises(BrokenExplanation):
            evaluate(broken)


class TestTree:
    def test_names_a_source_at_every_leaf(self) -> None:
        for tree in trees_of(HISTORY, rate=Decimal(5)):
            for path in leaf_paths(tree):
                leaf = follow(tree, path)
                assert leaf["from"], leaf["name"]

    def test_holds_no_number_that_is_not_text(self) -> None:
        text = canonical_json(trees_of(HISTORY, rate=Decimal(5)))
        floats: list[str] = []
        json.loads(text, parse_float=floats.append)
        assert floats == []

    def test_shows_the_credited_base_by_name(self) -> None:
        tree = trees_of(HISTORY, rate=Decimal(5))[0]
        assert value_of(find_node(tree, name="credited_base")) == Decimal("235.29")

    def test_says_so_when_a_name_is_not_in_it(self) -> None:
        with pytest.raises(BrokenExplanation, match="bonus"):
            find_node(trees_of(HISTORY, rate=Decimal(5))[0], name="bonus")


class TestCanonicalJson:
    def test_is_the_same_text_for_any_order_of_keys(self) -> None:
        assert canonical_json({"b": "é", "a": [1]}) == canonical_json({"a": [1], "b": "é"})
        assert canonical_json({"b": "é", "a": [1]}) == '{"a":[1],"b":"é"}'


def leaf_paths(tree: Tree, path: tuple[int, ...] = ()) -> list[tuple[int, ...]]:
    if "value" in tree:
        return [path]
    return [found for i, child in enumerate(tree["of"]) for found in leaf_paths(child, (*path, i))]


def follow(tree: Tree, path: tuple[int, ...]) -> dict[str, Any]:
    for index in path:
        tree = tree["of"][index]
    return tree
