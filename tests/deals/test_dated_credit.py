"""Who is credited from which day on, and what commission follows it."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared_apps.audit.selectors import history_of
from tenant_apps.accounts.models import User
from tenant_apps.approvals.services import MakerIsChecker
from tenant_apps.commissions.models import CommissionLine
from tenant_apps.commissions.services import recompute_all
from tenant_apps.deals.models import Deal
from tenant_apps.deals.services import (
    CreditIsFixed,
    CreditsThemselves,
    DealIsFinished,
    InvalidTerms,
    NewCredit,
    cancel_deal,
    change_credit,
)
from tenant_apps.payments.services import Approval, approve_payment
from tests.cast import person_named
from tests.client import PrsClient, error, ok
from tests.factories.commissions import PlanFactory
from tests.factories.deals import WonDealFactory, split
from tests.factories.payments import SubmittedPaymentFactory
from tests.histories import questions
from tests.histories.rules import refuse
from tests.invoices.stories import pay
from tests.payments.figures import dollars
from tests.returns.stories import refund

DEALS = "/api/business/deals/"
DAY = timedelta(days=1)


@pytest.fixture
def deal(sam: User, at_noon: datetime) -> Deal:
    """Return a won deal of Sam's over 1,000.00, all his credit."""
    won: Deal = WonDealFactory(by=sam, at=at_noon)
    return won


@pytest.fixture
def plan(sam: User, suki: User, fay: User, olga: User, at_noon: datetime) -> None:
    """Pay Sam and Suki 5 % of what is collected."""
    PlanFactory(author=fay, checker=olga, payees=[sam, suki], at=at_noon)


def credit(
    deal: Deal, *shares: tuple[User, str], by: User, at: datetime, day: date | None = None
) -> Deal:
    new = NewCredit(splits=split(*shares), valid_from=day or at.date(), reason="Support moves")
    return change_credit(deal_id=deal.pk, new=new, by=by, at=at)


def lines_of(deal: Deal) -> list[tuple[str, Decimal, Decimal]]:
    rows = CommissionLine.objects.filter(deal_id=deal.pk).select_related("payee")
    found = [(row.payee.first_name, row.base_delta, row.share_percent) for row in rows]
    return sorted(found)


class TestChangeCredit:
    @pytest.mark.usefixtures("plan")
    def test_pays_by_the_shares_of_the_day_on_which_money_is_verified(
        self,
        deal: Deal,
        sam: User,
        suki: User,
        theo: User,
        at_noon: datetime,
    ) -> None:
        vera = person_named("vera")
        pay(deal, dollars(400), checker=vera, at=at_noon)
        tomorrow = at_noon + DAY
        credit(deal, (sam, "25"), (suki, "75"), by=theo, at=at_noon, day=tomorrow.date())
        pay(deal, dollars(600), checker=vera, at=tomorrow)

        assert lines_of(deal) == [
            ("Sam", Decimal(150), Decimal(25)),
            ("Sam", Decimal(400), Decimal(100)),
            ("Suki", Decimal(450), Decimal(75)),
        ]
        assert not recompute_all().differences
        refuse("shares", questions.SHARES_NOT_WHOLE)
        refuse("credit", questions.CREDIT_NOT_WHOLE)

    @pytest.mark.usefixtures("plan")
    def test_leaves_what_was_credited_when_the_money_goes_back(
        self,
        deal: Deal,
        sam: User,
        suki: User,
        theo: User,
        at_noon: datetime,
    ) -> None:
        vera = person_named("vera")
        paid = pay(deal, dollars(400), checker=vera, at=at_noon)
        credit(deal, (suki, "100"), by=theo, at=at_noon, day=(at_noon + DAY).date())
        refund(paid, (sam, vera, person_named("fay")), at_noon + 2 * DAY)

        assert {name for name, _base, _share in lines_of(deal)} == {"Sam"}
        assert sum(base for _name, base, _share in lines_of(deal)) == 0

    def test_is_shown_by_day(
        self, as_sam: PrsClient, as_theo: PrsClient, deal: Deal, sam: User, suki: User
    ) -> None:
        body = {
            "splits": [
                {"payee": str(sam.pk), "share_percent": "40"},
                {"payee": str(suki.pk), "share_percent": "60"},
            ],
            "valid_from": "2100-01-01",
            "reason": "Hand-over",
        }
        changed = ok(as_theo.post(f"{DEALS}{deal.code}/splits/", body), 201)
        assert [each["share_percent"] for each in changed["splits"]] == ["100"]
        rows = ok(as_sam.get(f"{DEALS}{deal.code}/splits/"))["results"]
        assert [(each["valid_from"], each["valid_to"]) for each in rows] == [
            (None, "2100-01-01"),
            ("2100-01-01", None),
            ("2100-01-01", None),
        ]
        events = history_of(subject_type="deals.deal", subject_id=deal.pk)
        told = next(event for event in events if event.name == "deals.deal_credit_changed")
        assert told.reason == "Hand-over"

    def test_replaces_what_was_planned_for_later(
        self, deal: Deal, sam: User, suki: User, theo: User, at_noon: datetime
    ) -> None:
        credit(deal, (suki, "100"), by=theo, at=at_noon, day=date(2100, 1, 1))
        credit(deal, (sam, "90"), (suki, "10"), by=theo, at=at_noon, day=date(2099, 1, 1))
        rows = list(deal.splits.order_by("valid_from", "pk").values_list("valid_from", "valid_to"))
        assert rows == [(date(2099, 1, 1), None)] * 2 + [(None, date(2099, 1, 1))]


