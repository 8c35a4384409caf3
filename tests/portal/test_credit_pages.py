"""Credit notes and credit in the browser: invoices taken back, money that no deal has taken."""

import pytest
from django.test import Client as Browser

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.money import Money
from tenant_apps.accounts.models import User
from tenant_apps.invoices.models import CreditNote, Invoice
from tenant_apps.payments.models import Payment
from tests.factories.clients import ClientFactory
from tests.factories.deals import WonDealFactory
from tests.factories.invoices import DraftInvoiceFactory, IssuedInvoiceFactory
from tests.factories.payments import VerifiedPaymentFactory
from tests.portal.conftest import Browsers
from tests.queries import queries_of


@pytest.fixture
def fays(fay: User, browser_of: Browsers) -> Browser:
    """Fay's browser."""
    return browser_of(fay)


class TestCreditNotes:
    @pytest.fixture
    def invoice(self, sam: User, fay: User) -> Invoice:
        """An invoice over 1,000.00."""
        return IssuedInvoiceFactory(at=utc_now())

    def credit(self, browser: Browser, invoice: Invoice, **typed: str) -> CreditNote:
        given = {"reason": "One panel was broken.", **typed}
        answer = browser.post(f"/invoices/{invoice.number}/credit/", given)
        assert answer.status_code == 303, answer.context["form"].said
        return CreditNote.objects.get(number=answer["Location"].strip("/").split("/")[-1])

    def test_take_back_a_part(self, fays: Browser, invoice: Invoice) -> None:
        note = self.credit(fays, invoice, amount="100.00")
        assert note.total_money == Money.of("100.00", "USD")
        page = fays.get(f"/credit-notes/{note.number}/")
        assert "One panel was broken." in page.content.decode()
        shown = fays.get(f"/invoices/{invoice.number}/")
        assert note.number in shown.content.decode()
        assert shown.context["row"].open == Money.of("900.00", "USD")
        assert shown.context["may_credit"]

    def test_take_back_all_that_is_left(self, fays: Browser, invoice: Invoice) -> None:
        self.credit(fays, invoice, amount="100.00")
        assert self.credit(fays, invoice).total_money == Money.of("900.00", "USD")
        assert not fays.get(f"/invoices/{invoice.number}/").context["may_credit"]

    def test_say_which_invoice_the_money_met_instead(
        self, fays: Browser, fay: User, sam: User, vera: User
    ) -> None:
        deal = WonDealFactory(by=sam, at=utc_now())
        VerifiedPaymentFactory(by=sam, at=utc_now(), deal=deal)
        paid = Invoice.objects.get(deal=deal)
        path = f"/invoices/{paid.number}/credit/"
        assert "another invoice that is made at once" in fays.get(path).content.decode()
        typed = {"amount": "100.00", "reason": "One panel was broken."}
        page = fays.post(path, typed, follow=True)
        made = Invoice.objects.exclude(pk=paid.pk).get(deal=deal)
        assert f"is invoiced again: {made.number}." in page.content.decode()
        assert f'href="/invoices/{made.number}/">{made.number}</a> $100.00' in page.content.decode()

    def test_say_nothing_of_other_invoices_where_none_is_made(
        self, fays: Browser, invoice: Invoice
    ) -> None:
        path = f"/invoices/{invoice.number}/credit/"
        assert "another invoice" not in fays.get(path).content.decode()
        page = fays.post(path, {"amount": "100.00", "reason": "Broken."}, follow=True)
        assert "The credit note is issued." in page.content.decode()
        assert "nvoiced again" not in page.content.decode()

    def test_are_downloaded_as_paper(self, fays: Browser, invoice: Invoice) -> None:
        note = self.credit(fays, invoice)
        answer = fays.get(f"/credit-notes/{note.number}/pdf/")
        assert answer.content.startswith(b"%PDF")
        assert answer["Content-Disposition"].startswith("attachment")

    def test_say_at_the_field_why_not(self, fays: Browser, invoice: Invoice) -> None:
        page = fays.post(f"/invoices/{invoice.number}/credit/", {"amount": "x", "reason": ""})
        assert page.status_code == 400
        assert page.context["form"].errors("/amount")
        assert page.context["form"].errors("/reason")

    def test_are_not_of_drafts(self, fays: Browser, fay: User, sam: User) -> None:
        draft = DraftInvoiceFactory(at=utc_now())
        assert fays.get(f"/invoices/{draft.pk}/credit/").status_code == 404

    def test_are_listed(self, fays: Browser, invoice: Invoice) -> None:
        assert "No credit notes yet" in fays.get("/credit-notes/").content.decode()
        note = self.credit(fays, invoice, amount="10.00")
        few = queries_of(lambda: fays.get("/credit-notes/"))
        for _ in range(3):
            self.credit(fays, invoice, amount="10.00")
        page = fays.get("/credit-notes/")
        assert note in [row.note for row in page.context["rows"]]
        assert queries_of(lambda: fays.get("/credit-notes/")) == few

    def test_of_others_are_not_found(
        self,
        fays: Browser,
        mallorys: Browser,
        suki: User,
        browser_of: Browsers,
        invoice: Invoice,
    ) -> None:
        note = self.credit(fays, invoice)
        for browser in (mallorys, browser_of(suki)):
            assert browser.get(f"/credit-notes/{note.number}/").status_code == 404
            assert browser.get(f"/credit-notes/{note.number}/pdf/").status_code == 404
        path = f"/invoices/{invoice.number}/credit/"
        assert mallorys.post(path, {"reason": "x"}).status_code == 404


class TestUnappliedMoney:
    @pytest.fixture
    def payment(self, sam: User, vera: User) -> Payment:
        """700.00 of which the deal took nothing: it came without one."""
        client = ClientFactory(by=sam, at=utc_now())
        return VerifiedPaymentFactory(
            by=sam, at=utc_now(), deal=None, client=client, money=Money.of("700.00", "USD")
        )

    def test_is_found_and_goes_where_it_is_sent(
        self, fays: Browser, sam: User, payment: Payment
    ) -> None:
        deal = WonDealFactory(by=sam, at=utc_now(), client=payment.client)
        payment.refresh_from_db()
        assert payment.unapplied_money == Money.of("700.00", "USD")
        assert fays.get("/payments/", {"credit": "open"}).context["shown"].rows == [payment]
        page = fays.get(f"/payments/{payment.code}/apply/")
        ((target, typed),) = page.context["lines"]
        assert (target.row.deal, typed["amount"]) == (deal, "700.00")
        form = {"allocations.0.deal": deal.code, "allocations.0.amount": "250"}
        assert fays.post(f"/payments/{payment.code}/apply/", form).status_code == 303
        payment.refresh_from_db()
        assert payment.unapplied_money == Money.of("450.00", "USD")

    def test_says_why_not(self, fays: Browser, payment: Payment) -> None:
        form = {"allocations.0.deal": "DL-9999", "allocations.0.amount": "250"}
        page = fays.post(f"/payments/{payment.code}/apply/", form)
        assert page.status_code == 400
        assert page.context["form"].said
        page = fays.post(f"/payments/{payment.code}/apply/", {})
        assert page.status_code == 400

    def test_is_not_open_to_a_salesperson(self, sams: Browser, payment: Payment) -> None:
        assert sams.get(f"/payments/{payment.code}/apply/").status_code == 403

    def test_of_another_organization_is_not_found(
        self, mallorys: Browser, payment: Payment
    ) -> None:
        assert mallorys.get(f"/payments/{payment.code}/apply/").status_code == 404
