"""The page of a step with money that cannot be taken says why not, instead of asking for it."""

from datetime import timedelta

import pytest
from django.test import Client as Browser

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.money import Money
from tenant_apps.accounts.models import User
from tenant_apps.deals.models import Deal
from tenant_apps.invoices.models import Invoice
from tenant_apps.invoices.services import (
    credit_invoice,
    pause_client_reminders,
    pause_invoice_reminders,
)
from tenant_apps.payments.models import Payment
from tests.factories.deals import DealFactory, WonDealFactory
from tests.factories.invoices import IssuedInvoiceFactory
from tests.factories.payments import (
    PaymentFactory,
    SubmittedPaymentFactory,
    VerifiedPaymentFactory,
)
from tests.portal.conftest import Browsers
from tests.portal.refused import why_not
from tests.returns.stories import approve, give_up


@pytest.fixture
def fays(fay: User, browser_of: Browsers) -> Browser:
    """Fay's browser."""
    return browser_of(fay)


@pytest.fixture
def paid(sam: User, vera: User) -> Invoice:
    """An invoice that a payment met in full."""
    deal = WonDealFactory(by=sam, at=utc_now())
    VerifiedPaymentFactory(by=sam, at=utc_now(), deal=deal, money=Money.of("1000.00", "USD"))
    return Invoice.objects.get(deal=deal)


@pytest.fixture
def late(fay: User) -> Invoice:
    """An invoice that has been due for some days."""
    then = utc_now() - timedelta(days=20)
    return IssuedInvoiceFactory(by=fay, at=then, deal=WonDealFactory(at=then))


class TestInvoices:
    def test_that_are_paid_are_not_reminded_of(self, fays: Browser, paid: Invoice) -> None:
        said = why_not(fays, f"/invoices/{paid.number}/remind/")
        assert "Nothing is open on this invoice; there is nothing to remind of." in said

    def test_that_are_disputed_are_not_reminded_of(
        self, fays: Browser, fay: User, late: Invoice
    ) -> None:
        pause_invoice_reminders(
            invoice_id=late.pk, reason="Broken.", is_dispute=True, by=fay, at=utc_now()
        )
        said = why_not(fays, f"/invoices/{late.number}/remind/")
        assert "This invoice is disputed; its reminders are held back." in said

    def test_of_a_client_whose_reminders_are_held_back_are_not_reminded_of(
        self, fays: Browser, fay: User, late: Invoice
    ) -> None:
        pause_client_reminders(client_id=late.client_id, reason="Kin.", by=fay, at=utc_now())
        said = why_not(fays, f"/invoices/{late.number}/remind/")
        assert "All reminders of this client are held back." in said

    def test_are_not_reminded_of_twice_a_day(self, fays: Browser, late: Invoice) -> None:
        path = f"/invoices/{late.number}/remind/"
        assert fays.post(path).status_code == 303
        assert "This client was reminded today already" in why_not(fays, path)

    def test_that_are_credited_are_not_credited_again(
        self, fays: Browser, fay: User, late: Invoice
    ) -> None:
        credit_invoice(invoice_id=late.pk, amount=None, reason="All", by=fay, at=utc_now())
        said = why_not(fays, f"/invoices/{late.number}/credit/")
        assert "This invoice is credited in full already." in said

    def test_are_paid_while_they_are_open_and_there_is_credit(
        self, fays: Browser, paid: Invoice, late: Invoice
    ) -> None:
        said = why_not(fays, f"/invoices/{paid.number}/pay/")
        assert "Nothing is open on this invoice; there is nothing to pay." in said
        said = why_not(fays, f"/invoices/{late.number}/pay/")
        assert "This client has no credit in USD." in said

    def test_are_drafted_while_something_is_left(self, fays: Browser, late: Invoice) -> None:
        why_not(fays, f"/deals/{late.deal.code}/invoice/")
        draft = DealFactory()
        assert "Only a won deal can be invoiced." in why_not(fays, f"/deals/{draft.code}/invoice/")


