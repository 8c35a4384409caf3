"""Who hears of instalments that are due soon or overdue, and of payments that wait; each once."""

from datetime import datetime, timedelta

import pytest

from shared_apps.audit.models import EventRecord
from tenant_apps.accounts.models import User
from tenant_apps.deals.models import Deal
from tenant_apps.invoices.services import (
    note_instalments_due_soon,
    note_overdue_instalments,
)
from tenant_apps.payments.services import note_unverified_payments
from tests.factories.deals import DealFactory, WonDealFactory
from tests.factories.payments import SubmittedPaymentFactory
from tests.invoices.stories import pay
from tests.invoices.test_invoice_policies import days_later, instalments
from tests.notifications.test_reactions import deliver_everything, told
from tests.payments.figures import dollars
from tests.queries import queries_of


@pytest.fixture
def deal(sam: User, at_noon: datetime) -> Deal:
    """Return a won deal of Sam's: 400.00 in ten days, 600.00 in forty."""
    parts = instalments((10, "400.00"), (40, "600.00"))
    won: Deal = WonDealFactory(by=sam, at=at_noon, instalments=parts)
    return won


class TestDueSoon:
    def test_is_noted_once_in_the_week_before(self, deal: Deal, at_noon: datetime) -> None:
        counts = [
            note_instalments_due_soon(at=days_later(at_noon, day)) for day in (2, 3, 4, 10, 33, 34)
        ]
        assert counts == [0, 1, 0, 0, 1, 0]

    def test_is_told_to_the_owner(self, deal: Deal, at_noon: datetime) -> None:
        note_instalments_due_soon(at=days_later(at_noon, 5))
        deliver_everything()
        assert told("instalment_due_soon") == {
            "sam": f"$400.00 of {deal.code} is due on Mar 12, 2026"
        }

    def test_leaves_out_what_is_paid(self, deal: Deal, vera: User, at_noon: datetime) -> None:
        pay(deal, dollars("399.99"), checker=vera, at=at_noon)
        assert note_instalments_due_soon(at=days_later(at_noon, 5)) == 1
        event = EventRecord.objects.get(name="invoices.instalment_due_soon")
        assert event.payload["amount"] == "0.01"
        pay(deal, dollars("300.01"), checker=vera, at=at_noon)
        assert note_instalments_due_soon(at=days_later(at_noon, 35)) == 1
        assert note_overdue_instalments(at=days_later(at_noon, 20)) == 0

    def test_leaves_out_deals_that_are_not_won(self, sam: User, at_noon: datetime) -> None:
        DealFactory(by=sam, at=at_noon, instalments=instalments((1, "1000.00")))
        assert note_instalments_due_soon(at=at_noon) == 0

    def test_costs_the_same_for_one_and_for_many(self, sam: User, at_noon: datetime) -> None:
        costs = []
        for count in (1, 9):
            for _ in range(count):
                WonDealFactory(by=sam, at=at_noon, instalments=instalments((1, "1000.00")))
            note_instalments_due_soon(at=at_noon)
            costs.append(queries_of(lambda: note_instalments_due_soon(at=at_noon)))
        assert costs[0] == costs[1]


class TestOverdue:
    def test_is_noted_once_after_the_day(self, deal: Deal, at_noon: datetime) -> None:
        counts = [
            note_overdue_instalments(at=days_later(at_noon, day)) for day in (10, 11, 12, 30, 41)
        ]
        assert counts == [0, 1, 0, 0, 1]

    def test_is_told_to_the_owner_and_finance(self, deal: Deal, at_noon: datetime) -> None:
        note_overdue_instalments(at=days_later(at_noon, 11))
        deliver_everything()
        heard = told("instalment_overdue")
        assert {"sam", "fay"} <= heard.keys()
        assert not {"suki", "tim", "audrey"} & heard.keys()


class TestUnverified:
    def test_is_noted_once_after_24_hours(self, vera: User, at_noon: datetime) -> None:
        SubmittedPaymentFactory(at=at_noon)
        day = timedelta(hours=24)
        assert note_unverified_payments(at=at_noon + day) == 0
        assert note_unverified_payments(at=at_noon + day + timedelta(minutes=1)) == 1
        assert note_unverified_payments(at=at_noon + 2 * day) == 0
        deliver_everything()
        assert {"sam", "vera", "viktor"} <= told("payment_unverified").keys()

    def test_leaves_out_what_is_decided(self, deal: Deal, vera: User, at_noon: datetime) -> None:
        pay(deal, dollars(100), checker=vera, at=at_noon)
        assert note_unverified_payments(at=days_later(at_noon, 3)) == 0
