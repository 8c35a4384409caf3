"""Collected money becomes credited bases and commission lines."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from shared_apps.audit.selectors import history_of
from shared_apps.kernel.money import Money
from tenant_apps.accounts.models import User
from tenant_apps.commissions.explanation import evaluate
from tenant_apps.commissions.models import (
    CollectedCredit,
    CommissionLine,
    CommissionPlan,
    LadderHead,
)
from tenant_apps.commissions.selectors import credited_without_plan
from tenant_apps.commissions.services import end_assignment
from tenant_apps.deals.models import Deal
from tenant_apps.deals.services import win_deal
from tests.commissions.conftest import Collect
from tests.factories.commissions import PlanFactory, flat_rate, publish
from tests.factories.deals import DealFactory, WonDealFactory, line, split


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def lines_of(payee: User) -> list[CommissionLine]:
    return list(CommissionLine.objects.filter(payee=payee).order_by("pk"))


class TestAccrue:
    def test_pays_each_seller_their_share_of_the_money(
        self, plan: CommissionPlan, won_deal: Deal, collected: Collect, sam: User, suki: User
    ) -> None:
        collected(won_deal, "400.00")
        (sams,), (sukis,) = lines_of(sam), lines_of(suki)
        assert (sams.base_money, sams.money) == (usd("280"), usd("14"))
        assert (sukis.base_money, sukis.money) == (usd("120"), usd("6"))
        assert {sams.period, sams.ladder_head.period} == {"2026-03"}

    def test_counts_money_net_of_tax(
        self, plan: CommissionPlan, taxed_deal: Deal, collected: Collect, sam: User
    ) -> None:
        collected(taxed_deal, "400.00")
        collected(taxed_deal, "790.00")
        assert [line.base_money for line in lines_of(sam)] == [usd("336.13"), usd("663.87")]
        assert sum(line.amount for line in lines_of(sam)) == Decimal(50)

    def test_rounds_the_target_and_not_each_line(
        self, plan: CommissionPlan, won_deal: Deal, collected: Collect, sam: User, suki: User
    ) -> None:
        for _ in range(5):
            collected(won_deal, "0.09")
        whole = sum(line.base_delta for line in lines_of(sam))
        assert whole == Decimal("0.32")  # 0.45 x 70 %, largest remainder
        assert sum(line.amount for line in lines_of(sam)) == Decimal("0.02")

    def test_keeps_one_ladder_for_all_deals_of_a_month(
        self, plan: CommissionPlan, collected: Collect, sam: User, at_noon: datetime
    ) -> None:
        for _ in range(3):
            collected(WonDealFactory(by=sam, lines=(line("0.10"),), at=at_noon), "0.10")
        head = LadderHead.objects.get(payee=sam)
        assert (head.last_seq, head.base_money, head.accrued_money) == (3, usd("0.30"), usd("0.02"))
        assert [line.ladder_seq for line in lines_of(sam)] == [1, 2, 3]

    def test_starts_a_new_ladder_with_the_month(
        self, plan: CommissionPlan, won_deal: Deal, collected: Collect, sam: User, at_noon: datetime
    ) -> None:
        collected(won_deal, "100.00")
        collected(won_deal, "100.00", at=at_noon + timedelta(days=31))
        heads = LadderHead.objects.filter(payee=sam).order_by("period")
        assert [(head.period, head.base_money) for head in heads] == [
            ("2026-03", usd("70")),
            ("2026-04", usd("70")),
        ]

    def test_dates_the_line_by_the_organizations_day_of_verification(
        self, plan: CommissionPlan, won_deal: Deal, collected: Collect, sam: User
    ) -> None:
        collected(won_deal, "100.00", at=datetime(2026, 3, 31, 22, 30, tzinfo=UTC))
        (line,) = lines_of(sam)
        assert (line.commission_on, line.period) == (date(2026, 4, 1), "2026-04")

    def test_takes_a_quarters_ladder_from_the_plan(
        self, sam: User, fay: User, adam: User, collected: Collect, at_noon: datetime
    ) -> None:
        new = flat_rate("10", ladder_period="quarter")
        PlanFactory(new=new, author=fay, checker=adam, payees=[sam], at=at_noon)
        collected(WonDealFactory(by=sam, at=at_noon), "100.00")
        (line,) = lines_of(sam)
        assert (line.period, line.ladder_head.period) == ("2026-03", "2026-Q1")

    def test_keeps_currencies_on_ladders_of_their_own(
        self, plan: CommissionPlan, sam: User, collected: Collect, at_noon: datetime
    ) -> None:
        for currency in ("USD", "EUR", "JPY"):
            amount = "100" if currency == "JPY" else "100.00"
            deal = WonDealFactory(by=sam, lines=(line(amount, currency),), at=at_noon)
            collected(deal, amount)
        amounts = {line.currency: line.money for line in lines_of(sam)}
        assert amounts == {code: Money.of(5, code) for code in ("USD", "EUR", "JPY")}

    def test_explains_every_line_by_a_tree_that_gives_its_amount(
        self, plan: CommissionPlan, taxed_deal: Deal, won_deal: Deal, collected: Collect
    ) -> None:
        for amount in ("400.00", "0.07", "100.03"):
            collected(taxed_deal, amount)
            collected(won_deal, amount)
        lines = CommissionLine.objects.all()
        assert lines.count() == 9
        assert all(evaluate(line.explanation) == line.money for line in lines)

    def test_records_each_line_for_who_is_to_hear_of_it(
        self, plan: CommissionPlan, won_deal: Deal, collected: Collect, sam: User, vera: User
    ) -> None:
        payment = collected(won_deal, "400.00")
        (line,) = lines_of(sam)
        (event,) = history_of(subject_type="commissions.commission_line", subject_id=line.pk)
        assert event.name == "commissions.commission_accrued"
        assert event.payload == {
            "line_id": str(line.pk),
            "payee_id": str(sam.pk),
            "deal_id": str(won_deal.pk),
            "payment_id": str(payment.pk),
        }
        assert (event.actor_id, event.on_behalf_of) == ("system:commissions", vera.full_name)

    def test_gives_no_line_to_who_has_no_plan_but_keeps_the_credit(
        self, won_deal: Deal, collected: Collect, fay: User
    ) -> None:
        collected(won_deal, "400.00")
        assert not CommissionLine.objects.exists()
        credits_ = credited_without_plan(viewer=fay)
        assert sorted(credit.base for credit in credits_) == [Decimal(120), Decimal(280)]

    def test_lists_under_no_plan_only_what_no_line_was_paid_on(
        self, plan: CommissionPlan, sam: User, theo: User, collected: Collect, at_noon: datetime
    ) -> None:
        deal = WonDealFactory(by=sam, splits=split((sam, "50"), (theo, "50")), at=at_noon)
        collected(deal, "100.00")
        (credit,) = credited_without_plan(viewer=theo)
        assert (credit.payee, credit.money) == (theo, usd("50"))

    def test_pays_nothing_from_the_day_on_which_an_assignment_ends(
        self, plan: CommissionPlan, won_deal: Deal, collected: Collect, sam: User, fay: User,
        at_noon: datetime,
    ) -> None:  # fmt: skip
        assignment = plan.assignments.get(payee=sam)
        end_assignment(
            assignment_id=assignment.pk, valid_to=date(2026, 3, 2), expected_version=1, by=fay,
            at=at_noon,
        )  # fmt: skip
        collected(won_deal, "100.00", at=at_noon - timedelta(days=1))
        collected(won_deal, "100.00")
        assert [line.commission_on for line in lines_of(sam)] == [date(2026, 3, 1)]

    def test_uses_the_version_in_force_on_the_commission_day(
        self, *, plan: CommissionPlan, won_deal: Deal, collected: Collect, sam: User, fay: User,
        adam: User, at_noon: datetime,
    ) -> None:  # fmt: skip
        new = flat_rate("10", since=date(2026, 3, 15))
        publish(plan, new, author=fay, checker=adam, at=at_noon)
        collected(won_deal, "100.00")
        collected(won_deal, "100.00", at=at_noon + timedelta(days=13))
        first, second = lines_of(sam)
        assert (first.money, second.money) == (usd("3.50"), usd("7"))
        assert second.ladder_head != first.ladder_head

    def test_pays_under_every_plan_that_the_payee_is_on(
        self, *, plan: CommissionPlan, won_deal: Deal, collected: Collect, sam: User, fay: User,
        adam: User, at_noon: datetime,
    ) -> None:  # fmt: skip
        bonus = flat_rate("1")
        PlanFactory(name="Bonus", new=bonus, author=fay, checker=adam, payees=[sam], at=at_noon)
        collected(won_deal, "100.00")
        assert sorted(line.money.amount for line in lines_of(sam)) == [
            Decimal("0.70"),
            Decimal("3.50"),
        ]

    def test_pays_for_money_that_waited_until_the_deal_was_won(
        self, plan: CommissionPlan, sam: User, vera: User, collected: Collect, at_noon: datetime
    ) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        collected(deal, "100.00")
        collected(deal, "50.00", at=at_noon + timedelta(days=30))
        assert not CollectedCredit.objects.exists()
        win_deal(deal_id=deal.pk, by=sam, at=at_noon + timedelta(days=60))
        first, second = CollectedCredit.objects.order_by("deal_seq")
        assert (first.commission_on, first.applied_on) == (date(2026, 3, 2), date(2026, 5, 1))
        assert (second.commission_on, second.applied_on) == (date(2026, 4, 1), date(2026, 5, 1))
        assert [line.period for line in lines_of(sam)] == ["2026-03", "2026-04"]

    @pytest.mark.parametrize("share", ["33.3333", "0.0001"])
    def test_divides_without_losing_a_cent(
        self, share: str, sam: User, suki: User, collected: Collect, at_noon: datetime
    ) -> None:
        rest = str(Decimal(100) - Decimal(share))
        deal = WonDealFactory(by=sam, splits=split((sam, share), (suki, rest)), at=at_noon)
        for amount in ("333.33", "333.33", "333.34"):
            collected(deal, amount)
        assert sum(CollectedCredit.objects.values_list("base", flat=True)) == Decimal(1000)
