"""Refunds: asked for, decided by a second person, sent under the bank's reference."""

from datetime import datetime, timedelta
from functools import partial

import pytest

from shared_apps.audit.selectors import history_of
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.approvals.services import MakerIsChecker
from tenant_apps.deals.models import Deal
from tenant_apps.invoices.models import CreditNote, Invoice
from tenant_apps.invoices.services import SaleNotInvoiced, credit_invoice
from tenant_apps.ledger.selectors import outstanding_of_deal
from tenant_apps.payments.models import Payment
from tenant_apps.payments.services import (
    Allocation,
    MoreThanPaymentHolds,
    PaymentNotVerified,
    apply_credit,
)
from tenant_apps.returns.models import Kind, Return
from tenant_apps.returns.services import (
    RefundBeyondDeal,
    RefundNotApproved,
    ReturnAlreadyDecided,
    approve_return,
    send_refund,
)
from tests.cast import make_cast, person_named
from tests.client import PrsClient, error, ok
from tests.factories.commissions import PlanFactory
from tests.factories.deals import WonDealFactory, line
from tests.factories.payments import SubmittedPaymentFactory, VerifiedPaymentFactory
from tests.queries import queries_of
from tests.returns.stories import (
    approve,
    ask,
    balances,
    check_books,
    commission_of,
    refund,
    usd,
)
from tests.together import run_together

URL = "/api/business/"


@pytest.fixture
def people(sam: User, vera: User, fay: User) -> tuple[User, User, User]:
    return (sam, vera, fay)


@pytest.fixture
def deal(sam: User, at_noon: datetime) -> Deal:
    """1,000.00 with 19 % tax: 1,190.00."""
    taxed = line(tax_rate_percent=19)
    return WonDealFactory(lines=(taxed,), by=sam, at=at_noon)


@pytest.fixture
def paid(deal: Deal, sam: User, at_noon: datetime) -> Payment:
    return VerifiedPaymentFactory(deal=deal, money=usd("1190.00"), by=sam, at=at_noon)


class TestWhereTheSaleStands:
    def test_the_money_is_owed_again(
        self, paid: Payment, people: tuple[User, User, User], at_noon: datetime
    ) -> None:
        refund(paid, people, at_noon, money=usd("190.00"))

        assert balances() == {
            "receivable": "190.00",
            "cash_clearing": "1000.00",
            "revenue": "1000.00",
            "tax_payable": "190.00",
        }
        assert not CreditNote.objects.exists()
        check_books()

    def test_the_invoice_is_open_again(
        self, paid: Payment, people: tuple[User, User, User], as_fay: PrsClient, at_noon: datetime
    ) -> None:
        refund(paid, people, at_noon, money=usd("190.00"))

        [shown] = ok(as_fay.get(f"{URL}invoices/"))["results"]
        assert (shown["open"]["amount"], shown["settled"]["amount"]) == ("190.00", "1000.00")

    def test_a_later_payment_covers_what_is_owed_again(
        self,
        deal: Deal,
        paid: Payment,
        people: tuple[User, User, User],
        sam: User,
        at_noon: datetime,
    ) -> None:
        refund(paid, people, at_noon, money=usd("190.00"))
        VerifiedPaymentFactory(deal=deal, money=usd("190.00"), by=sam, at=at_noon)

        assert "receivable" not in balances()
        assert Invoice.objects.count() == 1
        check_books()

    def test_credit_goes_back_before_the_deal_gives_anything(
        self, deal: Deal, people: tuple[User, User, User], sam: User, at_noon: datetime
    ) -> None:
        much = VerifiedPaymentFactory(deal=deal, money=usd("1250.00"), by=sam, at=at_noon)
        refund(much, people, at_noon, money=usd("60.00"))

        much.refresh_from_db()
        assert (much.applied_money, much.unapplied_money) == (usd("1190.00"), usd("0.00"))
        assert "receivable" not in balances()
        check_books()


