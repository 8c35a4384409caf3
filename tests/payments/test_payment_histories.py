"""Random histories: after every step the books balance and no cent is lost (M4)."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared_apps.audit.selectors import history_of
from shared_apps.kernel.errors import DomainError
from tenant_apps.accounts.models import User
from tenant_apps.payments.models import Payment
from tenant_apps.payments.services import (
    Approval,
    Refusal,
    approve_payment,
    edit_payment,
    reject_payment,
    request_changes,
    resubmit_payment,
    withdraw_payment,
)
from tests.factories.deals import DealFactory, WonDealFactory
from tests.factories.payments import SubmittedPaymentFactory
from tests.payments.figures import check_books, dollars
from tests.payments.stories import win

if TYPE_CHECKING:
    from tenant_apps.deals.models import Deal

STEPS = (
    "submit",
    "approve",
    "approve_less",
    "approve_own",
    "reject",
    "send_back",
    "resubmit",
    "edit",
    "withdraw",
    "win",
)
# which states a payment may be in after an event: its state is the fold of its events (M14)
STATES = {
    "payments.payment_submitted": "submitted",
    "payments.payment_resubmitted": "submitted",
    "payments.payment_verified": "verified",
    "payments.payment_rejected": "rejected",
    "payments.payment_changes_requested": "changes_requested",
    "payments.payment_withdrawn": "withdrawn",
}
histories = st.lists(
    st.tuples(st.sampled_from(STEPS), st.integers(0, 3), st.integers(1, 900)),
    min_size=3,
    max_size=14,
)


class Office:
    """Two deals of Sam's, one won and one open, and whatever is done with their payments."""

    def __init__(self, people: dict[str, User], at: datetime) -> None:
        self.people, self.at = people, at
        self.deals: list[Deal] = [
            WonDealFactory(by=people["sam"], at=at),
            DealFactory(by=people["sam"], at=at),
        ]
        self.payments: list[Payment] = []

    def step(self, name: str, which: int, amount: int) -> None:
        """Try one step; a refusal is an answer too."""
        self.at += timedelta(minutes=1)
        try:
            with transaction.atomic():
                getattr(self, name)(which, amount)
        except DomainError:
            return

    def submit(self, which: int, amount: int) -> None:
        """Submit an amount for one of the deals."""
        deal = self.deals[which % 2]
        payment = SubmittedPaymentFactory(
            by=self.people["sam"], deal=deal, at=self.at, money=dollars(amount)
        )
        self.payments.append(payment)

    def approve(self, which: int, _amount: int) -> None:
        """Approve the whole amount."""
        self._approve(which, "vera", Approval())

    def approve_less(self, which: int, amount: int) -> None:
        """Approve another amount; more than was claimed is refused."""
        self._approve(which, "viktor", Approval(verified=dollars(amount), reason="Differs."))

    def approve_own(self, which: int, _amount: int) -> None:
        """Let the maker try; this may never pass."""
        before = self._status(which)
        with pytest.raises(DomainError):
            self._approve(which, "sam", Approval())
        assert self._status(which) == before

    def reject(self, which: int, _amount: int) -> None:
        """Reject it."""
        refusal = Refusal(reason="Nothing came.", failure_reason="not_received")
        reject_payment(**self._of(which), checker=self.people["vera"], refusal=refusal)

    def send_back(self, which: int, _amount: int) -> None:
        """Ask for changes."""
        refusal = Refusal(reason="Which amount?")
        request_changes(**self._of(which), checker=self.people["vera"], refusal=refusal)

    def resubmit(self, which: int, _amount: int) -> None:
        """Hand it in again."""
        resubmit_payment(**self._of(which), by=self.people["sam"])

    def edit(self, which: int, amount: int) -> None:
        """Change the amount."""
        payment = Payment.objects.get(pk=self._of(which)["payment_id"])
        edit_payment(
            **self._of(which),
            changes={"money": dollars(amount)},
            expected_version=payment.version,
            by=self.people["sam"],
        )

    def withdraw(self, which: int, _amount: int) -> None:
        """Take it back."""
        withdraw_payment(**self._of(which), by=self.people["sam"])

    def win(self, _which: int, _amount: int) -> None:
        """Win the open deal."""
        win(self.deals[1], self.people["sam"], self.at)

    def check(self) -> None:
        """Check the books, and that every state is the fold of its events."""
        check_books()
        for payment in Payment.objects.order_by("pk"):
            events = history_of(subject_type="payments.payment", subject_id=payment.pk)
            told = [STATES[event.name] for event in sorted(events, key=_when) if _tells(event)]
            assert payment.status == told[-1]

    def _approve(self, which: int, checker: str, approval: Approval) -> None:
        approve_payment(**self._of(which), checker=self.people[checker], approval=approval)

    def _status(self, which: int) -> str:
        return Payment.objects.get(pk=self._of(which)["payment_id"]).status

    def _of(self, which: int) -> dict[str, Any]:
        if not self.payments:
            raise NothingSubmitted
        return {"payment_id": self.payments[which % len(self.payments)].pk, "at": self.at}


class NothingSubmitted(DomainError):
    """The history has not submitted a payment yet."""


def _when(event: Any) -> Any:
    return event.recorded_at, event.pk


def _tells(event: Any) -> bool:
    return event.name in STATES


@pytest.fixture
def people(sam: User, vera: User, viktor: User) -> dict[str, User]:
    """Return who takes part."""
    return {"sam": sam, "vera": vera, "viktor": viktor}


class TestHistories:
    @settings(
        max_examples=30,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(history=histories)
    def test_keep_every_cent(
        self,
        people: dict[str, User],
        at_noon: datetime,
        history: list[tuple[str, int, int]],
    ) -> None:
        with transaction.atomic():
            office = Office(people, at_noon)
            for name, which, amount in history:
                office.step(name, which, amount)
                office.check()
            transaction.set_rollback(True)