class TestChangeCreditIsRefused:
    def test_for_days_on_which_money_was_credited(
        self, deal: Deal, suki: User, theo: User, vera: User, at_noon: datetime
    ) -> None:
        pay(deal, dollars(400), checker=vera, at=at_noon)
        with pytest.raises(CreditIsFixed):
            credit(deal, (suki, "100"), by=theo, at=at_noon)

    def test_for_shares_that_are_not_whole(
        self, deal: Deal, suki: User, theo: User, at_noon: datetime
    ) -> None:
        with pytest.raises(InvalidTerms):
            credit(deal, (suki, "99"), by=theo, at=at_noon)

    def test_to_somebody_who_gains_by_it(self, deal: Deal, theo: User, at_noon: datetime) -> None:
        with pytest.raises(CreditsThemselves):
            credit(deal, (theo, "100"), by=theo, at=at_noon)

    def test_for_a_person_who_decided_on_the_deals_money(
        self, deal: Deal, vera: User, theo: User, at_noon: datetime
    ) -> None:
        pay(deal, dollars(400), checker=vera, at=at_noon)
        with pytest.raises(MakerIsChecker):
            credit(deal, (vera, "100"), by=theo, at=at_noon, day=(at_noon + DAY).date())

    def test_to_a_verifier_who_will_be_credited_later(
        self, deal: Deal, vera: User, theo: User, at_noon: datetime
    ) -> None:
        credit(deal, (vera, "100"), by=theo, at=at_noon, day=date(2100, 1, 1))
        payment = SubmittedPaymentFactory(deal=deal, at=at_noon)
        with pytest.raises(MakerIsChecker):
            approve_payment(payment_id=payment.pk, checker=vera, approval=Approval(), at=at_noon)

    def test_on_a_finished_deal(
        self, deal: Deal, sam: User, suki: User, theo: User, at_noon: datetime
    ) -> None:
        cancel_deal(deal_id=deal.pk, reason="Off", by=sam, at=at_noon)
        with pytest.raises(DealIsFinished):
            credit(deal, (suki, "100"), by=theo, at=at_noon)

    def test_to_sellers_and_across_organizations(
        self, as_sam: PrsClient, as_mallory: PrsClient, deal: Deal, sam: User
    ) -> None:
        body: dict[str, Any] = {
            "splits": [{"payee": str(sam.pk), "share_percent": "100"}],
            "valid_from": "2100-01-01",
            "reason": "x",
        }
        assert error(as_sam.post(f"{DEALS}{deal.code}/splits/", body), 403)
        assert error(as_mallory.post(f"{DEALS}{deal.code}/splits/", body), 404)
