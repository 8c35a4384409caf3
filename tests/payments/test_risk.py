"""What makes a payment urgent, in points with names."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tenant_apps.accounts.models import User
from tenant_apps.payments.risk import Signals, assess, level_of
from tenant_apps.payments.services import edit_payment
from tests.factories.deals import WonDealFactory
from tests.factories.documents import StoredFileFactory
from tests.factories.payments import SubmittedPaymentFactory, VerifiedPaymentFactory
from tests.payments.figures import dollars

CALM = Signals(
    method_label="Bank transfer",
    method_points=0,
    times_usual=Decimal(1),
    days_late=0,
    account_status="clear",
    is_new_client=False,
    has_proof=True,
    has_deal=True,
    is_beyond_deal=False,
    is_other_currency=False,
    was_sent_back=False,
    look_alikes=0,
    reused_proofs=0,
)


def codes_of(payment: Any) -> set[str]:
    """Return the names of the reasons of a payment."""
    return {reason["code"] for reason in payment.risk_reasons}


class TestAssess:
    def test_finds_nothing_in_an_ordinary_payment(self) -> None:
        assert (assess(CALM).score, assess(CALM).reasons) == (0, ())

    @pytest.mark.parametrize(
        ("change", "code", "points"),
        [
            ({"times_usual": Decimal("2.9")}, None, 0),
            ({"times_usual": Decimal(3)}, "unusual_amount", 20),
            ({"times_usual": Decimal(10)}, "unusual_amount", 35),
            ({"times_usual": None}, None, 0),
            ({"method_points": 15, "method_label": "Cash"}, "method", 15),
            ({"days_late": 30}, None, 0),
            ({"days_late": 31}, "entered_late", 10),
            ({"days_late": 91}, "entered_late", 20),
            ({"account_status": "overdue"}, "client_overdue", 10),
            ({"account_status": "bad_debt"}, "client_bad_debt", 25),
            ({"account_status": "pending"}, None, 0),
            ({"is_new_client": True}, "new_client", 10),
            ({"has_proof": False}, "no_proof", 15),
            ({"has_deal": False}, "no_deal", 5),
            ({"is_beyond_deal": True}, "beyond_deal", 10),
            ({"is_other_currency": True}, "other_currency", 10),
            ({"was_sent_back": True}, "sent_back", 5),
            ({"look_alikes": 2}, "possible_duplicate", 30),
            ({"reused_proofs": 1}, "reused_proof", 40),
        ],
    )
    def test_names_each_reason(self, change: dict[str, Any], code: str | None, points: int) -> None:
        risk = assess(replace(CALM, **change))
        assert [(reason.code, reason.points) for reason in risk.reasons] == (
            [(code, points)] if code else []
        )
        assert risk.score == points

    def test_puts_the_heaviest_reason_in_front_and_stops_at_100(self) -> None:
        worst = replace(
            CALM, reused_proofs=1, look_alikes=1, times_usual=Decimal(50), is_new_client=True
        )
        risk = assess(worst)
        assert risk.score == 100
        assert [reason.points for reason in risk.reasons] == [40, 35, 30, 10]

    @pytest.mark.parametrize(
        ("score", "level"), [(0, "low"), (19, "low"), (20, "medium"), (50, "high")]
    )
    def test_has_three_levels(self, score: int, level: str) -> None:
        assert level_of(score) == level

    def test_counts_as_half_an_hour_of_age_per_point(self) -> None:
        at = datetime(2026, 3, 2, 11, tzinfo=UTC)
        risk = assess(replace(CALM, is_new_client=True))
        assert risk.place_in_queue(at) == at - timedelta(hours=5)


class TestSubmission:
    def test_is_compared_with_what_is_usual(self, sam: User, at_noon: datetime) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        for amount in (10, 20, 30, 40, 50):
            VerifiedPaymentFactory(by=sam, deal=deal, at=at_noon, money=dollars(amount))
        usual = SubmittedPaymentFactory(by=sam, deal=deal, at=at_noon, money=dollars(89))
        large = SubmittedPaymentFactory(by=sam, deal=deal, at=at_noon, money=dollars(90))

        assert "unusual_amount" not in codes_of(usual)
        assert "unusual_amount" in codes_of(large)
        assert "new_client" not in codes_of(large)

    def test_knows_a_new_client_and_what_the_deal_owes(self, sam: User, at_noon: datetime) -> None:
        payment = SubmittedPaymentFactory(by=sam, at=at_noon, money=dollars(1001))
        assert codes_of(payment) == {"new_client", "beyond_deal"}

    def test_knows_a_proof_that_was_used_before(self, sam: User, at_noon: datetime) -> None:
        proof = StoredFileFactory(by=sam, at=at_noon)
        SubmittedPaymentFactory(by=sam, at=at_noon, proofs=(proof.pk,))
        again = SubmittedPaymentFactory(by=sam, at=at_noon, proofs=(proof.pk,))
        assert {"reused_proof", "possible_duplicate"} <= codes_of(again)

    def test_knows_an_overdue_client(self, sam: User, at_noon: datetime) -> None:
        deal = WonDealFactory(by=sam, at=at_noon - timedelta(days=60))
        payment = SubmittedPaymentFactory(by=sam, deal=deal, at=at_noon)
        assert "client_overdue" in codes_of(payment)

    def test_is_rated_anew_when_the_content_changes(self, sam: User, at_noon: datetime) -> None:
        payment = SubmittedPaymentFactory(by=sam, at=at_noon)
        before = (payment.risk_score, payment.queue_at, payment.review_due_at)
        later = at_noon + timedelta(days=1)
        changed = edit_payment(
            payment_id=payment.pk,
            changes={"money": dollars(1500)},
            expected_version=1,
            by=sam,
            at=later,
        )
        assert changed.risk_score == before[0] + 10
        assert changed.queue_at == before[1] - timedelta(hours=5)  # its age is kept
        assert changed.review_due_at == before[2] + timedelta(days=1)  # the promise starts anew