class TestPayments:
    @pytest.fixture
    def draft(self, sam: User) -> Payment:
        return PaymentFactory(by=sam, at=utc_now())

    @pytest.fixture
    def verified(self, sam: User, vera: User) -> Payment:
        return VerifiedPaymentFactory(by=sam, at=utc_now())

    def test_take_the_steps_from_where_they_stand(
        self, sams: Browser, draft: Payment, verified: Payment
    ) -> None:
        for payment, step, reason in (
            (draft, "withdraw", "Only a payment that waits for its decision can be withdrawn."),
            (draft, "resubmit", "Only a payment with requested changes can be resubmitted."),
            (verified, "submit", "Only a draft can be submitted"),
            (verified, "withdraw", "Only a payment that waits for its decision can be withdrawn."),
        ):
            assert reason in why_not(sams, f"/payments/{payment.code}/move/{step}/")
        assert sams.get(f"/payments/{draft.code}/move/submit/").status_code == 200

    def test_are_assigned_while_they_wait(
        self, browser_of: Browsers, adam: User, verified: Payment, sam: User
    ) -> None:
        adams = browser_of(adam)
        said = why_not(adams, f"/payments/{verified.code}/assign/")
        assert "This payment does not wait for a decision any more." in said
        waiting = SubmittedPaymentFactory(by=sam, at=utc_now())
        assert adams.get(f"/payments/{waiting.code}/assign/").status_code == 200

    def test_are_applied_while_they_hold_credit(
        self, fays: Browser, draft: Payment, verified: Payment
    ) -> None:
        said = why_not(fays, f"/payments/{verified.code}/apply/")
        assert "This payment has no credit left." in said
        said = why_not(fays, f"/payments/{draft.code}/apply/")
        assert "Only a verified payment has money to apply." in said

    @pytest.mark.parametrize("kind", ["refund", "reversal", "chargeback"])
    def test_go_back_once_they_are_verified(self, fays: Browser, draft: Payment, kind: str) -> None:
        said = why_not(fays, f"/payments/{draft.code}/return/{kind}/")
        assert "Only a verified payment can be refunded, charged back or reversed." in said

    def test_go_back_once(self, fays: Browser, verified: Payment) -> None:
        path = f"/payments/{verified.code}/return/refund/"
        assert fays.get(path).status_code == 200
        assert fays.post(path, {"reason": "They asked."}).status_code == 303
        assert "Of this payment $0.00 can still go back." in why_not(fays, path)

    def test_are_not_reversed_by_their_maker(self, sams: Browser, verified: Payment) -> None:
        said = why_not(sams, f"/payments/{verified.code}/return/reversal/", 403)
        assert "somebody else must ask" in said
        html = sams.get(f"/payments/{verified.code}/").content.decode()
        assert f"/payments/{verified.code}/return/refund/" in html
        assert f"/payments/{verified.code}/return/reversal/" not in html

    def test_that_are_decided_offer_their_remarks_alone(
        self, sams: Browser, verified: Payment
    ) -> None:
        path = f"/payments/{verified.code}/edit/"
        html = sams.get(path).content.decode()
        assert "only its remarks can change" in html
        assert 'name="amount"' not in html
        typed = {"version": verified.version, "remarks": "Came in two parts."}
        assert sams.post(path, typed).status_code == 303
        verified.refresh_from_db()
        assert verified.remarks == "Came in two parts."
        assert verified.is_verified

    def test_are_not_added_to_a_deal_that_is_over(self, sams: Browser, sam: User) -> None:
        deal = DealFactory(by=sam, at=utc_now(), status="open")
        sams.post(f"/deals/{deal.code}/move/lose/", {"reason": "Too dear."})
        path = f"/payments/new/?deal={deal.code}"
        assert path not in sams.get(f"/deals/{deal.code}/").content.decode()
        page = sams.get(path)
        assert page.status_code == 400
        html = page.content.decode()
        assert "This deal is closed; it takes no payments." in html
        assert f'<option value="{deal.code}" selected' in html


