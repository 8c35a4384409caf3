"""Reversals: a verified payment that was not money after all; and chargebacks."""

from datetime import datetime, timedelta

import pytest

from shared_apps.audit.selectors import history_of
from shared_apps.kernel.clock import utc_now
from tenant_apps.accounts.models import User
from tenant_apps.deals.models import Deal
from tenant_apps.invoices.models import CreditNote, Invoice
from tenant_apps.payments.models import Payment
from tenant_apps.payments.services import MoreThanPaymentHolds, PaymentNotVerified
from tenant_apps.returns.models import Kind
from tenant_apps.returns.services import (
    RequesterIsInterested,
    ReturnAlreadyRequested,
    reject_return,
)
from tests.cast import person_named
from tests.client import PrsClient, error, ok
from tests.factories.commissions import PlanFactory
from tests.factories.deals import WonDealFactory, split
from tests.factories.payments import VerifiedPaymentFactory
from tests.returns.stories import (
    approve,
    ask,
    balances,
    check_books,
    commission_of,
    refund,
    usd,
)

URL = "/api/business/"


@pytest.fixture
def deal(sam: User, suki: User, at_noon: datetime) -> Deal:
    return WonDealFactory(splits=split((sam, "70"), (suki, "30")), by=sam, at=at_noon)


@pytest.fixture
def paid(deal: Deal, sam: User, at_noon: datetime) -> Payment:
    return VerifiedPaymentFactory(deal=deal, money=usd("333.33"), by=sam, at=at_noon)


class TestReversePayment:
    def test_leaves_the_books_as_before_the_payment(
        self, paid: Payment, vera: User, fay: User, at_noon: datetime
    ) -> None:
        approve(ask(paid, Kind.REVERSAL, fay, at_noon), vera, at_noon)

        paid.refresh_from_db()
        assert (paid.status, paid.held_money) == ("reversed", usd("0.00"))
        assert balances() == {"receivable": "1000.00", "revenue": "1000.00"}
        check_books()

    def test_takes_no_other_amount_than_was_asked_for(
        self, paid: Payment, vera: User, fay: User, at_noon: datetime
    ) -> None:
        asked = ask(paid, Kind.REVERSAL, fay, at_noon)
        approve(ask(paid, Kind.CHARGEBACK, fay, at_noon, money=usd("33.33")), vera, at_noon)

        with pytest.raises(MoreThanPaymentHolds) as refusal:
            approve(asked, vera, at_noon)
        assert "300" in str(refusal.value)
        reject_return(
            return_id=asked.pk,
            checker=vera,
            content_hash=asked.content_hash,
            reason="Less by now.",
            at=at_noon,
        )
        again = approve(ask(paid, Kind.REVERSAL, fay, at_noon), vera, at_noon)
        assert again.money == usd("300.00")
        check_books()

    def test_takes_the_paper_back_and_the_part_is_invoiced_again(
        self, deal: Deal, paid: Payment, sam: User, vera: User, fay: User, at_noon: datetime
    ) -> None:
        approve(ask(paid, Kind.REVERSAL, fay, at_noon), vera, at_noon)
        note = CreditNote.objects.get()
        assert (note.total_money, note.reduces_sale) == (usd("333.33"), False)

        VerifiedPaymentFactory(deal=deal, money=usd("1000.00"), by=sam, at=at_noon)
        first, second = Invoice.objects.order_by("sequence")
        assert (first.total_money, second.total_money) == (usd("333.33"), usd("1000.00"))
        assert "receivable" not in balances()
        check_books()

    def test_takes_every_sellers_commission_back(
        self,
        deal: Deal,
        sam: User,
        suki: User,
        vera: User,
        fay: User,
        at_noon: datetime,
    ) -> None:
        PlanFactory(author=fay, checker=person_named("olga"), payees=[sam, suki], at=at_noon)
        first = VerifiedPaymentFactory(deal=deal, money=usd("333.33"), by=sam, at=at_noon)
        VerifiedPaymentFactory(deal=deal, money=usd("500.00"), by=sam, at=at_noon)
        later = at_noon + timedelta(days=60)
        approve(ask(first, Kind.REVERSAL, fay, later), vera, later)

        assert (commission_of(sam), commission_of(suki)) == (
            usd("17.50").amount,
            usd("7.50").amount,
        )
        check_books()

    def test_is_asked_by_nobody_who_gains_and_decided_by_another(
        self, paid: Payment, sam: User, suki: User, vera: User, fay: User, at_noon: datetime
    ) -> None:
        for interested in (sam, suki):
            with pytest.raises(RequesterIsInterested):
                ask(paid, Kind.REVERSAL, interested, at_noon)
        ask(paid, Kind.REVERSAL, fay, at_noon)
        with pytest.raises(ReturnAlreadyRequested):
            ask(paid, Kind.REVERSAL, vera, at_noon)

    def test_happens_once(self, paid: Payment, vera: User, fay: User, at_noon: datetime) -> None:
        approve(ask(paid, Kind.REVERSAL, fay, at_noon), vera, at_noon)
        with pytest.raises(PaymentNotVerified):
            ask(paid, Kind.REVERSAL, fay, at_noon)

    def test_covers_what_a_refund_has_left(
        self, paid: Payment, sam: User, vera: User, fay: User, at_noon: datetime
    ) -> None:
        refund(paid, (sam, vera, fay), at_noon, money=usd("33.33"))
        asked = approve(ask(paid, Kind.REVERSAL, fay, at_noon), vera, at_noon)
        assert asked.money == usd("300.00")
        check_books()

    def test_is_in_the_history_of_the_payment(
        self, paid: Payment, vera: User, fay: User, at_noon: datetime
    ) -> None:
        approve(ask(paid, Kind.REVERSAL, fay, at_noon), vera, at_noon)
        event = history_of(subject_type="payments.payment", subject_id=paid.pk)[0]
        assert event.name == "payments.payment_reversed"
        assert (event.before, event.after) == ({"status": "verified"}, {"status": "reversed"})

    def test_runs_over_http(
        self, paid: Payment, as_fay: PrsClient, as_vera: PrsClient, as_sam: PrsClient
    ) -> None:
        path = f"{URL}payments/{paid.code}/reverse/"
        refused = error(as_sam.post(path, {"reason": "x"}), 403)
        assert refused["code"] == "requester_is_interested"
        asked = ok(as_fay.post(path, {"reason": "The cheque bounced."}), 201)
        seen = {"content_hash": asked["content_hash"]}
        ok(as_vera.post(f"{URL}reversals/{asked['code']}/approve/", seen))
        assert ok(as_sam.get(f"{URL}payments/{paid.code}/"))["status"] == "reversed"
        assert error(as_fay.get(f"{URL}refunds/{asked['code']}/"), 404)


