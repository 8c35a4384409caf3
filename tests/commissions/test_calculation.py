"""The arithmetic holds for any history, in currencies of 0, 2 and 3 decimals."""

from datetime import date
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_apps.kernel.money import CurrencyMismatch, Money, allocate
from tenant_apps.commissions.calculation import (
    credited_parts,
    ladder_period_of,
    month_of,
    net_collected,
    target,
)
from tests.commissions.histories import (
    DealHistory,
    Ladder,
    credited_bases,
    deal_histories,
    facts_of,
    rates,
    roundings,
    sum_of,
)


class TestNetCollected:
    @given(deal_histories())
    def test_of_a_fully_paid_deal_is_exactly_its_net(self, history: DealHistory) -> None:
        net, total = history.money(history.net), history.money(history.total)
        assert net_collected(applied=total, net=net, total=total) == net

    def test_is_the_pro_rata_part_rounded_half_to_even(self) -> None:
        collected = net_collected(
            applied=Money.of("0.25", "USD"), net=Money.of("1", "USD"), total=Money.of("2", "USD")
        )
        assert collected == Money.of("0.12", "USD")

    def test_never_mixes_currencies(self) -> None:
        usd, eur = Money.of(10, "USD"), Money.of(10, "EUR")
        with pytest.raises(CurrencyMismatch):
            net_collected(applied=usd, net=eur, total=eur)


class TestCreditedParts:
    @given(deal_histories())
    def test_of_all_payments_sum_to_the_allocation_of_the_whole(self, history: DealHistory) -> None:
        net, total = history.money(history.net), history.money(history.total)
        paid = history.money(sum(history.payments))
        whole = net_collected(applied=paid, net=net, total=total)
        parts = credited_bases(history)
        by_seller = [
            sum_of(of_one, currency=history.currency) for of_one in zip(*parts, strict=True)
        ]
        assert by_seller == allocate(whole, weights=history.shares)

    @given(deal_histories())
    def test_sum_to_what_the_deal_collected_at_every_payment(self, history: DealHistory) -> None:
        net, total = history.money(history.net), history.money(history.total)
        applied = history.money(0)
        for payment, parts in zip(history.payments, credited_bases(history), strict=True):
            before = net_collected(applied=applied, net=net, total=total)
            applied += history.money(payment)
            after = net_collected(applied=applied, net=net, total=total)
            assert sum_of(parts, currency=history.currency) == after - before

    def test_split_70_to_30_pays_each_their_share(self) -> None:
        parts = credited_parts(
            before=Money.of(0, "USD"),
            after=Money.of("400", "USD"),
            shares=[Decimal(70), Decimal(30)],
        )
        assert parts == [Money.of("280", "USD"), Money.of("120", "USD")]

    def test_take_back_just_what_was_credited(self) -> None:
        shares = [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
        up = credited_parts(before=Money.of(0, "USD"), after=Money.of("0.05", "USD"), shares=shares)
        back = credited_parts(
            before=Money.of("0.05", "USD"), after=Money.of(0, "USD"), shares=shares
        )
        assert [a + b for a, b in zip(up, back, strict=True)] == [Money.zero("USD")] * 3


class TestLadder:
    @given(deal_histories(), rates, roundings)
    def test_lines_sum_to_the_formula(
        self, history: DealHistory, rate: Decimal, rounding: str
    ) -> None:
        ladder = Ladder(currency=history.currency, rate_percent=rate, rounding=rounding)
        for facts in facts_of(history):
            ladder.take(facts, position=0)
        credited = sum_of(
            [parts[0] for parts in credited_bases(history)], currency=history.currency
        )
        expected = target(base=credited, rate_percent=rate, rounding=rounding)
        assert sum_of(ladder.lines, currency=history.currency) == expected

    @given(st.lists(deal_histories("USD"), min_size=2, max_size=4), rates, st.randoms())
    def test_any_order_and_partition_pays_the_same_total(
        self, histories: list[DealHistory], rate: Decimal, random: Random
    ) -> None:
        queues = [facts_of(history) for history in histories]
        ladder = Ladder(currency="USD", rate_percent=rate, rounding="half_even")
        while any(queues):
            ladder.take(random.choice([queue for queue in queues if queue]).pop(0), position=0)

        at_once = Ladder(currency="USD", rate_percent=rate, rounding="half_even")
        for history in histories:
            whole = DealHistory(
                currency="USD",
                net=history.net,
                total=history.total,
                payments=(sum(history.payments),),
                shares=history.shares,
            )
            at_once.take(facts_of(whole)[0], position=0)
        assert ladder.accrued == at_once.accrued

    @given(deal_histories(), rates)
    def test_shared_by_nobody_but_the_payee_never_leaves_the_formula_at_any_line(
        self, history: DealHistory, rate: Decimal
    ) -> None:
        ladder = Ladder(currency=history.currency, rate_percent=rate, rounding="half_even")
        for facts in facts_of(history):
            ladder.take(facts, position=0)
            formula = target(base=ladder.base, rate_percent=rate, rounding="half_even")
            assert ladder.accrued == formula


class TestPeriods:
    @pytest.mark.parametrize(
        ("length", "key"), [("month", "2026-11"), ("quarter", "2026-Q4"), ("year", "2026")]
    )
    def test_are_calendar_months_quarters_and_years(self, length: str, key: str) -> None:
        assert ladder_period_of(date(2026, 11, 22), length=length) == key

    @pytest.mark.parametrize(
        ("month", "quarter"), [(1, 1), (3, 1), (4, 2), (6, 2), (7, 3), (9, 3), (10, 4), (12, 4)]
    )
    def test_put_every_month_in_its_quarter(self, month: int, quarter: int) -> None:
        assert ladder_period_of(date(2026, month, 1), length="quarter") == f"2026-Q{quarter}"

    def test_write_months_with_two_digits(self) -> None:
        assert month_of(date(2026, 3, 2)) == "2026-03"
