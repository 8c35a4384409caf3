"""The demo's own arithmetic, by hand: what judges the product must be right itself."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from fractions import Fraction

import pytest

from tests.demo.sums import evaluate, money, shares_of, to_cents


class TestRounding:
    @pytest.mark.parametrize(
        ("value", "mode", "cents"),
        [
            ("0.125", "ROUND_HALF_EVEN", "0.12"),
            ("0.135", "ROUND_HALF_EVEN", "0.14"),
            ("-0.125", "ROUND_HALF_EVEN", "-0.12"),
            ("0.125", ROUND_HALF_UP, "0.13"),
            ("0.129", ROUND_DOWN, "0.12"),
            ("0.121", ROUND_UP, "0.13"),
            ("0.12", ROUND_UP, "0.12"),
            ("-0.121", ROUND_UP, "-0.13"),
        ],
    )
    def test_is_exact(self, value: str, mode: str, cents: str) -> None:
        assert to_cents(Fraction(value), mode) == Decimal(cents)

    def test_a_third_is_never_cut_before_it_is_rounded(self) -> None:
        almost_half = Fraction(1, 200) - Fraction(1, 10**40)
        assert to_cents(almost_half, ROUND_HALF_UP) == Decimal("0.00")


class TestShares:
    def test_sum_to_the_whole_and_the_earlier_gets_the_cent(self) -> None:
        thirds = shares_of(Decimal("1.00"), [Decimal(1)] * 3)
        assert thirds == [Decimal("0.34"), Decimal("0.33"), Decimal("0.33")]

    def test_follow_the_weights(self) -> None:
        parts = shares_of(Decimal("249.99"), [Decimal(70), Decimal(30)])
        assert parts == [Decimal("174.99"), Decimal("75.00")]


class TestEvaluate:
    def test_reads_every_operation(self) -> None:
        def leaf(value: str) -> dict[str, object]:
            return {"value": value}

        share = {
            "op": "share_of",
            "position": 0,
            "of": [
                {
                    "op": "round",
                    "rounding": "half_even",
                    "of": [
                        {"op": "pro_rata", "of": [leaf("119"), leaf("100"), leaf("119")]},
                    ],
                },
                leaf("70"),
                leaf("30"),
            ],
        }
        tree = {
            "op": "minus",
            "of": [
                {"op": "percent_of", "of": [{"op": "plus", "of": [leaf("30"), share]}, leaf("5")]},
                leaf("1.50"),
            ],
        }
        assert money(evaluate(tree), "USD") == {"amount": "3.50", "currency": "USD"}

    def test_refuses_an_operation_that_it_does_not_know(self) -> None:
        with pytest.raises(ValueError, match="power"):
            evaluate({"op": "power", "of": []})
