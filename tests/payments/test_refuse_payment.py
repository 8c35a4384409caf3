"""Rejecting, sending back, resubmitting and withdrawing."""

from datetime import datetime

import pytest

from tenant_apps.accounts.models import User
from tenant_apps.approvals.selectors import deciders_of
from tenant_apps.approvals.services import DecisionNeedsReason, MakerIsChecker
from tenant_apps.payments.models import Payment
from tenant_apps.payments.services import (
    Approval,
    NotTheMaker,
    PaymentAlreadyDecided,
    PaymentNotOpen,
    PaymentNotSentBack,
    Refusal,
    approve_payment,
    reject_payment,
    request_changes,
    resubmit_payment,
    withdraw_payment,
)
from tests.client import PrsClient, error, ok
from tests.factories.payments import SubmittedPaymentFactory
from tests.payments.figures import check_books

URL = "/api/business/payments/"
NOT_RECEIVED = Refusal(reason="Nothing came.", failure_reason="not_received")
UNREADABLE = Refusal(reason="The receipt is unreadable.")


@pytest.fixture
def payment(sam: User, at_noon: datetime) -> Payment:
    """Return 400.00 that Sam submitted for a won deal of his."""
    return SubmittedPaymentFactory(by=sam, at=at_noon)


class TestRejectPayment:
    def test_ends_it_with_its_reason(self, vera: User, payment: Payment, at_noon: datetime) -> None:
        rejected = reject_payment(
            payment_id=payment.pk, checker=vera, refusal=NOT_RECEIVED, at=at_noon
        )

        assert (rejected.status, rejected.failure_reason) == ("rejected", "not_received")
        assert rejected.decision_reason == "Nothing came."
        assert rejected.unapplied_money.amount == 0
        check_books()

    def test_needs_a_reason(self, vera: User, payment: Payment, at_noon: datetime) -> None:
        with pytest.raises(DecisionNeedsReason):
            reject_payment(
                payment_id=payment.pk, checker=vera, refusal=Refusal(reason=" "), at=at_noon
            )

    def test_is_refused_to_its_maker(self, sam: User, payment: Payment, at_noon: datetime) -> None:
        with pytest.raises(MakerIsChecker):
            reject_payment(payment_id=payment.pk, checker=sam, refusal=NOT_RECEIVED, at=at_noon)

    def test_is_refused_after_a_decision(
        self, vera: User, viktor: User, payment: Payment, at_noon: datetime
    ) -> None:
        approve_payment(payment_id=payment.pk, checker=vera, approval=Approval(), at=at_noon)
        with pytest.raises(PaymentAlreadyDecided):
            reject_payment(payment_id=payment.pk, checker=viktor, refusal=NOT_RECEIVED, at=at_noon)

    def test_takes_only_the_known_failure_reasons(
        self, as_vera: PrsClient, payment: Payment
    ) -> None:
        body = {"reason": "No.", "failure_reason": "bad_mood"}
        refused = error(as_vera.post(f"{URL}{payment.pk}/reject/", body), 400)

        assert [problem["field"] for problem in refused["errors"]] == ["/failure_reason"]

    def test_works_over_http(self, as_vera: PrsClient, payment: Payment) -> None:
        body = {"reason": "No.", "failure_reason": "cheque_bounce"}
        body["content_hash"] = payment.content_hash
        data = ok(as_vera.post(f"{URL}{payment.pk}/reject/", body))

        assert (data["status"], data["failure_reason"]) == ("rejected", "cheque_bounce")

    def test_is_not_found_from_another_organization(
        self, as_mallory: PrsClient, payment: Payment
    ) -> None:
        body = {"reason": "No.", "failure_reason": "other"}
        error(as_mallory.post(f"{URL}{payment.pk}/reject/", body), 404)


