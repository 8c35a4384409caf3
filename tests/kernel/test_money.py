from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ValidationError

from shared_apps.kernel.models import money_of
from shared_apps.kernel.money import (
    LARGEST_ENTERED,
    CurrencyMismatch,
    InvalidAmount,
    Money,
    UnknownCurrency,
    allocate,
    exponent_of,
    is_payable,
    round_amount,
    total,
    within_limit,
)
from shared_apps.web.serializers import MoneyField

cents = st.integers(min_value=-(10**12), max_value=10**12)
weights = st.lists(st.integers(min_value=0, max_value=10_000), min_size=1, max_size=9).filter(any)


class TestAnAmount:
    @pytest.mark.parametrize(
        ("currency", "decimals"), [("USD", 2), ("JPY", 0), ("KWD", 3), ("EUR", 2)]
    )
    def test_is_kept_at_the_exponent_of_its_currency(self, currency: str, decimals: int) -> None:
        assert exponent_of(currency) == decimals
        assert Money.of("7", currency).amount.as_tuple().exponent == -decimals

    @pytest.mark.parametrize("value", [0.1, True, None, "abc", "NaN", "Infinity", "1e20"])
    def test_refuses_what_is_not_exact(self, value: object) -> None:
        with pytest.raises(InvalidAmount):
            Money.of(value, "USD")  # type: ignore[arg-type]  # that is the point

    def test_refuses_more_decimals_than_the_currency_has(self) -> None:
        with pytest.raises(InvalidAmount, match="USD"):
            Money.of("1.005", "USD")

    def test_refuses_an_unknown_currency(self) -> None:
        with pytest.raises(UnknownCurrency):
            Money.of("1", "XQZ")

    @pytest.mark.parametrize("code", ["XXX", "XTS", "XAU", "XDR", "XQZ", "usd"])
    def test_is_not_entered_in_what_nobody_pays_with(self, code: str) -> None:
        assert not is_payable(code)
        reader = MoneyField()
        with pytest.raises(ValidationError):
            reader.run_validation({"amount": "1", "currency": code})

    @pytest.mark.parametrize("code", ["USD", "JPY", "BHD", "XAF", "XPF"])
    def test_is_entered_in_what_people_pay_with(self, code: str) -> None:
        assert is_payable(code)
        assert MoneyField().run_validation({"amount": "1", "currency": code}) == Money.of("1", code)

    def test_never_adds_up_with_another_currency(self) -> None:
        for operation in ("__add__", "__sub__", "__lt__", "__ge__"):
            with pytest.raises(CurrencyMismatch):
                getattr(Money.of("1", "USD"), operation)(Money.of("1", "EUR"))

    def test_has_no_negative_zero(self) -> None:
        assert str((-Money.zero("USD")).amount) == "0.00"

    def test_is_shown_as_a_string_at_its_exponent(self) -> None:
        assert Money.of("1234.5", "USD").as_json() == {"amount": "1234.50", "currency": "USD"}
        assert Money.of("100000000000000", "JPY").as_json()["amount"] == "100000000000000"

    def test_sums_to_zero_of_its_currency_when_there_is_nothing(self) -> None:
        assert total([], currency="JPY") == Money.zero("JPY")


class TestALargeAmount:
    def test_is_refused_where_it_is_entered(self) -> None:
        largest = Money(LARGEST_ENTERED - Decimal("0.01"), "USD")
        assert within_limit(largest) is largest
        assert within_limit(-largest) == -largest
        for amount in (LARGEST_ENTERED, -LARGEST_ENTERED):
            with pytest.raises(InvalidAmount, match="below 1,000,000,000,000"):
                within_limit(Money(amount, "USD"))

    def test_is_the_sum_of_many_to_the_last_cent(self) -> None:
        part = Money(LARGEST_ENTERED - Decimal("0.01"), "USD")
        assert total([part] * 10**4, currency="USD").amount == part.amount * 10**4
        stored = Decimal("1800000000000000.0000")
        assert money_of(stored, "USD").as_json()["amount"] == "1800000000000000.00"

    @pytest.mark.parametrize("text", ["100000000000000000000", "-1e20", "1e9999"])
    def test_ends_before_decimals_would_be_lost(self, text: str) -> None:
        with pytest.raises(InvalidAmount, match="out of range"):
            Money.of(text, "USD")


class TestRounding:
    @pytest.mark.parametrize(
        ("value", "kept"), [("0.005", "0.00"), ("0.015", "0.02"), ("-0.005", "0.00")]
    )
    def test_goes_half_to_even(self, value: str, kept: str) -> None:
        assert round_amount(Decimal(value), currency="USD") == Decimal(kept)

    @given(cents, st.integers(min_value=1, max_value=10**6))
    def test_of_a_fraction_equals_the_nearest_cent(self, numerator: int, denominator: int) -> None:
        exact = Fraction(numerator, denominator)
        kept = Fraction(round_amount(exact, currency="USD"))
        assert abs(kept - exact) <= Fraction(1, 200)

    def test_of_a_fraction_just_above_a_half_goes_up_in_any_mode(self) -> None:
        barely = Fraction(5, 1000) + Fraction(1, 10**30)
        assert round_amount(barely, currency="USD", rounding="ROUND_HALF_DOWN") == Decimal("0.01")


class TestAllocation:
    @given(cents, weights)
    def test_sums_to_the_whole_exactly(self, whole: int, shares: list[int]) -> None:
        money = Money(Decimal(whole).scaleb(-2), "USD")
        assert total(allocate(money, weights=shares), currency="USD") == money

    @given(cents, weights)
    def test_moves_no_part_by_a_cent_or_more(self, whole: int, shares: list[int]) -> None:
        money = Money(Decimal(whole).scaleb(-2), "USD")
        for part, weight in zip(allocate(money, weights=shares), shares, strict=True):
            exact = Fraction(money.amount) * weight / sum(shares)
            assert abs(Fraction(part.amount) - exact) < Fraction(1, 100)

    @given(cents, weights)
    def test_of_the_negative_is_the_mirror(self, whole: int, shares: list[int]) -> None:
        money = Money(Decimal(whole).scaleb(-2), "USD")
        assert allocate(-money, weights=shares) == [-p for p in allocate(money, weights=shares)]

    def test_gives_a_tie_to_the_earlier_part(self) -> None:
        parts = allocate(Money.of("0.01", "USD"), weights=[1, 1])
        assert [str(part.amount) for part in parts] == ["0.01", "0.00"]

    @pytest.mark.parametrize("shares", [[], [0, 0], [1, -1]])
    def test_refuses_weights_that_mean_nothing(self, shares: list[int]) -> None:
        with pytest.raises(ValueError, match="Weights"):
            allocate(Money.of("1", "USD"), weights=shares)