class TestReplacement:
    def test_names_the_payment_that_it_stands_for(
        self, paid: Payment, deal: Deal, fay: User, vera: User, as_sam: PrsClient, at_noon: datetime
    ) -> None:
        body = {
            "client": str(deal.client_id),
            "deal": deal.code,
            "amount": {"amount": "333.33", "currency": "USD"},
            "method": "cash",
            "received_on": utc_now().date().isoformat(),
            "replaces": paid.code,
        }
        early = error(as_sam.post(f"{URL}payments/", body), 400)
        assert early["errors"][0]["field"] == "/replaces"
        approve(ask(paid, Kind.REVERSAL, fay, at_noon), vera, at_noon)

        made = ok(as_sam.post(f"{URL}payments/", body), 201)
        assert made["replaces"]["code"] == paid.code
        shown = ok(as_sam.get(f"{URL}payments/{paid.code}/"))
        assert [each["code"] for each in shown["replaced_by"]] == [made["code"]]

    def test_finds_no_payment_of_another(self, deal: Deal, as_sam: PrsClient) -> None:
        body = {
            "client": str(deal.client_id),
            "amount": {"amount": "1.00", "currency": "USD"},
            "method": "cash",
            "received_on": utc_now().date().isoformat(),
            "replaces": "PY-0999",
        }
        refused = error(as_sam.post(f"{URL}payments/", body), 400)
        assert refused["errors"][0]["code"] == "not_found"


class TestChargeback:
    def test_lost_it_is_owed_again(
        self, paid: Payment, fay: User, vera: User, at_noon: datetime
    ) -> None:
        asked = ask(paid, Kind.CHARGEBACK, fay, at_noon, money=usd("100.00"))
        approve(asked, vera, at_noon)

        paid.refresh_from_db()
        assert (paid.status, paid.held_money) == ("verified", usd("233.33"))
        assert balances()["receivable"] == "766.67"
        check_books()

    def test_won_it_changes_nothing(
        self, paid: Payment, fay: User, vera: User, at_noon: datetime
    ) -> None:
        before = balances()
        asked = ask(paid, Kind.CHARGEBACK, fay, at_noon)
        reject_return(
            return_id=asked.pk,
            checker=vera,
            content_hash=asked.content_hash,
            reason="The bank sided with us.",
            at=at_noon,
        )
        assert balances() == before

    def test_cannot_take_what_was_refunded_meanwhile(
        self, paid: Payment, sam: User, fay: User, vera: User, at_noon: datetime
    ) -> None:
        asked = ask(paid, Kind.CHARGEBACK, fay, at_noon)
        refund(paid, (sam, vera, fay), at_noon, money=usd("300.00"))
        with pytest.raises(MoreThanPaymentHolds):
            approve(asked, vera, at_noon)
        check_books()
