"""An invoice is paid with the credit of its client, straight and to the cent."""

from datetime import datetime
from functools import partial

import pytest

from shared_apps.kernel.errors import ValidationFailed
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.approvals.services import MakerIsChecker
from tenant_apps.deals.models import Deal
from tenant_apps.invoices.models import Invoice, InvoiceSettlement
from tenant_apps.invoices.selectors import open_amount
from tenant_apps.invoices.services import InvoiceNotIssued, pay_with_credit
from tenant_apps.payments.services import NothingToApply
from tests.cast import make_cast, person_named
from tests.client import PrsClient, error, ok
from tests.factories.deals import WonDealFactory
from tests.factories.invoices import DraftInvoiceFactory, IssuedInvoiceFactory
from tests.factories.payments import VerifiedPaymentFactory
from tests.payments.figures import check_books, dollars
from tests.together import run_together

URL = "/api/business/invoices/"


@pytest.fixture
def deal(sam: User, at_noon: datetime) -> Deal:
    """Return an unpaid deal over 1,000.00 of a client with 500.00 credit from another one."""
    return overpaid_client(sam, at_noon)


def overpaid_client(sam: User, at: datetime) -> Deal:
    other = WonDealFactory(by=sam, at=at)
    VerifiedPaymentFactory(by=sam, deal=other, at=at, money=dollars(1500))
    owed: Deal = WonDealFactory(client=other.client_id, by=sam, at=at)
    return owed


def issue(deal: Deal, amount: int, at: datetime) -> Invoice:
    issued: Invoice = IssuedInvoiceFactory(deal=deal, amount=dollars(amount), at=at)
    return issued


def left_of(invoice: Invoice) -> str:
    return str(open_amount(Invoice.objects.with_settled().get(pk=invoice.pk)))


class TestPayWithCredit:
    def test_meets_exactly_the_invoice_that_was_named(
        self, as_fay: PrsClient, deal: Deal, at_noon: datetime
    ) -> None:
        older, named = issue(deal, 300, at_noon), issue(deal, 400, at_noon)
        shown = ok(as_fay.post(f"{URL}{named.number}/apply-credit/"))

        assert shown["payment_status"] == "paid"
        assert (left_of(older), left_of(named)) == ("300.00 USD", "0.00 USD")
        check_books()

    def test_takes_no_more_than_was_asked(self, deal: Deal, fay: User, at_noon: datetime) -> None:
        invoice = issue(deal, 400, at_noon)
        pay_with_credit(invoice_id=invoice.pk, amount=dollars(150), by=fay, at=at_noon)
        assert left_of(invoice) == "250.00 USD"

    def test_uses_several_payments_the_oldest_first(
        self, deal: Deal, sam: User, fay: User, at_noon: datetime
    ) -> None:
        more = WonDealFactory(client=deal.client_id, by=sam, at=at_noon)
        VerifiedPaymentFactory(by=sam, deal=more, at=at_noon, money=dollars(1300))
        invoice = issue(deal, 700, at_noon)
        pay_with_credit(invoice_id=invoice.pk, amount=None, by=fay, at=at_noon)

        met = InvoiceSettlement.objects.filter(invoice=invoice).order_by("pk")
        assert [row.amount for row in met] == [500, 200]
        check_books()

    def test_is_taken_once_by_50_at_once(self, fresh_tenant: Tenant, at_noon: datetime) -> None:
        make_cast(at=at_noon)
        deal = overpaid_client(person_named("sam"), at_noon)
        invoices = [issue(deal, 500, at_noon), issue(deal, 500, at_noon)]
        fay = person_named("fay")
        tries = [
            partial(
                pay_with_credit,
                invoice_id=invoices[n % 2].pk,
                amount=dollars(500),
                by=fay,
                at=at_noon,
            )
            for n in range(50)
        ]
        results = run_together(fresh_tenant, tries)

        assert sum(isinstance(each, Invoice) for each in results) == 1
        assert {type(each) for each in results} == {Invoice, NothingToApply}
        assert sorted(left_of(each) for each in invoices) == ["0.00 USD", "500.00 USD"]
        check_books()


class TestPayWithCreditIsRefused:
    def test_without_credit_or_for_a_draft(self, sam: User, fay: User, at_noon: datetime) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        invoice = issue(deal, 400, at_noon)
        with pytest.raises(NothingToApply):
            pay_with_credit(invoice_id=invoice.pk, amount=None, by=fay, at=at_noon)
        draft = DraftInvoiceFactory(deal=deal, at=at_noon)
        with pytest.raises(InvoiceNotIssued):
            pay_with_credit(invoice_id=draft.pk, amount=None, by=fay, at=at_noon)

    @pytest.mark.parametrize("amount", [401, 600])
    def test_for_more_than_is_open_or_there(
        self, deal: Deal, fay: User, at_noon: datetime, amount: int
    ) -> None:
        invoice = issue(deal, 400 if amount == 401 else 700, at_noon)
        with pytest.raises(ValidationFailed):
            pay_with_credit(invoice_id=invoice.pk, amount=dollars(amount), by=fay, at=at_noon)
        assert not InvoiceSettlement.objects.filter(invoice=invoice).exists()

    def test_to_whoever_gains_or_may_not(
        self, as_sam: PrsClient, as_mallory: PrsClient, deal: Deal, sam: User, at_noon: datetime
    ) -> None:
        invoice = issue(deal, 400, at_noon)
        for client, status in ((as_sam, 403), (as_mallory, 404)):
            assert error(client.post(f"{URL}{invoice.pk}/apply-credit/"), status)
        with pytest.raises(MakerIsChecker):
            pay_with_credit(invoice_id=invoice.pk, amount=None, by=sam, at=at_noon)
