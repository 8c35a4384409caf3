"""Which policy a return is decided under: by amount, worth, method and the client's account."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared_apps.kernel.money import Money
from tenant_apps.accounts.models import User
from tenant_apps.approvals.conditions import Conditions
from tenant_apps.approvals.services import NewPolicy, NewStep, create_policy
from tenant_apps.deals.models import Deal
from tenant_apps.payments.models import Payment
from tenant_apps.returns.models import Kind, Return
from tests.factories.deals import WonDealFactory
from tests.factories.payments import VerifiedPaymentFactory
from tests.payments.test_foreign_currency import QUOTE, submitted, verify
from tests.returns.stories import approve, ask, give_up, usd


@pytest.fixture
def two_for(adam: User, at_noon: datetime) -> Callable[..., None]:
    """Ask for two people where the conditions hold."""

    def make(kind: Kind, **conditions: Any) -> None:
        new = NewPolicy(
            name="Two",
            subject_type=f"returns.{kind}",
            steps=(NewStep(permission="returns.decide", approvals_needed=2),),
            conditions=Conditions(**conditions),
            priority=9,
        )
        create_policy(new=new, by=adam, at=at_noon)

    return make


@pytest.fixture
def deal(sam: User, at_noon: datetime) -> Deal:
    return WonDealFactory(by=sam, at=at_noon)


@pytest.fixture
def paid(deal: Deal, sam: User, at_noon: datetime) -> Payment:
    """Return 400.00 USD by bank transfer, of a deal over 1,000.00."""
    return VerifiedPaymentFactory(deal=deal, money=usd("400.00"), by=sam, at=at_noon)


def is_done_by_one(asked: Return, checker: User, at: datetime) -> bool:
    return approve(asked, checker, at).status == "approved"


class TestWhichPolicy:
    def test_of_its_amount(
        self,
        two_for: Callable[..., None],
        paid: Payment,
        fay: User,
        vera: User,
        viktor: User,
        at_noon: datetime,
    ) -> None:
        two_for(Kind.REFUND, amount_from=usd("100.00"))
        less = ask(paid, Kind.REFUND, fay, at_noon, money=usd("99.99"))
        assert is_done_by_one(less, vera, at_noon)
        more = ask(paid, Kind.REFUND, fay, at_noon, money=usd("100.00"))
        assert not is_done_by_one(more, vera, at_noon)
        assert is_done_by_one(more, viktor, at_noon)

    def test_of_its_worth_in_the_currency_of_the_deal(
        self,
        two_for: Callable[..., None],
        sam: User,
        fay: User,
        vera: User,
        at_noon: datetime,
    ) -> None:
        payment = verify(submitted(sam, at_noon), vera, at_noon, fx_rate=QUOTE.rate)
        two_for(Kind.REFUND, amount_from=usd("108.34"))

        less = ask(payment, Kind.REFUND, fay, at_noon, money=Money.of("99.99", "EUR"))
        assert is_done_by_one(less, vera, at_noon)
        more = ask(payment, Kind.REFUND, fay, at_noon, money=Money.of("100.00", "EUR"))
        assert not is_done_by_one(more, vera, at_noon)

    @pytest.mark.parametrize("kind", [Kind.REFUND, Kind.CHARGEBACK, Kind.REVERSAL])
    def test_of_the_method_of_its_payment(
        self,
        two_for: Callable[..., None],
        kind: Kind,
        paid: Payment,
        fay: User,
        vera: User,
        at_noon: datetime,
    ) -> None:
        two_for(kind, methods=("bank_transfer",))
        assert not is_done_by_one(ask(paid, kind, fay, at_noon), vera, at_noon)

    def test_of_how_the_client_stands(
        self,
        two_for: Callable[..., None],
        deal: Deal,
        paid: Payment,
        fay: User,
        vera: User,
        at_noon: datetime,
    ) -> None:
        two_for(Kind.REFUND, account_statuses=("overdue",))
        two_for(Kind.WRITE_OFF, account_statuses=("overdue",))
        now = ask(paid, Kind.REFUND, fay, at_noon, money=usd("10.00"))
        assert is_done_by_one(now, vera, at_noon)
        late = at_noon + timedelta(days=400)
        later = ask(paid, Kind.REFUND, fay, late, money=usd("10.00"))
        assert not is_done_by_one(later, vera, late)
        assert not is_done_by_one(give_up(deal, fay, late), vera, late)
