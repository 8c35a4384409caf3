"""Remainders within the tolerance: given up by themselves, within limits, and owed again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from shared_apps.audit.selectors import history_of
from shared_apps.tenancy.context import Tenant, use_tenant
from tenant_apps.accounts.models import User
from tenant_apps.deals.services import TermChanges, amend_deal, cancel_deal
from tenant_apps.invoices.models import Invoice
from tenant_apps.invoices.selectors import payment_status
from tenant_apps.invoices.services import NothingToInvoice, draft_invoice, issue_invoice
from tenant_apps.returns.models import Kind
from tenant_apps.returns.services import send_refund
from tests.factories.deals import WonDealFactory, line
from tests.factories.payments import VerifiedPaymentFactory
from tests.returns.stories import aged, approve, ask, balances, check_books, refund, usd


class TestTolerance:
    @pytest.fixture(autouse=True)
    def _tolerant(self, acme: Tenant, db: None) -> Iterator[None]:
        settings = {**acme.settings, "write_off_tolerance": "0.50"}
        with use_tenant(replace(acme, settings=settings)):
            yield

    @pytest.mark.parametrize(
        ("paid", "progress", "written_off"),
        [("999.50", "paid", "0.50"), ("999.49", "partially_paid", None), ("1000.00", "paid", None)],
    )
    def test_gives_up_small_remainders_visibly(
        self, sam: User, at_noon: datetime, paid: str, progress: str, written_off: str | None
    ) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        VerifiedPaymentFactory(deal=deal, money=usd(paid), by=sam, at=at_noon)

        assert balances().get("bad_debt") == written_off
        names = [event.name for event in history_of("deals.deal", deal.pk)]
        assert ("deals.remainder_written_off" in names) is (written_off is not None)
        open_ones = [
            payment_status(each, today=at_noon.date())
            for each in Invoice.objects.filter(deal=deal).with_settled()
        ]
        assert set(open_ones) == {"paid"}
        check_books()

    def test_covers_an_invoice_that_was_sent_before(
        self, sam: User, fay: User, at_noon: datetime
    ) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        draft = draft_invoice(deal_id=deal.pk, amount=None, by=fay, at=at_noon)
        issue_invoice(invoice_id=draft.pk, by=fay, at=at_noon)
        VerifiedPaymentFactory(deal=deal, money=usd("999.80"), by=sam, at=at_noon)
        (invoice,) = Invoice.objects.filter(deal=deal).with_settled()
        assert payment_status(invoice, today=date(2027, 1, 1)) == "paid"
        assert aged(fay, at_noon + timedelta(days=60)) == []
        check_books()

    def test_is_not_invoiced_by_hand(self, sam: User, fay: User, at_noon: datetime) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        VerifiedPaymentFactory(deal=deal, money=usd("999.80"), by=sam, at=at_noon)
        with pytest.raises(NothingToInvoice):
            draft_invoice(deal_id=deal.pk, amount=None, by=fay, at=at_noon)

    @pytest.mark.parametrize("kind", [Kind.REVERSAL, Kind.CHARGEBACK, Kind.REFUND])
    def test_is_owed_again_when_the_money_goes_back(
        self, sam: User, fay: User, vera: User, viktor: User, at_noon: datetime, kind: Kind
    ) -> None:
        """It was given up because the rest was paid."""
        deal = WonDealFactory(by=sam, at=at_noon)
        draft = draft_invoice(deal_id=deal.pk, amount=None, by=fay, at=at_noon)
        issue_invoice(invoice_id=draft.pk, by=fay, at=at_noon)
        payment = VerifiedPaymentFactory(
            deal=deal, money=usd("999.80"), by=sam, checker=vera, at=at_noon
        )
        assert balances()["bad_debt"] == "0.20"
        asked = approve(ask(payment, kind, fay, at_noon), viktor, at_noon)
        if kind == Kind.REFUND:
            send_refund(return_id=asked.pk, reference="TRX-1", by=fay, at=at_noon)

        assert (balances().get("bad_debt"), balances()["receivable"]) == (None, "1000.00")
        names = [event.name for event in history_of("deals.deal", deal.pk)]
        assert "deals.remainder_expected_again" in names
        check_books()
        VerifiedPaymentFactory(deal=deal, money=usd("1000.00"), by=sam, at=at_noon)
        assert "client_credit" not in balances()
        check_books()

    def test_stays_given_up_when_a_refund_reduces_the_sale(
        self, sam: User, fay: User, vera: User, at_noon: datetime
    ) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        payment = VerifiedPaymentFactory(deal=deal, money=usd("999.80"), by=sam, at=at_noon)
        refund(payment, (fay, vera, fay), at_noon, money=usd("100.00"), reduces_sale=True)
        assert (balances()["bad_debt"], balances().get("receivable")) == ("0.20", None)
        check_books()

    @pytest.mark.parametrize(("price", "left"), [("30.00", "0.31"), ("1000.00", "10.01")])
    def test_is_never_more_than_one_percent_and_the_limit(
        self, acme: Tenant, sam: User, at_noon: datetime, price: str, left: str
    ) -> None:
        """Whatever was chosen before there was a limit: 1 % of the deal, and 10.00 USD."""
        chosen = {**acme.settings, "write_off_tolerance": "500"}
        with use_tenant(replace(acme, settings=chosen)):
            deal = WonDealFactory(by=sam, at=at_noon, lines=(line(price),))
            VerifiedPaymentFactory(deal=deal, money=usd(price) - usd(left), by=sam, at=at_noon)
            assert balances()["receivable"] == left
        check_books()

    def test_counts_what_was_given_up_of_the_deal_before(
        self, sam: User, at_noon: datetime
    ) -> None:
        """A deal that grows does not give up a remainder each time."""
        deal = WonDealFactory(by=sam, at=at_noon)
        VerifiedPaymentFactory(deal=deal, money=usd("999.60"), by=sam, at=at_noon)
        dearer = TermChanges(lines=(line("1100.00"),))
        amend_deal(deal_id=deal.pk, changes=dearer, reason="More", by=sam, at=at_noon)
        VerifiedPaymentFactory(deal=deal, money=usd("99.60"), by=sam, at=at_noon)
        assert (balances()["bad_debt"], balances()["receivable"]) == ("0.40", "0.40")
        check_books()

    def test_is_taken_back_with_the_deal(self, sam: User, at_noon: datetime) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        payment = VerifiedPaymentFactory(deal=deal, money=usd("999.80"), by=sam, at=at_noon)
        assert balances()["bad_debt"] == "0.20"
        assert payment.status == "verified"
        with pytest.raises(Exception, match="money"):
            cancel_deal(deal_id=deal.pk, reason="Off", by=sam, at=at_noon)