class TestRequestChanges:
    def test_sends_it_back_and_resubmitting_asks_anew(
        self, sam: User, vera: User, payment: Payment, at_noon: datetime
    ) -> None:
        sent_back = request_changes(
            payment_id=payment.pk, checker=vera, refusal=UNREADABLE, at=at_noon
        )
        assert (sent_back.status, deciders_of(payment.pk)) == ("changes_requested", [])

        resubmit_payment(payment_id=payment.pk, by=sam, at=at_noon)
        assert vera.pk in deciders_of(payment.pk)
        approved = approve_payment(
            payment_id=payment.pk, checker=vera, approval=Approval(), at=at_noon
        )
        assert approved.status == "verified"
        check_books()

    def test_is_refused_to_its_maker(self, sam: User, payment: Payment, at_noon: datetime) -> None:
        with pytest.raises(MakerIsChecker):
            request_changes(payment_id=payment.pk, checker=sam, refusal=UNREADABLE, at=at_noon)

    def test_stops_decisions_until_it_is_resubmitted(
        self, vera: User, viktor: User, payment: Payment, at_noon: datetime
    ) -> None:
        request_changes(payment_id=payment.pk, checker=vera, refusal=UNREADABLE, at=at_noon)
        with pytest.raises(PaymentAlreadyDecided):
            approve_payment(payment_id=payment.pk, checker=viktor, approval=Approval(), at=at_noon)

    def test_works_over_http(self, as_vera: PrsClient, as_sam: PrsClient, payment: Payment) -> None:
        body = {"reason": "Which invoice?", "content_hash": payment.content_hash}
        ok(as_vera.post(f"{URL}{payment.pk}/request-changes/", body))
        assert ok(as_sam.post(f"{URL}{payment.pk}/resubmit/"))["status"] == "submitted"


class TestResubmitPayment:
    def test_is_refused_before_changes_are_requested(
        self, sam: User, payment: Payment, at_noon: datetime
    ) -> None:
        with pytest.raises(PaymentNotSentBack):
            resubmit_payment(payment_id=payment.pk, by=sam, at=at_noon)

    def test_is_refused_to_others(
        self, adam: User, vera: User, payment: Payment, at_noon: datetime
    ) -> None:
        request_changes(payment_id=payment.pk, checker=vera, refusal=UNREADABLE, at=at_noon)
        with pytest.raises(NotTheMaker):
            resubmit_payment(payment_id=payment.pk, by=adam, at=at_noon)


class TestWithdrawPayment:
    def test_takes_it_back(self, sam: User, payment: Payment, at_noon: datetime) -> None:
        withdrawn = withdraw_payment(payment_id=payment.pk, by=sam, at=at_noon)

        assert (withdrawn.status, deciders_of(payment.pk)) == ("withdrawn", [])

    def test_is_refused_to_others(self, adam: User, payment: Payment, at_noon: datetime) -> None:
        with pytest.raises(NotTheMaker):
            withdraw_payment(payment_id=payment.pk, by=adam, at=at_noon)

    def test_is_refused_after_a_decision(
        self, sam: User, vera: User, payment: Payment, at_noon: datetime
    ) -> None:
        approve_payment(payment_id=payment.pk, checker=vera, approval=Approval(), at=at_noon)
        with pytest.raises(PaymentNotOpen):
            withdraw_payment(payment_id=payment.pk, by=sam, at=at_noon)

    def test_stops_every_decision(
        self, sam: User, vera: User, payment: Payment, at_noon: datetime
    ) -> None:
        withdraw_payment(payment_id=payment.pk, by=sam, at=at_noon)
        with pytest.raises(PaymentAlreadyDecided):
            approve_payment(payment_id=payment.pk, checker=vera, approval=Approval(), at=at_noon)

    def test_is_refused_to_whoever_cannot_submit(
        self, as_audrey: PrsClient, as_mallory: PrsClient, as_suki: PrsClient, payment: Payment
    ) -> None:
        error(as_audrey.post(f"{URL}{payment.pk}/withdraw/"), 403)
        error(as_mallory.post(f"{URL}{payment.pk}/withdraw/"), 404)
        error(as_suki.post(f"{URL}{payment.pk}/withdraw/"), 404)

    def test_works_over_http(self, as_sam: PrsClient, payment: Payment) -> None:
        assert ok(as_sam.post(f"{URL}{payment.pk}/withdraw/"))["status"] == "withdrawn"