class TestWhereTheSaleIsReduced:
    def test_a_credit_note_takes_the_price_back(
        self, paid: Payment, people: tuple[User, User, User], at_noon: datetime
    ) -> None:
        refund(paid, people, at_noon, money=usd("119.00"), reduces_sale=True)

        note = CreditNote.objects.get()
        assert (note.number, str(note.net), str(note.tax)) == (
            "CN-2026-000001",
            "100.0000",
            "19.0000",
        )
        assert balances() == {
            "cash_clearing": "1071.00",
            "revenue": "1000.00",
            "tax_payable": "171.00",
            "refunds": "100.00",
        }
        check_books()

    def test_the_deal_stays_paid_and_its_invoice_too(
        self,
        deal: Deal,
        paid: Payment,
        people: tuple[User, User, User],
        as_sam: PrsClient,
        at_noon: datetime,
    ) -> None:
        refund(paid, people, at_noon, money=usd("119.00"), reduces_sale=True)

        shown = ok(as_sam.get(f"{URL}deals/{deal.code}/"))["payment"]
        assert (shown["progress"], shown["outstanding"]["amount"]) == ("paid", "0.00")
        [invoice] = ok(as_sam.get(f"{URL}invoices/"))["results"]
        assert (invoice["payment_status"], invoice["credited"]["amount"]) == ("paid", "119.00")

    def test_a_whole_refund_brings_commission_to_zero(
        self,
        deal: Deal,
        people: tuple[User, User, User],
        sam: User,
        fay: User,
        olga: User,
        at_noon: datetime,
    ) -> None:
        PlanFactory(author=fay, checker=olga, payees=[sam], at=at_noon)
        paid = VerifiedPaymentFactory(deal=deal, money=usd("1190.00"), by=sam, at=at_noon)
        assert commission_of(sam) == 50
        later = at_noon + timedelta(days=40)
        refund(paid, people, later, money=usd("1190.00"), reduces_sale=True)

        assert commission_of(sam) == 0
        check_books()

    def test_only_what_the_deal_took_and_an_invoice_asks_for_can_be_taken_off(
        self, deal: Deal, people: tuple[User, User, User], sam: User, at_noon: datetime
    ) -> None:
        much = VerifiedPaymentFactory(deal=deal, money=usd("1250.00"), by=sam, at=at_noon)
        with pytest.raises(RefundBeyondDeal):
            ask(much, Kind.REFUND, sam, at_noon, money=usd("1200.00"), reduces_sale=True)
        asked = approve(
            ask(much, Kind.REFUND, sam, at_noon, money=usd("10.00"), reduces_sale=True),
            people[1],
            at_noon,
        )
        for invoice in Invoice.objects.all():
            credit_invoice(
                invoice_id=invoice.pk, amount=None, reason="Broken", by=people[2], at=at_noon
            )
        # the sale was taken back another way meanwhile: the price is not taken off twice
        with pytest.raises(SaleNotInvoiced):
            send_refund(return_id=asked.pk, reference="T", by=people[2], at=at_noon)

    def test_its_deal_gives_the_money_and_the_credit_stays(
        self, deal: Deal, people: tuple[User, User, User], sam: User, at_noon: datetime
    ) -> None:
        much = VerifiedPaymentFactory(deal=deal, money=usd("1250.00"), by=sam, at=at_noon)
        refund(much, people, at_noon, money=usd("119.00"), reduces_sale=True)

        much.refresh_from_db()
        assert (much.applied_money, much.unapplied_money) == (usd("1071.00"), usd("60.00"))
        assert "receivable" not in balances()
        check_books()

    def test_not_by_what_another_deal_took(
        self, deal: Deal, people: tuple[User, User, User], sam: User, at_noon: datetime
    ) -> None:
        much = VerifiedPaymentFactory(deal=deal, money=usd("1690.00"), by=sam, at=at_noon)
        other = WonDealFactory(client=deal.client_id, by=sam, at=at_noon)
        allocations = [Allocation(deal=other.pk)]
        apply_credit(payment_id=much.pk, allocations=allocations, by=people[2], at=at_noon)

        with pytest.raises(RefundBeyondDeal):
            ask(much, Kind.REFUND, sam, at_noon, money=usd("1200.00"), reduces_sale=True)
        refund(much, people, at_noon, money=usd("1190.00"), reduces_sale=True)
        assert outstanding_of_deal(other.pk, "USD") == usd("500.00")
        assert outstanding_of_deal(deal.pk, "USD") == usd("0.00")
        check_books()


