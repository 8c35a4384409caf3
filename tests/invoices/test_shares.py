"""Dividing a deal over its invoices: no cent lost, none moved."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenant_apps.invoices.shares import (
    Share,
    gross_of,
    left_after,
    take_as_supplied,
    take_share,
)
from tests.payments.figures import dollars


def share(net: int | str, tax: int | str) -> Share:
    """Return a share in dollars."""
    return Share(dollars(net), dollars(tax))


def cents(net: int, tax: int) -> Share:
    """Return a share in cents."""
    return Share(dollars(f"{net / 100:.2f}"), dollars(f"{tax / 100:.2f}"))


NOTHING = share(0, 0)
TODAY, TOMORROW = date(2026, 12, 31), date(2027, 1, 1)
lines = st.lists(
    st.builds(cents, st.integers(0, 99_999), st.integers(0, 19_999)), min_size=1, max_size=6
).filter(lambda shares: bool(gross_of(shares, currency="USD")))


class TestTakeShare:
    def test_divides_net_and_tax_in_proportion(self) -> None:
        found = take_share(dollars("119.00"), left=[share(200, 38), share(100, 19)])

        assert found == [share("66.67", "12.67"), share("33.33", "6.33")]

    def test_refuses_more_than_is_left(self) -> None:
        with pytest.raises(ValueError, match="more than what is left"):
            take_share(dollars(2), left=[share(1, 0)])

    @given(wholes=lines, parts=st.lists(st.integers(1, 40_000), max_size=12))
    def test_brings_every_line_to_its_exact_net_and_tax(
        self, wholes: list[Share], parts: list[int]
    ) -> None:
        left = list(wholes)
        for part in [*parts, 10**9]:
            available = gross_of(left, currency="USD")
            amount = min(dollars(f"{part / 100:.2f}"), available)
            taken = take_share(amount, left=left)
            assert gross_of(taken, currency="USD") == amount
            assert all(each.net.amount >= 0 and each.tax.amount >= 0 for each in taken)
            left = [whole - each for whole, each in zip(left, taken, strict=True)]
            assert all(each.net.amount >= 0 and each.tax.amount >= 0 for each in left)

        assert all(each == NOTHING for each in left)


class TestTakeAsSupplied:
    def test_takes_what_is_supplied_first_whole_before_the_rest(self) -> None:
        left = [share(100, 21), share(100, 19), share(200, 38)]
        found = take_as_supplied(dollars(417), left=left, days=[TOMORROW, TODAY, TODAY])

        assert found == [share("49.59", "10.41"), share(100, 19), share(200, 38)]

    def test_refuses_more_than_is_left(self) -> None:
        with pytest.raises(ValueError, match="more than what is left"):
            take_as_supplied(dollars(2), left=[share(1, 0)], days=[TODAY])

    @given(wholes=lines, amount=st.integers(1, 600_000))
    def test_is_a_share_like_any_other_on_one_day(self, wholes: list[Share], amount: int) -> None:
        whole = gross_of(wholes, currency="USD")
        part = min(dollars(f"{amount / 100:.2f}"), whole)
        found = take_as_supplied(part, left=wholes, days=[TODAY] * len(wholes))

        assert found == take_share(part, left=wholes)

    @given(wholes=lines, amount=st.integers(1, 600_000), data=st.data())
    def test_moves_no_cent_on_whatever_days(
        self, wholes: list[Share], amount: int, data: st.DataObject
    ) -> None:
        days = [data.draw(st.sampled_from([TODAY, TOMORROW])) for _ in wholes]
        part = min(dollars(f"{amount / 100:.2f}"), gross_of(wholes, currency="USD"))
        found = take_as_supplied(part, left=wholes, days=days)

        assert gross_of(found, currency="USD") == part
        for whole, taken in zip(wholes, found, strict=True):
            assert dollars(0) <= taken.net <= whole.net
            assert dollars(0) <= taken.tax <= whole.tax


class TestLeftAfter:
    def test_is_the_whole_without_invoices(self) -> None:
        wholes = [share(200, 38)]
        assert left_after(wholes, taken=[NOTHING], carried=dollars(0), days=[TODAY]) == wholes

    def test_spreads_what_earlier_versions_took(self) -> None:
        wholes = [share(100, 0), share(100, 0)]
        found = left_after(wholes, taken=[NOTHING] * 2, carried=dollars(50), days=[TODAY] * 2)

        assert found == [share(75, 0), share(75, 0)]

    def test_is_nothing_when_earlier_versions_took_more(self) -> None:
        carried = dollars(150)
        found = left_after([share(100, 0)], taken=[NOTHING], carried=carried, days=[TODAY])
        assert found == [NOTHING]

    def test_takes_what_earlier_versions_took_from_what_was_supplied_first(self) -> None:
        wholes = [share(100, 21), share(100, 19)]
        days = [TOMORROW, TODAY]
        found = left_after(wholes, taken=[NOTHING] * 2, carried=dollars(119), days=days)

        assert found == [share(100, 21), NOTHING]
