"""Approving a payment: four eyes, once, and everything that follows in the same transaction."""

from datetime import datetime
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shared_apps.audit.selectors import history_of
from shared_apps.kernel.errors import PermissionRefused
from tenant_apps.accounts.models import User
from tenant_apps.approvals.services import (
    DecisionNeedsReason,
    MakerIsChecker,
    NewPolicy,
    NewStep,
    VerifiedAmountRefused,
    create_policy,
)
from tenant_apps.deals.models import SalesCreditSplit
from tenant_apps.payments.models import Payment
from tenant_apps.payments.services import Approval, PaymentAlreadyDecided, approve_payment
from tests.client import PrsClient, error, ok
from tests.factories.deals import DealFactory, WonDealFactory, split
from tests.factories.payments import PaymentFactory, SubmittedPaymentFactory, VerifiedPaymentFactory
from tests.payments.figures import check_books, dollars
from tests.payments.stories import amend_to, two_instalments, win
from tests.unguarded import unguarded

URL = "/api/business/payments/"
# measured: 70, of which 8 savepoints, for a deal whose sellers have no commission plan
STATEMENTS_OF_APPROVE = 80


@pytest.fixture
def payment(sam: User, at_noon: datetime) -> Payment:
    """Return 400.00 that Sam submitted for a won deal of his over 1,000.00."""
    return SubmittedPaymentFactory(by=sam, at=at_noon)


def approve(payment: Payment, checker: User, at: datetime, **given: object) -> Payment:
    """Approve the payment."""
    approval = Approval(**given)  # type: ignore[arg-type]  # its fields
    return approve_payment(payment_id=payment.pk, checker=checker, approval=approval, at=at)


def seen(payment: Payment) -> dict[str, str]:
    """Return what binds a decision to the payment as it is."""
    return {"content_hash": payment.content_hash}


def decision(verb: str) -> dict[str, str]:
    """Return the body of a decision that is bound to nothing yet."""
    body = {} if verb == "approve" else {"reason": "Nothing came."}
    return body | ({"failure_reason": "not_received"} if verb == "reject" else {})


class TestApprovePayment:
    def test_verifies_and_applies_the_whole_amount(
        self, vera: User, payment: Payment, at_noon: datetime
    ) -> None:
        approved = approve(payment, vera, at_noon)

        assert (approved.status, approved.verified_money) == ("verified", dollars(400))
        assert (approved.decided_by_id, approved.verified_at) == (vera.pk, at_noon)
        assert approved.applied_money == dollars(400)
        check_books()

    def test_records_one_event_for_each_change(
        self, vera: User, payment: Payment, at_noon: datetime
    ) -> None:
        approve(payment, vera, at_noon)

        events = history_of(subject_type="payments.payment", subject_id=payment.pk)
        assert sorted(event.name for event in events) == [
            "payments.payment_applied",
            "payments.payment_submitted",
            "payments.payment_verified",
        ]

    def test_counts_only_the_verified_amount(
        self, vera: User, payment: Payment, at_noon: datetime
    ) -> None:
        approved = approve(
            payment, vera, at_noon, verified=dollars(390), reason="Ten dollars of fees."
        )

        assert approved.verified_money == approved.applied_money == dollars(390)
        assert approved.decision_reason == "Ten dollars of fees."
        check_books()

    def test_needs_a_reason_for_a_difference(
        self, vera: User, payment: Payment, at_noon: datetime
    ) -> None:
        with pytest.raises(DecisionNeedsReason):
            approve(payment, vera, at_noon, verified=dollars(390))

    def test_never_verifies_more_than_was_claimed(
        self, vera: User, payment: Payment, at_noon: datetime
    ) -> None:
        with pytest.raises(VerifiedAmountRefused):
            approve(payment, vera, at_noon, verified=dollars(401), reason="More came.")

    def test_is_refused_to_the_seller(self, sam: User, payment: Payment, at_noon: datetime) -> None:
        with pytest.raises(MakerIsChecker):
            approve(payment, sam, at_noon)

    def test_is_refused_to_an_administrator_who_made_it(
        self, adam: User, at_noon: datetime
    ) -> None:
        own = SubmittedPaymentFactory(by=adam, at=at_noon)
        with pytest.raises(MakerIsChecker):
            approve(own, adam, at_noon)

    def test_is_refused_to_the_owner_of_the_deal(
        self, adam: User, sam: User, at_noon: datetime
    ) -> None:
        deal = WonDealFactory(by=adam, at=at_noon, splits=split((sam, "100")))
        theirs = SubmittedPaymentFactory(by=sam, deal=deal, at=at_noon)
        with pytest.raises(MakerIsChecker):
            approve(theirs, adam, at_noon)

    def test_is_refused_to_whoever_was_credited_since(
        self, vera: User, payment: Payment, at_noon: datetime
    ) -> None:
        with unguarded(SalesCreditSplit):
            SalesCreditSplit.objects.filter(deal=payment.deal).update(payee=vera)
        with pytest.raises(MakerIsChecker):
            approve(payment, vera, at_noon)

    def test_is_refused_without_the_permission(
        self, theo: User, payment: Payment, at_noon: datetime
    ) -> None:
        with pytest.raises(PermissionRefused):
            approve(payment, theo, at_noon)

    def test_is_refused_a_second_time(
        self, vera: User, viktor: User, payment: Payment, at_noon: datetime
    ) -> None:
        approve(payment, vera, at_noon)
        for checker in (vera, viktor):
            with pytest.raises(PaymentAlreadyDecided):
                approve(payment, checker, at_noon)

    def test_is_refused_for_a_draft(self, vera: User, sam: User, at_noon: datetime) -> None:
        draft = PaymentFactory(by=sam, at=at_noon)
        with pytest.raises(PaymentAlreadyDecided):
            approve(draft, vera, at_noon)

    def test_waits_for_everyone_whom_the_policy_asks(
        self, adam: User, vera: User, viktor: User, sam: User, at_noon: datetime
    ) -> None:
        step = NewStep(permission="payments.decide", approvals_needed=2)
        new = NewPolicy(
            name="Two pairs of eyes", subject_type="payments.payment", steps=(step,), priority=9
        )
        create_policy(new=new, by=adam, at=at_noon)
        payment = SubmittedPaymentFactory(by=sam, at=at_noon)

        assert approve(payment, vera, at_noon).status == "submitted"
        with pytest.raises(PaymentAlreadyDecided):
            approve(payment, vera, at_noon)
        assert approve(payment, viktor, at_noon).status == "verified"
        check_books()

    def test_counts_the_lowest_amount_that_anybody_found(
        self, adam: User, vera: User, viktor: User, sam: User, at_noon: datetime
    ) -> None:
        step = NewStep(permission="payments.decide", approvals_needed=2)
        new = NewPolicy(
            name="Two pairs of eyes", subject_type="payments.payment", steps=(step,), priority=9
        )
        create_policy(new=new, by=adam, at=at_noon)
        payment = SubmittedPaymentFactory(by=sam, at=at_noon)
        approve(payment, vera, at_noon, verified=dollars(350), reason="Fifty are missing.")

        assert approve(payment, viktor, at_noon).verified_money == dollars(350)


