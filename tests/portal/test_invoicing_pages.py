"""An invoice by hand, and one that is paid with the client's credit, in the browser."""

from decimal import Decimal

import pytest
from django.test import Client as Browser

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.money import Money
from tenant_apps.accounts.models import User
from tenant_apps.clients.models import Client
from tenant_apps.deals.models import Deal
from tenant_apps.invoices.models import Invoice
from tenant_apps.invoices.selectors import open_amount
from tests.factories.clients import ClientFactory
from tests.factories.deals import DealFactory, WonDealFactory
from tests.factories.invoices import IssuedInvoiceFactory
from tests.factories.payments import VerifiedPaymentFactory
from tests.portal.conftest import Browsers, key_of


@pytest.fixture
def fays(fay: User, browser_of: Browsers) -> Browser:
    return browser_of(fay)


@pytest.fixture
def client(sam: User) -> Client:
    made: Client = ClientFactory(by=sam, at=utc_now())
    return made


@pytest.fixture
def deal(client: Client, sam: User) -> Deal:
    made: Deal = WonDealFactory(by=sam, at=utc_now(), client=client)
    return made


class TestDraft:
    def test_is_of_the_part_that_was_typed_and_made_once(self, fays: Browser, deal: Deal) -> None:
        path = f"/deals/{deal.code}/invoice/"
        assert fays.get(path).status_code == 200
        for _ in range(2):
            answer = fays.post(path, {"amount": "250.00", "request_key": key_of(1)})
        invoice = Invoice.objects.get(deal=deal)
        assert answer["Location"] == f"/invoices/{invoice.pk}/"
        assert (invoice.is_draft, invoice.total) == (True, Decimal(250))

    def test_is_of_everything_where_nothing_is_typed(self, fays: Browser, deal: Deal) -> None:
        fays.post(f"/deals/{deal.code}/invoice/", {"amount": "", "request_key": key_of(1)})
        assert Invoice.objects.get(deal=deal).total == 1000

    def test_keeps_what_was_typed_and_says_why_not(self, fays: Browser, deal: Deal) -> None:
        answer = fays.post(f"/deals/{deal.code}/invoice/", {"amount": "2000"})
        assert answer.context["form"].errors("/amount") == [
            "Between nothing and $1,000.00 can be invoiced."
        ]
        assert answer.context["form"].value("/amount") == "2000"

    def test_is_refused_of_what_is_not_won(self, fays: Browser, sam: User) -> None:
        still_open = DealFactory(by=sam, at=utc_now(), status="open")
        answer = fays.post(f"/deals/{still_open.code}/invoice/", {"amount": ""})
        assert answer.status_code == 409
        assert "Only a won deal can be invoiced." in answer.content.decode()

    def test_is_not_found_from_another_organization(self, deal: Deal, mallorys: Browser) -> None:
        assert mallorys.get(f"/deals/{deal.pk}/invoice/").status_code == 404

    def test_is_offered_to_who_may(self, fays: Browser, sams: Browser, deal: Deal) -> None:
        assert fays.get(f"/deals/{deal.code}/").context["may_invoice"] is True
        assert sams.get(f"/deals/{deal.code}/").context["may_invoice"] is False


class TestPayWithCredit:
    @pytest.fixture
    def invoice(self, deal: Deal, fay: User) -> Invoice:
        return IssuedInvoiceFactory(by=fay, at=utc_now(), deal=deal)

    @pytest.fixture
    def credit(self, client: Client, sam: User) -> None:
        money = Money.of("300.00", "USD")
        VerifiedPaymentFactory(by=sam, at=utc_now(), deal=None, client=client, money=money)

    @pytest.mark.usefixtures("credit")
    def test_takes_what_there_is(self, fays: Browser, invoice: Invoice) -> None:
        path = f"/invoices/{invoice.number}/pay/"
        assert fays.get(path).context["credit"] == Money.of("300.00", "USD")
        assert path in fays.get(f"/invoices/{invoice.number}/").content.decode()
        fays.post(path, {"amount": "", "request_key": key_of(1)})
        invoice = Invoice.objects.with_settled().get(pk=invoice.pk)
        assert open_amount(invoice) == Money.of("700.00", "USD")

    @pytest.mark.usefixtures("credit")
    def test_says_how_much_is_short(self, fays: Browser, invoice: Invoice) -> None:
        answer = fays.post(f"/invoices/{invoice.number}/pay/", {"amount": "400"})
        assert answer.context["form"].errors("/amount") == [
            "The client's credit is $100.00 short of that."
        ]

    def test_is_not_offered_without_credit(self, fays: Browser, invoice: Invoice) -> None:
        assert fays.get(f"/invoices/{invoice.number}/").context["may_pay"] is False

    def test_is_not_found_from_another_organization(
        self, invoice: Invoice, mallorys: Browser
    ) -> None:
        assert mallorys.get(f"/invoices/{invoice.pk}/pay/").status_code == 404
