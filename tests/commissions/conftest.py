"""A plan in force, and money coming in on it."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest

from tenant_apps.accounts.models import User
from tenant_apps.commissions.models import CommissionPlan
from tenant_apps.deals.models import Deal
from tenant_apps.payments.models import Payment
from tests.commissions.money import collect
from tests.factories.commissions import PlanFactory
from tests.factories.deals import WonDealFactory, line, split

Collect = Callable[..., Payment]


@pytest.fixture
def plan(sam: User, suki: User, fay: User, adam: User, at_noon: datetime) -> CommissionPlan:
    """5 % of collected money, month by month, for Sam and Suki; Fay wrote it, Adam approved it."""
    return PlanFactory(name="Standard", author=fay, checker=adam, payees=(sam, suki), at=at_noon)


@pytest.fixture
def won_deal(sam: User, suki: User, at_noon: datetime) -> Deal:
    """1,000.00 USD without tax, 70 % Sam's and 30 % Suki's."""
    return WonDealFactory(splits=split((sam, "70"), (suki, "30")), by=sam, at=at_noon)


@pytest.fixture
def taxed_deal(sam: User, at_noon: datetime) -> Deal:
    """1,000.00 USD net and 19 % tax, all Sam's."""
    taxed = line("1000.00", tax_rate_percent=Decimal(19))
    return WonDealFactory(lines=(taxed,), by=sam, at=at_noon)


@pytest.fixture
def collected(sam: User, vera: User, at_noon: datetime) -> Collect:
    """Sam submits a payment on a deal and Vera approves it."""

    def pay(deal: Deal, amount: str, *, at: datetime = at_noon) -> Payment:
        return collect(deal, amount, by=sam, checker=vera, at=at)

    return pay
