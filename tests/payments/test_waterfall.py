"""Covering instalments, oldest due first."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared_apps.kernel.money import Money, total
from tenant_apps.payments.waterfall import OpenInstalment, cover_oldest_first
from tests.payments.figures import dollars


def instalment(number: int, amount: int, *, covered: int = 0, due: int = 0) -> OpenInstalment:
    """Return an instalment that is due `due` days after the first of March."""
    return OpenInstalment(
        id=UUID(int=number),
        position=number,
        due_on=date(2026, 3, 1) + timedelta(days=due),
        amount=dollars(amount),
        covered=dollars(covered),
    )


def cover(money: int, *instalments: OpenInstalment, carried: int = 0) -> dict[int, Money]:
    """Return the amount that each instalment takes, by its number."""
    parts = cover_oldest_first(dollars(money), instalments=instalments, carried=dollars(carried))
    return {part.instalment_id.int: part.amount for part in parts}


class TestCoverOldestFirst:
    def test_fills_the_oldest_due_instalment_before_the_next(self) -> None:
        found = cover(150, instalment(1, 100, due=30), instalment(2, 100, due=10))

        assert found == {2: dollars(100), 1: dollars(50)}

    def test_goes_by_position_on_the_same_day(self) -> None:
        assert cover(50, instalment(2, 100), instalment(1, 100)) == {1: dollars(50)}

    def test_leaves_covered_instalments_alone(self) -> None:
        found = cover(50, instalment(1, 100, covered=100), instalment(2, 100, covered=80, due=1))

        assert found == {2: dollars(20)}

    def test_lets_money_of_earlier_versions_cover_the_oldest_first(self) -> None:
        found = cover(50, instalment(1, 100), instalment(2, 100, due=1), carried=120)

        assert found == {2: dollars(50)}

    @given(
        amounts=st.lists(st.integers(1, 500), min_size=1, max_size=6),
        money=st.integers(0, 4000),
        carried=st.integers(0, 1000),
    )
    def test_never_takes_more_than_is_there_or_asked_for(
        self, amounts: list[int], money: int, carried: int
    ) -> None:
        instalments = [instalment(i, amount, due=i) for i, amount in enumerate(amounts, start=1)]
        found = cover(money, *instalments, carried=carried)

        taken = total(found.values(), currency="USD").amount
        assert taken == min(money, max(sum(amounts) - carried, 0))
        assert all(found[number].amount <= amounts[number - 1] for number in found)