class TestWhatApprovalCosts:
    def test_is_the_same_however_many_payments_came_before(
        self, sam: User, vera: User, at_noon: datetime
    ) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        costs = []
        for amount in range(1, 13):
            payment = SubmittedPaymentFactory(by=sam, deal=deal, at=at_noon, money=dollars(amount))
            with CaptureQueriesContext(connection) as statements:
                approve(payment, vera, at_noon)
            costs.append(len(statements))

        assert len(set(costs[1:])) == 1  # the first one opens the series of invoices
        assert costs[-1] <= STATEMENTS_OF_APPROVE, costs


class TestApprovePaymentOverHttp:
    def test_verifies_it(self, as_vera: PrsClient, payment: Payment) -> None:
        body = {"verified_amount": {"amount": "400.00", "currency": "USD"}, "evidence": "MT940"}
        body |= seen(payment)
        data = ok(as_vera.post(f"{URL}{payment.code}/approve/", body))

        assert data["status"] == "verified"
        assert data["decisions"][0]["evidence"] == "MT940"

    def test_says_at_the_amount_that_it_is_too_fine(
        self, as_vera: PrsClient, payment: Payment
    ) -> None:
        body = {"verified_amount": {"amount": "1.005", "currency": "USD"}} | seen(payment)
        refused = error(as_vera.post(f"{URL}{payment.code}/approve/", body), 400)

        assert [each["field"] for each in refused["errors"]] == ["/verified_amount"]

    def test_is_maker_is_checker_for_the_seller(self, as_sam: PrsClient, payment: Payment) -> None:
        refused = error(as_sam.post(f"{URL}{payment.pk}/approve/", seen(payment)), 403)

        assert refused["code"] == "maker_is_checker"

    def test_is_permission_denied_for_roles_that_only_see_it(
        self, as_theo: PrsClient, as_audrey: PrsClient, as_fay: PrsClient, payment: Payment
    ) -> None:
        for client in (as_theo, as_audrey, as_fay):
            refused = error(client.post(f"{URL}{payment.pk}/approve/", seen(payment)), 403)
            assert refused["code"] == "permission_denied"

    def test_is_not_found_from_another_organization(
        self, as_mallory: PrsClient, payment: Payment
    ) -> None:
        foreign = error(as_mallory.post(f"{URL}{payment.pk}/approve/"), 404)
        nothing = error(as_mallory.post(f"{URL}{uuid4()}/approve/"), 404)

        assert foreign == nothing
        assert Payment.objects.get(pk=payment.pk).is_submitted

    def test_is_not_found_for_a_colleague_of_another_deal(
        self, as_suki: PrsClient, payment: Payment
    ) -> None:
        assert error(as_suki.post(f"{URL}{payment.pk}/approve/"), 404)["code"] == "not_found"

    @pytest.mark.parametrize("verb", ["approve", "reject", "request-changes"])
    def test_is_refused_for_content_that_was_not_seen(
        self, as_vera: PrsClient, payment: Payment, verb: str
    ) -> None:
        body, url = decision(verb), f"{URL}{payment.pk}/{verb}/"
        refused = error(as_vera.post(url, body | {"content_hash": "0" * 64}), 409)
        assert refused["code"] == "content_changed"
        ok(as_vera.post(url, body | seen(payment)))

    @pytest.mark.parametrize("verb", ["approve", "reject", "request-changes"])
    def test_is_refused_for_a_version_that_is_stale(
        self, as_sam: PrsClient, as_vera: PrsClient, payment: Payment, verb: str
    ) -> None:
        url = f"{URL}{payment.pk}/"
        etag = as_vera.get(url)["ETag"]
        more = {"amount": {"amount": "900.00", "currency": "USD"}, "late_reason": "Found."}
        ok(as_sam.patch(url, more, version=payment.version))
        body = decision(verb)
        for stale in (etag, '"no version"'):
            answer = as_vera.post(f"{url}{verb}/", body, HTTP_IF_MATCH=stale)
            assert error(answer, 412)["code"] == "stale_version"
        ok(as_vera.post(f"{url}{verb}/", body, HTTP_IF_MATCH=as_vera.get(url)["ETag"]))

    @pytest.mark.parametrize("verb", ["approve", "reject", "request-changes"])
    def test_is_refused_without_saying_what_was_seen(
        self, as_vera: PrsClient, payment: Payment, verb: str
    ) -> None:
        refused = error(as_vera.post(f"{URL}{payment.pk}/{verb}/", decision(verb)), 428)
        assert refused["code"] == "precondition_required"
        assert "If-Match" in refused["message"]
        assert "content_hash" in refused["message"]
        assert Payment.objects.get(pk=payment.pk).is_submitted

    def test_is_conflict_a_second_time(
        self, as_vera: PrsClient, as_viktor: PrsClient, payment: Payment
    ) -> None:
        ok(as_vera.post(f"{URL}{payment.pk}/approve/", seen(payment)))
        for client in (as_vera, as_viktor):
            refused = error(client.post(f"{URL}{payment.pk}/approve/", seen(payment)), 409)
            assert refused["code"] == "payment_already_decided"