class TestGuards:
    def test_no_more_goes_back_than_is_there_and_not_asked_for(
        self, paid: Payment, sam: User, at_noon: datetime
    ) -> None:
        ask(paid, Kind.REFUND, sam, at_noon, money=usd("1000.00"))
        with pytest.raises(MoreThanPaymentHolds, match=r"190\.00 USD can still go back"):
            ask(paid, Kind.REFUND, sam, at_noon, money=usd("190.01"))

    def test_money_that_went_another_way_meanwhile_is_not_approved(
        self, paid: Payment, sam: User, vera: User, fay: User, at_noon: datetime
    ) -> None:
        lost = ask(paid, Kind.CHARGEBACK, fay, at_noon, money=usd("200.00"))
        asked = ask(paid, Kind.REFUND, sam, at_noon, money=usd("1000.00"))
        approve(lost, vera, at_noon)

        with pytest.raises(MoreThanPaymentHolds, match=r"holds 990\.00 USD by now"):
            approve(asked, vera, at_noon)

    def test_a_reversed_payment_gives_nothing_back(
        self, paid: Payment, sam: User, vera: User, fay: User, at_noon: datetime
    ) -> None:
        gone = ask(paid, Kind.REVERSAL, fay, at_noon)
        asked = ask(paid, Kind.REFUND, sam, at_noon, money=usd("100.00"))
        approve(gone, vera, at_noon)

        with pytest.raises(PaymentNotVerified):
            approve(asked, vera, at_noon)

    def test_only_verified_money_goes_back(self, deal: Deal, sam: User, at_noon: datetime) -> None:
        waiting = SubmittedPaymentFactory(deal=deal, by=sam, at=at_noon)
        with pytest.raises(PaymentNotVerified):
            ask(waiting, Kind.REFUND, sam, at_noon)

    def test_neither_requester_nor_seller_decides(
        self, paid: Payment, sam: User, vera: User, olga: User, at_noon: datetime
    ) -> None:
        asked = ask(paid, Kind.REFUND, vera, at_noon)
        for person in (vera, sam):
            with pytest.raises(MakerIsChecker):
                approve(asked, person, at_noon)
        assert approve(asked, olga, at_noon).status == "approved"

    def test_nothing_moves_before_it_is_sent(
        self, paid: Payment, sam: User, vera: User, at_noon: datetime
    ) -> None:
        before = balances()
        asked = approve(ask(paid, Kind.REFUND, sam, at_noon), vera, at_noon)
        assert balances() == before
        with pytest.raises(ReturnAlreadyDecided):
            approve(asked, vera, at_noon)

    def test_a_refund_is_sent_once(
        self, paid: Payment, people: tuple[User, User, User], at_noon: datetime
    ) -> None:
        sent = refund(paid, people, at_noon, money=usd("10.00"))
        with pytest.raises(RefundNotApproved):
            send_refund(return_id=sent.pk, reference="T", by=people[2], at=at_noon)

    def test_each_step_is_one_event(
        self, paid: Payment, people: tuple[User, User, User], at_noon: datetime
    ) -> None:
        sent = refund(paid, people, at_noon, money=usd("10.00"))
        events = history_of(subject_type="returns.return", subject_id=sent.pk)
        assert [event.name.partition(".")[2] for event in reversed(events)] == [
            "return_requested",
            "return_approved",
            "refund_sent",
        ]


