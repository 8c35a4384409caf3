"""The arithmetic of a deal's terms."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_apps.kernel.errors import ValidationFailed
from shared_apps.kernel.money import Money, exponent_of, total
from tenant_apps.deals.progress import PaymentProgress, progress_of
from tenant_apps.deals.terms import (
    InvalidTerms,
    NewInstalment,
    NewLine,
    NewSplit,
    NewTerms,
    build_terms,
    check_splits,
    price_line,
)
from tests.factories.deals import line

TODAY = date(2026, 3, 2)
CURRENCIES = ("USD", "EUR", "JPY", "KWD")


def amounts(currency: str, highest: int = 10**7) -> st.SearchStrategy[Money]:
    quantum = Decimal(1).scaleb(-exponent_of(currency))
    return st.integers(0, highest).map(lambda units: Money(units * quantum, currency))


def percents() -> st.SearchStrategy[Decimal]:
    return st.integers(0, 1_000_000).map(lambda units: Decimal(units).scaleb(-4))


def quantities() -> st.SearchStrategy[Decimal]:
    return st.integers(1, 10**10).map(lambda units: Decimal(units).scaleb(-6))


@st.composite
def new_lines(draw: st.DrawFn, currency: str) -> NewLine:
    return NewLine(
        description="x",
        quantity=draw(quantities()),
        unit_price=draw(amounts(currency)),
        discount_percent=draw(percents()),
        tax_rate_percent=draw(percents()),
    )


class TestPriceLine:
    @pytest.mark.parametrize(
        ("new", "net", "tax"),
        [
            (line("1000.00"), "1000.00", "0.00"),
            (line("0.05", quantity=Decimal("0.5")), "0.02", "0.00"),
            (line("0.15", quantity=Decimal("0.5")), "0.08", "0.00"),
            (line("99.99", tax_rate_percent=Decimal(19)), "99.99", "19.00"),
            (line("100.00", discount_percent=Decimal("33.3333")), "66.67", "0.00"),
            (line("333", "JPY", tax_rate_percent=Decimal(10)), "333", "33"),
            (line("1.005", "KWD", quantity=Decimal(3)), "3.015", "0.000"),
            (line("100.00", discount_percent=Decimal(100)), "0.00", "0.00"),
        ],
    )
    def test_rounds_each_amount_once_half_to_even(self, new: NewLine, net: str, tax: str) -> None:
        priced = price_line(new)
        assert (f"{priced.net.amount:f}", f"{priced.tax.amount:f}") == (net, tax)

    @given(data=st.data(), currency=st.sampled_from(CURRENCIES))
    def test_is_within_half_a_unit_of_the_exact_amounts(
        self, data: st.DataObject, currency: str
    ) -> None:
        new = data.draw(new_lines(currency))
        priced = price_line(new)
        half = Fraction(1, 2) / 10 ** exponent_of(currency)
        exact = (
            Fraction(new.quantity)
            * Fraction(new.unit_price.amount)
            * (1 - Fraction(new.discount_percent) / 100)
        )
        assert abs(Fraction(priced.net.amount) - exact) <= half
        tax = Fraction(priced.net.amount) * Fraction(new.tax_rate_percent) / 100
        assert abs(Fraction(priced.tax.amount) - tax) <= half
        assert priced.gross == priced.net + priced.tax


class TestPriceLineWithTax:
    @given(data=st.data(), currency=st.sampled_from(CURRENCIES))
    def test_leaves_the_price_whole_and_the_tax_within_half_a_unit(
        self, data: st.DataObject, currency: str
    ) -> None:
        new = data.draw(new_lines(currency))
        priced = price_line(new, includes_tax=True)
        assert priced.gross == price_line(replace(new, tax_rate_percent=Decimal(0))).net
        assert priced.net.amount >= 0
        rate = Fraction(new.tax_rate_percent) / 100
        tax = Fraction(priced.gross.amount) * rate / (1 + rate)
        half = Fraction(1, 2) / 10 ** exponent_of(currency)
        assert abs(Fraction(priced.tax.amount) - tax) <= half


class TestBuildTerms:
    @given(data=st.data(), currency=st.sampled_from(CURRENCIES))
    def test_sums_lines_and_instalments_to_the_total(
        self, data: st.DataObject, currency: str
    ) -> None:
        lines = tuple(data.draw(st.lists(new_lines(currency), max_size=6)))
        weights = data.draw(st.lists(amounts(currency).filter(bool), max_size=5))
        before = [NewInstalment(due_on=TODAY, amount=weight) for weight in weights]

        terms = build_terms(
            NewTerms(currency=currency, lines=lines), due_on=TODAY, parts_before=before
        )

        assert terms.net + terms.tax == terms.total
        assert total((each.gross for each in terms.lines), currency=currency) == terms.total
        parts = total((part.amount for part in terms.instalments), currency=currency)
        assert parts == terms.total
        assert all(part.amount.amount > 0 for part in terms.instalments)

    def test_makes_one_instalment_of_the_whole(self) -> None:
        terms = build_terms(NewTerms(currency="USD", lines=(line(),)), due_on=TODAY)
        assert terms.instalments == (
            NewInstalment(due_on=TODAY, amount=Money.of("1000.00", "USD")),
        )

    def test_makes_no_instalment_of_nothing(self) -> None:
        assert build_terms(NewTerms(currency="USD", lines=()), due_on=TODAY).instalments == ()
        free = build_terms(NewTerms(currency="USD", lines=(line("0.00"),)), due_on=TODAY)
        assert free.instalments == ()

    @pytest.mark.parametrize(
        ("parts", "field"),
        [
            (["999.99"], "/instalments"),
            (["400.00", "600.01"], "/instalments"),
            (["1100.00", "-100.00"], "/instalments/1/amount"),
        ],
    )
    def test_refuses_instalments_that_do_not_fit(self, parts: list[str], field: str) -> None:
        instalments = tuple(
            NewInstalment(due_on=TODAY, amount=Money.of(part, "USD")) for part in parts
        )
        new = NewTerms(currency="USD", lines=(line(),), instalments=instalments)
        assert problem_of(new) == field

    def test_refuses_an_instalment_in_another_currency(self) -> None:
        part = NewInstalment(due_on=TODAY, amount=Money.of("1000.00", "EUR"))
        new = NewTerms(currency="USD", lines=(line(),), instalments=(part,))
        assert problem_of(new) == "/instalments/0/amount"

    @pytest.mark.parametrize(
        ("bad", "field"),
        [
            (line("1.00", "EUR"), "unit_price"),
            (line("-1.00"), "unit_price"),
            (line(quantity=Decimal(0)), "quantity"),
            (line(discount_percent=Decimal("100.0001")), "discount_percent"),
            (line(discount_percent=Decimal(-1)), "discount_percent"),
            (line(tax_rate_percent=Decimal(101)), "tax_rate_percent"),
            (line(tax_rate_percent=Decimal(19), tax_reason="Exempt"), "tax_reason"),
            (line("999999999999.99", quantity=Decimal("1.01")), "unit_price"),
            (line("999999999999.99", tax_rate_percent=Decimal(1)), "unit_price"),
            (line("999999999999.99", quantity=Decimal("9999999999999.999999")), "unit_price"),
        ],
    )
    def test_names_what_is_wrong_with_which_line(self, bad: NewLine, field: str) -> None:
        new = NewTerms(currency="USD", lines=(line(), bad))
        assert problem_of(new) == f"/lines/1/{field}"

    def test_refuses_a_total_out_of_range(self) -> None:
        large = line("900000000000.00")
        assert problem_of(NewTerms(currency="USD", lines=(large, large))) == "/lines"

    def test_hashes_equal_terms_alike_and_others_not(self) -> None:
        def hash_of(**given: Any) -> str:
            new = NewTerms(currency="USD", lines=(line(quantity=Decimal("1.0"), **given),))
            return build_terms(new, due_on=TODAY).content_hash

        assert hash_of() == hash_of(discount_percent=Decimal("0.0000"))
        assert len({hash_of(), hash_of(description="x"), hash_of(product_id=uuid4())}) == 3


class TestCheckSplits:
    @pytest.mark.parametrize(
        "shares", [["100"], ["70", "30"], ["33.3333", "33.3333", "33.3333", "0.0001"]]
    )
    def test_accepts_exactly_100_percent(self, shares: list[str]) -> None:
        check_splits([NewSplit(payee_id=uuid4(), share_percent=Decimal(each)) for each in shares])

    @pytest.mark.parametrize(
        "shares", [[], ["99.9999"], ["33.3333"] * 3, ["100.0001"], ["110", "-10"], ["100", "0"]]
    )
    def test_refuses_anything_else(self, shares: list[str]) -> None:
        splits = [NewSplit(payee_id=uuid4(), share_percent=Decimal(each)) for each in shares]
        with pytest.raises(InvalidTerms):
            check_splits(splits)

    def test_gives_a_person_one_share(self) -> None:
        person = uuid4()
        splits = [NewSplit(payee_id=person, share_percent=Decimal(50))] * 2
        with pytest.raises(InvalidTerms):
            check_splits(splits)


class TestProgress:
    @pytest.mark.parametrize(
        ("applied", "received", "due", "progress"),
        [
            ("0", "0", "0", "unpaid"),
            ("0", "0", "40", "overdue"),
            ("40", "40", "40", "partially_paid"),
            ("39", "39", "40", "overdue"),
            ("100", "100", "100", "paid"),
            ("100", "120", "100", "overpaid"),
        ],
    )
    def test_follows_the_money(self, applied: str, received: str, due: str, progress: str) -> None:
        def usd(amount: str) -> Money:
            return Money.of(amount, "USD")

        found = progress_of(
            total=usd("100"), applied=usd(applied), received=usd(received), due=usd(due)
        )
        assert found is PaymentProgress(progress)


def problem_of(new: NewTerms) -> str:
    with pytest.raises(ValidationFailed) as refused:
        build_terms(new, due_on=TODAY)
    return refused.value.problems[0].field
