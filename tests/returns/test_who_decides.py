"""Who gains by the money of a payment never decides on its return, wherever the money lies."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from shared_apps.organizations.selectors import local_day_of
from tenant_apps.accounts.models import User
from tenant_apps.approvals.services import MakerIsChecker
from tenant_apps.deals.models import Deal
from tenant_apps.deals.services import NewCredit, change_credit
from tenant_apps.payments.models import Payment
from tenant_apps.payments.services import (
    Allocation,
    Approval,
    apply_credit,
    approve_payment,
    edit_payment,
)
from tenant_apps.returns.models import Kind, Return
from tenant_apps.returns.services import (
    RequesterIsInterested,
    reject_return,
)
from tests.cast import person_named
from tests.factories.deals import WonDealFactory, split
from tests.factories.payments import SubmittedPaymentFactory, VerifiedPaymentFactory
from tests.returns.stories import approve, ask, usd


@pytest.fixture
def overpaid(sam: User, at_noon: datetime) -> Payment:
    """Return 1,500.00 that were verified for a deal over 1,000.00: 500.00 are credit."""
    deal = WonDealFactory(by=sam, at=at_noon)
    return VerifiedPaymentFactory(by=sam, deal=deal, at=at_noon, money=usd("1500.00"))


@pytest.fixture
def of_adam(overpaid: Payment, adam: User, at_noon: datetime) -> Deal:
    """Return a won deal of Adam, who may decide on returns, with the same client."""
    return WonDealFactory(by=adam, at=at_noon, client=overpaid.client_id)


@pytest.fixture
def move_credit(
    overpaid: Payment, of_adam: Deal, fay: User, at_noon: datetime
) -> Callable[[], None]:
    """A function that lets the credit pay Adam's deal."""

    def move() -> None:
        allocations = [Allocation(deal=of_adam.pk)]
        apply_credit(payment_id=overpaid.pk, allocations=allocations, by=fay, at=at_noon)

    return move


def after(payment: Payment) -> datetime:
    """Return the moment at which the payment was verified."""
    assert payment.verified_at is not None
    return payment.verified_at


def reject(asked: Return, checker: User, at: datetime) -> Return:
    return reject_return(
        return_id=asked.pk, checker=checker, content_hash=asked.content_hash, reason="No.", at=at
    )


KINDS = [Kind.REFUND, Kind.REVERSAL, Kind.CHARGEBACK]
Move = Callable[[], None]


class TestWhoGainsByAppliedCredit:
    @pytest.mark.parametrize("kind", KINDS)
    def test_does_not_decide(
        self, overpaid: Payment, move_credit: Move, adam: User, fay: User, kind: Kind
    ) -> None:
        move_credit()
        at = after(overpaid)
        asked = ask(overpaid, kind, fay, at)
        for decide in (approve, reject):
            with pytest.raises(MakerIsChecker):
                decide(asked, adam, at)

    @pytest.mark.parametrize("kind", KINDS)
    def test_does_not_decide_when_the_credit_came_later(
        self, overpaid: Payment, move_credit: Move, adam: User, fay: User, kind: Kind
    ) -> None:
        at = after(overpaid)
        asked = ask(overpaid, kind, fay, at)
        move_credit()
        for decide in (approve, reject):
            with pytest.raises(MakerIsChecker):
                decide(asked, adam, at)

    def test_does_not_ask_for_a_reversal(
        self, overpaid: Payment, move_credit: Move, adam: User
    ) -> None:
        move_credit()
        with pytest.raises(RequesterIsInterested):
            ask(overpaid, Kind.REVERSAL, adam, after(overpaid))

    def test_decides_while_the_money_lies_elsewhere(
        self, overpaid: Payment, of_adam: Deal, adam: User, fay: User
    ) -> None:
        at = after(overpaid)
        assert approve(ask(overpaid, Kind.REFUND, fay, at), adam, at).is_approved_refund
        assert of_adam.owner_id == adam.pk


@pytest.mark.parametrize("kind", KINDS)
def test_who_was_credited_when_the_money_came_does_not_decide(
    sam: User, adam: User, fay: User, at_noon: datetime, kind: Kind
) -> None:
    deal = WonDealFactory(by=sam, at=at_noon, splits=split((adam, "100")))
    paid = VerifiedPaymentFactory(by=sam, deal=deal, at=at_noon)
    tomorrow = local_day_of(at_noon) + timedelta(days=1)
    new = NewCredit(
        splits=split((person_named("suki"), "100")),
        valid_from=tomorrow,
        reason="Adam leaves sales.",
    )
    change_credit(deal_id=deal.pk, new=new, by=person_named("olga"), at=at_noon)

    later = at_noon + timedelta(days=3)
    asked = ask(paid, kind, fay, later)
    for decide in (approve, reject):
        with pytest.raises(MakerIsChecker):
            decide(asked, adam, later)


def test_who_changed_the_payment_does_not_decide(
    sam: User, adam: User, fay: User, at_noon: datetime
) -> None:
    payment = SubmittedPaymentFactory(by=sam, at=at_noon)
    for editor, reference in ((adam, "A-1"), (sam, "S-1")):
        payment.refresh_from_db()
        edit_payment(
            payment_id=payment.pk,
            changes={"reference": reference},
            expected_version=payment.version,
            by=editor,
            at=at_noon,
        )
    approve_payment(
        payment_id=payment.pk, checker=person_named("vera"), approval=Approval(), at=at_noon
    )
    asked = ask(payment, Kind.REFUND, fay, at_noon)
    with pytest.raises(MakerIsChecker):
        approve(asked, adam, at_noon)
