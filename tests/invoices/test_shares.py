"""Dividing a deal over its invoices: no cent lost, none moved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenant_apps.invoices.shares import Share, gross_of, left_after, take_share
from tests.payments.figures import dollars


def share(net: int | str, tax: int | str) -> Share:
    """Return a share in dollars."""
    return Share(dollars(net), dollars(tax))


def cents(net: int, tax: int) -> Share:
    """Return a share in cents."""
    return Share(dollars(f"{net / 100:.2f}"), dollars(f"{tax / 100:.2f}"))


NOTHING = share(0, 0)
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


class TestLeftAfter:
    def test_is_the_whole_without_invoices(self) -> None:
        wholes = [share(200, 38)]
        assert left_after(wholes, taken=[NOTHING], carried=dollars(0)) == wholes

    def test_spreads_what_earlier_versions_took(self) -> None:
        found = left_after([share(100, 0), share(100, 0)], taken=[NOTHING] * 2, carried=dollars(50))

        assert found == [share(75, 0), share(75, 0)]

    def test_is_nothing_when_earlier_versions_took_more(self) -> None:
        assert left_after([share(100, 0)], taken=[NOTHING], carried=dollars(150)) == [NOTHING]
