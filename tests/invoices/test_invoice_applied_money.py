"""Verified money meets open invoices, and a new invoice covers what is not invoiced."""

from datetime import datetime

import pytest

from shared_apps.audit.selectors import history_of
from tenant_apps.accounts.models import User
from tenant_apps.clients.models import Client
from tenant_apps.deals.models import DealLine
from tenant_apps.invoices.models import Invoice, InvoiceSettlement
from tenant_apps.invoices.services import issue_invoice
from tests.factories.deals import DealFactory, WonDealFactory
from tests.factories.invoices import DraftInvoiceFactory, IssuedInvoiceFactory
from tests.invoices.stories import check_invoices_of, invoiced, numbers, pay, taxed_deal
from tests.payments.figures import dollars
from tests.payments.stories import amend_to, win


def settled(invoice: Invoice) -> int:
    """Return the money that met the invoice."""
    return sum(int(row.amount) for row in InvoiceSettlement.objects.filter(invoice=invoice))


class TestInvoiceForAppliedMoney:
    def test_is_issued_and_settled_at_once(self, sam: User, vera: User, at_noon: datetime) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        payment = pay(deal, dollars(400), checker=vera, at=at_noon)

        invoice = Invoice.objects.get()
        assert (invoice.number, invoice.total_money) == ("INV-2026-000001", dollars(400))
        assert (str(invoice.issued_on), str(invoice.due_on)) == ("2026-03-02", "2026-03-16")
        settlement = InvoiceSettlement.objects.get()
        assert (settlement.invoice_id, settlement.payment_id) == (invoice.pk, payment.pk)
        assert settlement.amount == 400

    def test_keeps_both_sides_as_they_were(self, sam: User, vera: User, at_noon: datetime) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        name = Client.objects.get(pk=deal.client_id).name
        pay(deal, dollars(400), checker=vera, at=at_noon)
        Client.objects.filter(pk=deal.client_id).update(name="Renamed")

        invoice = Invoice.objects.get()
        assert invoice.party["name"] == name
        assert invoice.issuer["legal_name"] == "Acme Ltd"

    def test_brings_every_line_to_its_exact_net_and_tax(
        self, sam: User, vera: User, at_noon: datetime
    ) -> None:
        deal = taxed_deal(sam, at_noon)
        for amount in ("0.01", "333.33", "100.00", "0.05", "220.60"):
            pay(deal, dollars(amount), checker=vera, at=at_noon)
            check_invoices_of(deal)

        for whole in DealLine.objects.filter(version=deal.current_version):
            assert invoiced(whole) == (whole.net, whole.tax)
        assert numbers() == [f"INV-2026-00000{number}" for number in (1, 2, 3, 4, 5)]

    def test_covers_no_more_than_the_deal_takes(
        self, sam: User, vera: User, at_noon: datetime
    ) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        pay(deal, dollars(1200), checker=vera, at=at_noon)

        assert Invoice.objects.get().total_money == dollars(1000)

    def test_meets_open_invoices_first(self, sam: User, vera: User, at_noon: datetime) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        ahead = IssuedInvoiceFactory(deal=deal, amount=dollars(300), at=at_noon)
        pay(deal, dollars(400), checker=vera, at=at_noon)

        new = Invoice.objects.exclude(pk=ahead.pk).get()
        assert (settled(ahead), settled(new)) == (300, 100)
        assert new.total_money == dollars(100)

    def test_makes_no_new_invoice_while_an_open_one_takes_it(
        self, sam: User, vera: User, at_noon: datetime
    ) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        whole = IssuedInvoiceFactory(deal=deal, at=at_noon)
        for amount in (400, 600):
            pay(deal, dollars(amount), checker=vera, at=at_noon)

        assert Invoice.objects.count() == 1
        assert settled(whole) == 1000

    def test_issues_the_draft_that_it_meets(self, sam: User, vera: User, at_noon: datetime) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        DraftInvoiceFactory(deal=deal, at=at_noon)
        pay(deal, dollars(400), checker=vera, at=at_noon)

        invoice = Invoice.objects.get()
        assert (invoice.number, invoice.total_money) == ("INV-2026-000001", dollars(1000))
        assert settled(invoice) == 400

    def test_comes_when_a_paid_deal_is_won(self, sam: User, vera: User, at_noon: datetime) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        pay(deal, dollars(400), checker=vera, at=at_noon)
        assert not Invoice.objects.exists()

        win(deal, sam, at_noon)
        assert numbers() == ["INV-2026-000001"]

    def test_covers_what_an_amendment_adds(self, sam: User, vera: User, at_noon: datetime) -> None:
        deal = taxed_deal(sam, at_noon)
        pay(deal, dollars(300), checker=vera, at=at_noon)
        amended = amend_to(deal, dollars(900), sam, at_noon)
        pay(deal, dollars(900), checker=vera, at=at_noon)

        assert sum(invoice.total for invoice in Invoice.objects.all()) == 900
        check_invoices_of(amended)


class TestMissingBillingDetails:
    def test_leave_a_draft_and_never_stop_the_money(
        self, sam: User, vera: User, at_noon: datetime
    ) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        Client.objects.filter(pk=deal.client_id).update(billing_address={})
        payment = pay(deal, dollars(400), checker=vera, at=at_noon)

        draft = Invoice.objects.get()
        assert payment.status == "verified"
        assert (draft.status, draft.number) == ("draft", None)
        assert draft.draft_reason == "The client's name or billing address is incomplete."
        assert settled(draft) == 400
        events = history_of(subject_type="invoices.invoice", subject_id=draft.pk)
        assert "invoices.invoice_drafted" in {event.name for event in events}

    def test_take_no_number_until_they_are_complete(
        self, sam: User, vera: User, fay: User, at_noon: datetime
    ) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        address = Client.objects.get(pk=deal.client_id).billing_address
        Client.objects.filter(pk=deal.client_id).update(billing_address={})
        pay(deal, dollars(400), checker=vera, at=at_noon)
        draft = Invoice.objects.get()

        Client.objects.filter(pk=deal.client_id).update(billing_address=address)
        pay(deal, dollars(600), checker=vera, at=at_noon)
        assert numbers() == ["INV-2026-000001"]
        issue_invoice(invoice_id=draft.pk, by=fay, at=at_noon)

        assert numbers() == ["INV-2026-000001", "INV-2026-000002"]
        check_invoices_of(deal)

    @pytest.mark.parametrize("amounts", [(400, 600), (999, 1), (500, 700)])
    def test_settle_all_the_money_all_the_same(
        self, sam: User, vera: User, at_noon: datetime, amounts: tuple[int, int]
    ) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        Client.objects.filter(pk=deal.client_id).update(billing_address={})
        for amount in amounts:
            pay(deal, dollars(amount), checker=vera, at=at_noon)

        assert sum(row.amount for row in InvoiceSettlement.objects.all()) == 1000