class TestApplyingMoney:
    def test_covers_the_oldest_due_instalment_first(
        self, sam: User, vera: User, at_noon: datetime
    ) -> None:
        deal = WonDealFactory(by=sam, at=at_noon, instalments=two_instalments())
        VerifiedPaymentFactory(by=sam, checker=vera, deal=deal, at=at_noon, money=dollars(700))

        covered = Payment.objects.get().applications.order_by("instalment__due_on")
        found = [(part.instalment.position, part.money) for part in covered]
        assert found == [(2, dollars(600)), (1, dollars(100))]
        check_books()

    def test_leaves_the_excess_as_the_clients_credit(
        self, sam: User, vera: User, at_noon: datetime
    ) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        for amount in (700, 700, 5):
            paid = VerifiedPaymentFactory(
                by=sam, checker=vera, deal=deal, at=at_noon, money=dollars(amount)
            )

        assert (paid.applied_money, paid.unapplied_money) == (dollars(0), dollars(5))
        assert sum(each.applied_amount for each in Payment.objects.all()) == 1000
        check_books()

    def test_waits_until_the_deal_is_won(self, sam: User, vera: User, at_noon: datetime) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        paid = VerifiedPaymentFactory(by=sam, checker=vera, deal=deal, at=at_noon)
        assert (paid.applied_money, paid.unapplied_money) == (dollars(0), dollars(400))

        win(deal, sam, at_noon)
        paid.refresh_from_db()
        assert (paid.applied_money, paid.unapplied_money) == (dollars(400), dollars(0))
        check_books()

    def test_names_the_day_of_verification_for_the_commission(
        self, sam: User, vera: User, at_noon: datetime
    ) -> None:
        late = at_noon.replace(hour=23, minute=30)  # 3 March in Berlin
        payment = SubmittedPaymentFactory(by=sam, at=at_noon)
        approve(payment, vera, late)

        events = history_of(subject_type="payments.payment", subject_id=payment.pk)
        (applied,) = [event for event in events if event.name == "payments.payment_applied"]
        assert applied.payload["commission_day"] == "2026-03-03"
        assert applied.payload["amount"] == "400.00"

    def test_lets_the_money_of_an_amended_deal_cover_what_it_covered(
        self, sam: User, vera: User, at_noon: datetime
    ) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        VerifiedPaymentFactory(by=sam, checker=vera, deal=deal, at=at_noon, money=dollars(400))
        amend_to(deal, dollars(1500), sam, at_noon)
        paid = VerifiedPaymentFactory(
            by=sam, checker=vera, deal=deal, at=at_noon, money=dollars(2000)
        )

        assert paid.applied_money == dollars(1100)
        assert paid.unapplied_money == dollars(900)
        check_books()