class TestOverHttp:
    def test_runs_from_request_to_bank(
        self,
        paid: Payment,
        as_sam: PrsClient,
        as_vera: PrsClient,
        as_fay: PrsClient,
    ) -> None:
        body = {"amount": {"amount": "119.00", "currency": "USD"}, "reason": "Broken"}
        asked = ok(as_sam.post(f"{URL}payments/{paid.code}/refunds/", body), 201)
        assert (asked["code"], asked["status"]) == ("RF-0001", "requested")
        path = f"{URL}refunds/{asked['code']}/"
        seen = {"content_hash": asked["content_hash"]}

        assert ok(as_vera.post(f"{path}approve/", seen))["status"] == "approved"
        sent = ok(as_fay.post(f"{path}sent/", {"reference": "TRX-9"}))
        assert (sent["status"], sent["reference"]) == ("sent", "TRX-9")
        shown = ok(as_sam.get(f"{URL}payments/{paid.code}/"))
        assert (shown["returned"]["amount"], shown["applied"]["amount"]) == ("119.00", "1071.00")
        assert ok(as_sam.get(f"{URL}payments/{paid.code}/returns/"))["results"] == [sent]

    def test_a_decision_is_bound_to_what_was_seen(
        self, paid: Payment, sam: User, as_vera: PrsClient, at_noon: datetime
    ) -> None:
        asked = ask(paid, Kind.REFUND, sam, at_noon)
        path = f"{URL}refunds/{asked.code}/approve/"
        assert error(as_vera.post(path, {"content_hash": "0" * 64}), 409)["code"] == (
            "content_changed"
        )
        assert error(as_vera.post(path, {}), 400)["errors"][0]["field"] == "/content_hash"

    def test_a_failed_refund_moves_nothing_and_can_be_asked_again(
        self, paid: Payment, sam: User, vera: User, as_fay: PrsClient, at_noon: datetime
    ) -> None:
        asked = approve(ask(paid, Kind.REFUND, sam, at_noon), vera, at_noon)
        path = f"{URL}refunds/{asked.code}/failed/"
        failed = ok(as_fay.post(path, {"reason": "The account is closed."}))
        assert (failed["status"], failed["failure"]) == ("failed", "The account is closed.")
        assert ask(paid, Kind.REFUND, sam, at_noon).money == usd("1190.00")

    def test_is_refused_to_roles_without_the_right(
        self,
        paid: Payment,
        sam: User,
        as_sam: PrsClient,
        as_audrey: PrsClient,
        as_vera: PrsClient,
        at_noon: datetime,
    ) -> None:
        path = f"{URL}payments/{paid.code}/refunds/"
        for client in (as_audrey, as_vera):
            assert error(client.post(path, {"reason": "x"}), 403)["code"] == "permission_denied"
        asked = ask(paid, Kind.REFUND, sam, at_noon)
        seen = {"content_hash": asked.content_hash}
        for end, body in (("approve/", seen), ("sent/", {"reference": "x"})):
            refused = as_sam.post(f"{URL}refunds/{asked.code}/{end}", body)
            assert error(refused, 403)["code"] == "permission_denied"

    def test_is_not_found_by_strangers(
        self,
        paid: Payment,
        sam: User,
        as_suki: PrsClient,
        as_mallory: PrsClient,
        at_noon: datetime,
    ) -> None:
        asked = ask(paid, Kind.REFUND, sam, at_noon)
        for stranger in (as_suki, as_mallory):
            assert error(stranger.get(f"{URL}refunds/{asked.pk}/"), 404)["code"] == "not_found"
            path = f"{URL}payments/{paid.pk}/refunds/"
            assert error(stranger.post(path, {"reason": "x"}), 404)["code"] == "not_found"

    def test_costs_the_same_queries_for_1_and_20_rows(
        self, paid: Payment, sam: User, as_fay: PrsClient, at_noon: datetime
    ) -> None:
        ask(paid, Kind.REFUND, sam, at_noon, money=usd("1.00"))
        one = queries_of(lambda: as_fay.get(f"{URL}refunds/"))
        for _ in range(19):
            ask(paid, Kind.REFUND, sam, at_noon, money=usd("1.00"))
        assert queries_of(lambda: as_fay.get(f"{URL}refunds/")) == one


class TestTogether:
    def test_50_approvals_and_50_sendings_have_one_winner(
        self, fresh_tenant: Tenant, at_noon: datetime
    ) -> None:
        make_cast(at=at_noon)
        sam, vera, fay = (person_named(name) for name in ("sam", "vera", "fay"))
        paid = VerifiedPaymentFactory(by=sam, at=at_noon)
        asked = ask(paid, Kind.REFUND, sam, at_noon)
        approving = partial(
            approve_return,
            return_id=asked.pk,
            checker=vera,
            content_hash=asked.content_hash,
            at=at_noon,
        )
        outcomes = run_together(fresh_tenant, [approving] * 50)
        assert sum(isinstance(each, Return) for each in outcomes) == 1, outcomes
        sending = partial(send_refund, return_id=asked.pk, reference="T", by=fay, at=at_noon)
        outcomes = run_together(fresh_tenant, [sending] * 50)
        assert sum(isinstance(each, Return) for each in outcomes) == 1, outcomes

        paid.refresh_from_db()
        assert (paid.held_money, paid.returned_money) == (usd("0.00"), usd("400.00"))
        check_books()