class TestDeals:
    @pytest.fixture
    def won(self, sam: User) -> Deal:
        return WonDealFactory(by=sam, at=utc_now())

    def test_take_the_steps_from_where_they_stand(
        self, sams: Browser, sam: User, won: Deal
    ) -> None:
        draft = DealFactory(by=sam, at=utc_now())
        for deal, step, reason in (
            (won, "win", "The deal is not open."),
            (won, "submit", "The deal is not a draft any more."),
            (draft, "cancel", "The deal is not won."),
            (draft, "reopen", "Only a lost or won deal can be reopened."),
        ):
            assert reason in why_not(sams, f"/deals/{deal.code}/move/{step}/")
        assert sams.get(f"/deals/{won.code}/move/cancel/").status_code == 200

    def test_that_hold_verified_money_are_neither_reopened_nor_cancelled(
        self, sams: Browser, paid: Invoice
    ) -> None:
        for step in ("reopen", "cancel"):
            said = why_not(sams, f"/deals/{paid.deal.code}/move/{step}/")
            assert "return or credit it first" in said
        head = sams.get(f"/deals/{paid.deal.code}/").content.decode()
        assert "move-reopen" not in head
        assert "move-cancel" not in head
        assert "Not possible now: Reopen, Cancel the deal." in head
        assert "return or credit it first" in head

    def test_that_are_invoiced_are_neither_reopened_nor_cancelled(
        self, sams: Browser, sam: User, fay: User
    ) -> None:
        deal = WonDealFactory(by=sam, at=utc_now())
        IssuedInvoiceFactory(by=fay, at=utc_now(), deal=deal)
        for step in ("reopen", "cancel"):
            said = why_not(sams, f"/deals/{deal.code}/move/{step}/")
            assert "it has to be credited first" in said
        assert "it has to be credited first" in sams.get(f"/deals/{deal.code}/").content.decode()

    def test_without_lines_are_not_handed_in(self, sams: Browser, sam: User) -> None:
        draft = DealFactory(by=sam, at=utc_now(), status="draft", lines=())
        said = why_not(sams, f"/deals/{draft.code}/move/submit/", 400)
        assert "A deal that is handed in has at least one line." in said
        assert "move-submit" not in sams.get(f"/deals/{draft.code}/").content.decode()

    def test_are_discounted_before_they_are_won_and_above_the_limit(
        self, sams: Browser, sam: User, won: Deal
    ) -> None:
        said = why_not(sams, f"/deals/{won.code}/discount/")
        assert "a discount is asked for with its new terms" in said
        plain = DealFactory(by=sam, at=utc_now())
        said = why_not(sams, f"/deals/{plain.code}/discount/")
        assert "The discount is within the limit" in said

    def test_are_amended_once_they_are_won(self, sams: Browser, sam: User) -> None:
        draft = DealFactory(by=sam, at=utc_now())
        assert "The deal is not won." in why_not(sams, f"/deals/{draft.code}/amend/")

    def test_are_given_up_while_something_is_owed(
        self, fays: Browser, paid: Invoice, sam: User
    ) -> None:
        said = why_not(fays, f"/deals/{paid.deal.code}/write-off/")
        assert "Nothing is owed on this deal." in said
        draft = DealFactory(by=sam, at=utc_now())
        assert "The deal is not won." in why_not(fays, f"/deals/{draft.code}/write-off/")

    def test_are_given_up_and_expected_again_by_one_question(
        self, fays: Browser, sams: Browser, sam: User, fay: User, vera: User
    ) -> None:
        deal = WonDealFactory(by=sam, at=utc_now())
        path = f"/deals/{deal.code}/write-off/"
        assert path in fays.get(f"/deals/{deal.code}/").content.decode()
        asked = give_up(deal, fay, utc_now())
        assert "This has been asked for already" in why_not(fays, path)
        assert path not in fays.get(f"/deals/{deal.code}/").content.decode()
        approve(asked, vera, utc_now())
        again = f"/returns/{asked.code}/recover/"
        assert again in fays.get(f"/returns/{asked.code}/").content.decode()
        assert again not in sams.get(f"/returns/{asked.code}/").content.decode()

    def test_that_are_invoiced_offer_no_draft(self, fays: Browser, sam: User, fay: User) -> None:
        deal = WonDealFactory(by=sam, at=utc_now())
        assert f"/deals/{deal.code}/invoice/" in fays.get(f"/deals/{deal.code}/").content.decode()
        IssuedInvoiceFactory(by=fay, at=utc_now(), deal=deal)
        html = fays.get(f"/deals/{deal.code}/").content.decode()
        assert f"/deals/{deal.code}/invoice/" not in html
