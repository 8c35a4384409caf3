"""Write-offs of what is owed, and credit notes after them."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from shared_apps.audit.selectors import history_of
from shared_apps.kernel.money import Money
from shared_apps.tenancy.context import Tenant, use_tenant
from tenant_apps.accounts.models import User
from tenant_apps.approvals.services import MakerIsChecker
from tenant_apps.clients.models import Client
from tenant_apps.deals.models import Deal
from tenant_apps.deals.services import (
    DealInReview,
    DealNotWon,
    TermChanges,
    amend_deal,
    cancel_deal,
)
from tenant_apps.invoices.client_accounts import account_of
from tenant_apps.invoices.models import Invoice
from tenant_apps.invoices.selectors import due_reminders
from tenant_apps.invoices.services import (
    credit_invoice,
    draft_invoice,
    issue_invoice,
)
from tenant_apps.payments.models import Payment
from tenant_apps.returns.models import Kind, Return
from tenant_apps.returns.services import (
    MoreOwedThanAsked,
    ReturnAlreadyRequested,
)
from tests.client import PrsClient, error, ok
from tests.factories.deals import DealFactory, WonDealFactory, line
from tests.factories.payments import SubmittedPaymentFactory, VerifiedPaymentFactory
from tests.returns.stories import (
    aged,
    approve,
    ask,
    balances,
    check_books,
    expect_again,
    give_up,
    usd,
)

URL = "/api/business/"


@pytest.fixture
def deal(sam: User, at_noon: datetime) -> Deal:
    """1,000.00 of which 400.00 are paid."""
    deal = WonDealFactory(by=sam, at=at_noon)
    VerifiedPaymentFactory(deal=deal, by=sam, at=at_noon)
    return deal


def reminded(invoice: Invoice, at: datetime) -> bool:
    """Return whether a reminder of the invoice would be sent."""
    Client.objects.filter(pk=invoice.client_id).update(email="office@northwind.example")
    return invoice in {each.invoice for each in due_reminders(at=at)}


class TestWhatWasAskedFor:
    def test_is_the_most_that_is_given_up(
        self, deal: Deal, sam: User, vera: User, fay: User, at_noon: datetime
    ) -> None:
        asked = give_up(deal, fay, at_noon)
        dearer = TermChanges(lines=(line("90000.00"),))
        amend_deal(deal_id=deal.pk, changes=dearer, reason="More", by=sam, at=at_noon)

        with pytest.raises(MoreOwedThanAsked):
            approve(asked, vera, at_noon)
        asked.refresh_from_db()
        assert asked.is_requested
        assert "bad_debt" not in balances()

    def test_may_be_less_by_then(
        self, deal: Deal, sam: User, vera: User, fay: User, at_noon: datetime
    ) -> None:
        asked = give_up(deal, fay, at_noon)
        VerifiedPaymentFactory(deal=deal, by=sam, at=at_noon, money=usd("100.00"))
        approve(asked, vera, at_noon)
        assert balances()["bad_debt"] == "500.00"
        check_books()


class TestWriteOff:
    def test_gives_up_what_is_owed_once_a_second_person_agrees(
        self, deal: Deal, fay: User, vera: User, at_noon: datetime
    ) -> None:
        asked = give_up(deal, fay, at_noon)
        assert (asked.code, asked.money) == ("WO-0001", usd("600.00"))
        approve(asked, vera, at_noon)

        deal.refresh_from_db()
        assert deal.status == "bad_debt"
        assert balances() == {
            "cash_clearing": "400.00",
            "revenue": "1000.00",
            "bad_debt": "600.00",
        }
        assert account_of(deal.client, today=date(2026, 3, 2)).status == "bad_debt"
        check_books()

    def test_leaves_nothing_to_be_asked_for(
        self, deal: Deal, fay: User, vera: User, as_fay: PrsClient, at_noon: datetime
    ) -> None:
        """The open invoice is uncollectible: it does not age, and nobody is reminded of it."""
        fitted = draft_invoice(deal_id=deal.pk, amount=usd("500.00"), by=fay, at=at_noon)
        issued = issue_invoice(invoice_id=fitted.pk, by=fay, at=at_noon)
        untouched = draft_invoice(deal_id=deal.pk, amount=None, by=fay, at=at_noon)
        later = at_noon + timedelta(days=60)
        assert reminded(issued, later)

        posted = approve(give_up(deal, fay, at_noon), vera, at_noon)
        shown = ok(as_fay.get(f"{URL}invoices/{issued.number}/"))
        assert (shown["payment_status"], shown["open"]["amount"]) == ("uncollectible", "0.00")
        assert shown["written_off"]["amount"] == "500.00"
        assert not reminded(issued, later)
        assert aged(fay, later) == []
        assert ok(as_fay.get(f"{URL}invoices/?is_open=true"))["results"] == []
        assert not Invoice.objects.filter(pk=untouched.pk).exists()

        approve(expect_again(posted, fay, at_noon), vera, at_noon)
        shown = ok(as_fay.get(f"{URL}invoices/{issued.number}/"))
        assert (shown["payment_status"], shown["written_off"]["amount"]) == ("overdue", "0.00")
        assert reminded(issued, later)
        assert aged(fay, later) == [usd("500.00")]
        names = [event.name for event in history_of("invoices.invoice", issued.pk)]
        assert names[:2] == ["invoices.invoice_expected_again", "invoices.invoice_written_off"]

    def test_shows_what_is_owed_when_money_of_before_goes_back(
        self, deal: Deal, vera: User, fay: User, as_fay: PrsClient, at_noon: datetime
    ) -> None:
        approve(give_up(deal, fay, at_noon), vera, at_noon)
        paid = Payment.objects.get()
        approve(ask(paid, Kind.CHARGEBACK, fay, at_noon, money=usd("150.00")), vera, at_noon)

        shown = ok(as_fay.get(f"{URL}deals/{deal.code}/"))
        assert (shown["status"], shown["payment"]["outstanding"]["amount"]) == (
            "bad_debt",
            "150.00",
        )
        [balance] = ok(as_fay.get(f"{URL}clients/{deal.client_id}/account/"))["balances"]
        assert balance["outstanding"] == shown["payment"]["outstanding"]
        check_books()

    def test_is_aged_on_the_days_before_it(
        self, deal: Deal, fay: User, vera: User, at_noon: datetime
    ) -> None:
        fitted = draft_invoice(deal_id=deal.pk, amount=usd("500.00"), by=fay, at=at_noon)
        issue_invoice(invoice_id=fitted.pk, by=fay, at=at_noon)
        day = timedelta(days=1)
        approve(give_up(deal, fay, at_noon + 40 * day), vera, at_noon + 40 * day)
        assert aged(fay, at_noon + 39 * day) == [usd("500.00")]
        assert aged(fay, at_noon + 40 * day) == []

    def test_is_not_decided_by_the_seller_or_the_requester(
        self, deal: Deal, fay: User, sam: User, at_noon: datetime
    ) -> None:
        asked = give_up(deal, fay, at_noon)
        for person in (fay, sam):
            with pytest.raises(MakerIsChecker):
                approve(asked, person, at_noon)

    def test_is_open_once(self, deal: Deal, fay: User, at_noon: datetime) -> None:
        give_up(deal, fay, at_noon)
        with pytest.raises(ReturnAlreadyRequested):
            give_up(deal, fay, at_noon)

    def test_waits_for_payments_in_review(
        self, deal: Deal, fay: User, sam: User, vera: User, at_noon: datetime
    ) -> None:
        asked = give_up(deal, fay, at_noon)
        SubmittedPaymentFactory(deal=deal, by=sam, at=at_noon)
        with pytest.raises(DealInReview):
            approve(asked, vera, at_noon)

    def test_needs_a_won_deal(self, sam: User, fay: User, at_noon: datetime) -> None:
        with pytest.raises(DealNotWon):
            give_up(DealFactory(by=sam, at=at_noon), fay, at_noon)

    def test_runs_over_http_and_is_refused_to_sellers(
        self, deal: Deal, as_fay: PrsClient, as_vera: PrsClient, as_theo: PrsClient
    ) -> None:
        path = f"{URL}deals/{deal.code}/write-off/"
        assert error(as_theo.post(path, {"reason": "x"}), 403)["code"] == "permission_denied"
        asked = ok(as_fay.post(path, {"reason": "Insolvent"}), 201)
        seen = {"content_hash": asked["content_hash"]}
        ok(as_vera.post(f"{URL}write-offs/{asked['code']}/approve/", seen))
        assert ok(as_fay.get(f"{URL}deals/{deal.code}/"))["status"] == "bad_debt"

    def test_is_asked_for_at_an_open_invoice(
        self, deal: Deal, fay: User, as_fay: PrsClient, as_vera: PrsClient, at_noon: datetime
    ) -> None:
        draft = draft_invoice(deal_id=deal.pk, amount=usd("500.00"), by=fay, at=at_noon)
        paid = Invoice.objects.exclude(pk=draft.pk).get()
        path = f"{URL}invoices/{draft.pk}/uncollectible/"
        for refused in (path, f"{URL}invoices/{paid.number}/uncollectible/"):
            answer = error(as_fay.post(refused, {"reason": "Insolvent"}), 409)
            assert answer["code"] == "invoice_not_open"

        issued = issue_invoice(invoice_id=draft.pk, by=fay, at=at_noon)
        asked = ok(as_fay.post(path, {"reason": "Insolvent"}), 201)
        assert (asked["kind"], asked["amount"]["amount"]) == ("write_off", "600.00")
        seen = {"content_hash": asked["content_hash"]}
        ok(as_vera.post(f"{URL}write-offs/{asked['code']}/approve/", seen))
        shown = ok(as_fay.get(f"{URL}invoices/{issued.number}/"))
        assert shown["payment_status"] == "uncollectible"

    def test_is_not_found_from_another_organization(
        self, deal: Deal, as_mallory: PrsClient
    ) -> None:
        refused = as_mallory.post(f"{URL}deals/{deal.pk}/write-off/", {"reason": "x"})
        assert error(refused, 404)["code"] == "not_found"


class TestCreditedAfterwards:
    """A credit note takes what is open, then what was given up, and only then what was paid."""

    def invoiced(self, deal: Deal, fay: User, at: datetime) -> Invoice:
        draft = draft_invoice(deal_id=deal.pk, amount=None, by=fay, at=at)
        return issue_invoice(invoice_id=draft.pk, by=fay, at=at)

    def credit(self, invoice: Invoice, by: User, at: datetime, money: Money | None = None) -> None:
        credit_invoice(invoice_id=invoice.pk, amount=money, reason="Broken", by=by, at=at)
        check_books()

    def test_in_full_takes_a_remainder_within_the_tolerance_back(
        self, acme: Tenant, sam: User, fay: User, as_fay: PrsClient, at_noon: datetime
    ) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        invoice = self.invoiced(deal, fay, at_noon)
        with use_tenant(replace(acme, settings={**acme.settings, "write_off_tolerance": "5"})):
            VerifiedPaymentFactory(deal=deal, money=usd("997.00"), by=sam, at=at_noon)
            assert balances()["bad_debt"] == "3.00"
            path = f"{URL}invoices/{invoice.number}/"
            ok(as_fay.post(f"{path}credit/", {"reason": "Broken"}), 201)

        shown = ok(as_fay.get(path))
        assert (shown["payment_status"], shown["written_off"]["amount"]) == ("credited", "0.00")
        assert balances() == {
            "cash_clearing": "997.00",
            "client_credit": "997.00",
            "revenue": "1000.00",
            "refunds": "1000.00",
        }
        names = [event.name for event in history_of("invoices.invoice", invoice.pk)]
        assert "invoices.invoice_loss_taken_back" in names
        check_books()
        cancel_deal(deal_id=deal.pk, reason="Off", by=sam, at=at_noon)
        assert balances() == {"cash_clearing": "997.00", "client_credit": "997.00"}

    def test_in_part_gives_nobody_money_back_that_nobody_has_paid(
        self, deal: Deal, fay: User, vera: User, at_noon: datetime
    ) -> None:
        invoice = self.invoiced(deal, fay, at_noon)  # 600.00 that nobody pays
        approve(give_up(deal, fay, at_noon), vera, at_noon)
        self.credit(invoice, fay, at_noon, usd("250.00"))
        assert balances() == {
            "cash_clearing": "400.00",
            "revenue": "1000.00",
            "refunds": "250.00",
            "bad_debt": "350.00",
        }
        deal.refresh_from_db()
        assert deal.status == "bad_debt"
        self.credit(invoice, fay, at_noon)
        assert balances() == {
            "cash_clearing": "400.00",
            "revenue": "1000.00",
            "refunds": "600.00",
        }
        deal.refresh_from_db()
        assert deal.status == "won"
        assert Return.objects.get(deal=deal, kind=Kind.WRITE_OFF).status == "recovered"
        assert account_of(deal.client, today=at_noon.date()).status == "clear"

    def test_leaves_what_a_recovered_deal_still_owes(
        self, deal: Deal, fay: User, vera: User, at_noon: datetime
    ) -> None:
        invoice = self.invoiced(deal, fay, at_noon)
        posted = approve(give_up(deal, fay, at_noon), vera, at_noon)
        self.credit(invoice, fay, at_noon, usd("250.00"))
        approve(expect_again(posted, fay, at_noon), vera, at_noon)
        assert balances()["receivable"] == "350.00"
        assert aged(fay, at_noon + timedelta(days=60)) == [usd("350.00")]
        check_books()

    def test_leaves_the_losses_of_other_invoices(
        self, deal: Deal, fay: User, vera: User, at_noon: datetime
    ) -> None:
        """The 400.00 that were paid have an invoice of their own: they are credit again."""
        self.invoiced(deal, fay, at_noon)
        approve(give_up(deal, fay, at_noon), vera, at_noon)
        paid = Invoice.objects.order_by("sequence").first()
        assert paid
        self.credit(paid, fay, at_noon)
        assert (balances()["bad_debt"], balances()["client_credit"]) == ("600.00", "400.00")
