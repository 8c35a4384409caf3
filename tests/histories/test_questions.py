"""Questions whose offenders random histories rarely make: a defect lets them be made by hand."""

from datetime import datetime, timedelta

import pytest

from shared_apps.kernel.money import Money
from tenant_apps.accounts.models import User
from tenant_apps.approvals.services import MakerIsChecker
from tenant_apps.deals.models import Deal
from tenant_apps.payments.models import Payment
from tenant_apps.payments.services import Allocation, apply_credit
from tenant_apps.returns.models import Kind
from tests.cast import person_named
from tests.factories.deals import WonDealFactory, split
from tests.factories.payments import VerifiedPaymentFactory
from tests.histories import defects, questions
from tests.histories.asking import rows_of
from tests.returns.stories import approve, ask, usd


@pytest.fixture
def overpaid(sam: User, at_noon: datetime) -> Payment:
    """Return 1,500.00 that were verified for a deal over 1,000.00: 500.00 are credit."""
    deal = WonDealFactory(by=sam, at=at_noon)
    return VerifiedPaymentFactory(by=sam, deal=deal, at=at_noon, money=usd("1500.00"))


@pytest.fixture
def of_adam(overpaid: Payment, adam: User, at_noon: datetime) -> Deal:
    """Return a won deal of Adam with the same client."""
    return WonDealFactory(by=adam, at=at_noon, client=overpaid.client_id)


def give(
    payment: Payment, deal: Deal, by: User, at: datetime, *, money: Money | None = None
) -> None:
    """Let the credit of a payment pay a deal."""
    allocation = Allocation(deal=deal.pk, amount=money)
    apply_credit(payment_id=payment.pk, allocations=[allocation], by=by, at=at)


class TestReturnsDecidedByInterested:
    def test_finds_who_gains_by_the_credit(
        self,
        overpaid: Payment,
        of_adam: Deal,
        fay: User,
        adam: User,
        at_noon: datetime,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        give(overpaid, of_adam, fay, at_noon)
        asked = ask(overpaid, Kind.REFUND, fay, at_noon, money=usd("10.00"))
        with pytest.raises(MakerIsChecker):
            approve(asked, adam, at_noon)
        assert not rows_of(questions.RETURNS_DECIDED_BY_INTERESTED)

        defects.let_who_gains_by_credit_decide(monkeypatch)
        again = ask(overpaid, Kind.REFUND, fay, at_noon, money=usd("20.00"))
        approve(again, adam, at_noon)
        assert rows_of(questions.RETURNS_DECIDED_BY_INTERESTED) == [(again.code, adam.pk)]


class TestPaymentsDecidedByInterested:
    def test_finds_the_verifier_who_gains_by_the_credit(
        self,
        overpaid: Payment,
        adam: User,
        vera: User,
        fay: User,
        at_noon: datetime,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        shares = split((adam, "50"), (vera, "50"))
        of_vera = WonDealFactory(by=adam, at=at_noon, client=overpaid.client_id, splits=shares)
        with pytest.raises(MakerIsChecker):
            give(overpaid, of_vera, fay, at_noon)
        assert not rows_of(questions.PAYMENTS_DECIDED_BY_INTERESTED)

        defects.let_anybody_give_credit(monkeypatch)
        give(overpaid, of_vera, fay, at_noon)
        assert rows_of(questions.PAYMENTS_DECIDED_BY_INTERESTED) == [(overpaid.code, vera.pk)]


class TestCreditAppliedByInterested:
    @pytest.mark.parametrize("name", ["olga", "adam"])
    def test_finds_the_maker_and_the_owner(
        self,
        of_adam: Deal,
        fay: User,
        olga: User,
        at_noon: datetime,
        monkeypatch: pytest.MonkeyPatch,
        name: str,
    ) -> None:
        deal = WonDealFactory(by=olga, at=at_noon, client=of_adam.client_id)
        payment = VerifiedPaymentFactory(by=olga, deal=deal, at=at_noon, money=usd("1500.00"))
        person = person_named(name)
        with pytest.raises(MakerIsChecker):
            give(payment, of_adam, person, at_noon)
        give(payment, of_adam, fay, at_noon, money=usd("10.00"))
        assert not rows_of(questions.CREDIT_APPLIED_BY_INTERESTED)

        defects.let_anybody_give_credit(monkeypatch)
        give(payment, of_adam, person, at_noon + timedelta(minutes=1))
        offender = (payment.code, of_adam.pk, person.pk)
        assert rows_of(questions.CREDIT_APPLIED_BY_INTERESTED) == [offender]
