"""Drafting invoices by hand, and issuing them."""

from datetime import datetime
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from shared_apps.kernel.errors import ValidationFailed
from shared_apps.kernel.money import Money
from tenant_apps.accounts.models import User
from tenant_apps.clients.models import Client
from tenant_apps.deals.models import Deal
from tenant_apps.invoices.certificate import hash_of
from tenant_apps.invoices.models import Invoice
from tenant_apps.invoices.services import (
    BillingDetailsMissing,
    DealNotWon,
    InvoiceAlreadyIssued,
    NothingToInvoice,
    document_of,
    draft_invoice,
    issue_invoice,
)
from tests.client import PrsClient, error, ok
from tests.factories.deals import DealFactory, WonDealFactory
from tests.factories.invoices import DraftInvoiceFactory, IssuedInvoiceFactory
from tests.invoices.stories import check_invoices_of, numbers, taxed_deal
from tests.payments.figures import dollars
from tests.unguarded import unguarded

URL = "/api/business/invoices/"


@pytest.fixture
def deal(sam: User, at_noon: datetime) -> Deal:
    """Return a won deal of Sam's over 1,000.00."""
    won: Deal = WonDealFactory(by=sam, at=at_noon)
    return won


class TestDraftInvoice:
    def test_takes_everything_that_is_left_and_no_number(
        self, fay: User, deal: Deal, at_noon: datetime
    ) -> None:
        draft_invoice(deal_id=deal.pk, amount=dollars(300), by=fay, at=at_noon)
        rest = draft_invoice(deal_id=deal.pk, amount=None, by=fay, at=at_noon)

        assert (rest.total_money, rest.number, rest.status) == (dollars(700), None, "draft")

    def test_is_refused_when_nothing_is_left(
        self, fay: User, deal: Deal, at_noon: datetime
    ) -> None:
        draft_invoice(deal_id=deal.pk, amount=None, by=fay, at=at_noon)
        with pytest.raises(NothingToInvoice):
            draft_invoice(deal_id=deal.pk, amount=None, by=fay, at=at_noon)

    @pytest.mark.parametrize("amount", [dollars("1000.01"), Money.of(1, "EUR"), dollars(0)])
    def test_is_refused_beyond_what_is_left(
        self, fay: User, deal: Deal, at_noon: datetime, amount: Money
    ) -> None:
        with pytest.raises(ValidationFailed) as refused:
            draft_invoice(deal_id=deal.pk, amount=amount, by=fay, at=at_noon)

        assert [problem.field for problem in refused.value.problems] == ["/amount"]

    def test_is_refused_before_the_deal_is_won(
        self, fay: User, sam: User, at_noon: datetime
    ) -> None:
        open_deal = DealFactory(by=sam, at=at_noon)
        with pytest.raises(DealNotWon):
            draft_invoice(deal_id=open_deal.pk, amount=None, by=fay, at=at_noon)

    def test_works_over_http(self, as_fay: PrsClient, deal: Deal) -> None:
        body = {"deal": deal.code, "amount": {"amount": "250.00", "currency": "USD"}}
        data = ok(as_fay.post(URL, body), 201)

        assert (data["status"], data["payment_status"]) == ("draft", "draft")
        assert data["total"] == body["amount"]
        assert [line["gross"]["amount"] for line in data["lines"]] == ["250.00"]

    def test_is_refused_to_other_roles_and_organizations(
        self, as_sam: PrsClient, as_audrey: PrsClient, as_mallory: PrsClient, deal: Deal
    ) -> None:
        for client in (as_sam, as_audrey):
            error(client.post(URL, {"deal": deal.code}), 403)
        foreign = error(as_mallory.post(URL, {"deal": str(deal.pk)}), 400)
        nothing = error(as_mallory.post(URL, {"deal": str(uuid4())}), 400)
        assert foreign == nothing


class TestIssueInvoice:
    def test_gives_it_a_number_that_nothing_can_change(
        self, fay: User, deal: Deal, at_noon: datetime
    ) -> None:
        draft = DraftInvoiceFactory(deal=deal, at=at_noon)
        issued = issue_invoice(invoice_id=draft.pk, by=fay, at=at_noon)

        assert issued.number == "INV-2026-000001"
        lines = list(issued.lines.order_by("position"))
        assert issued.content_hash == hash_of(document_of(issued, lines=lines))

    def test_keeps_a_hash_that_the_stored_rows_reproduce(
        self, sam: User, at_noon: datetime
    ) -> None:
        IssuedInvoiceFactory(deal=taxed_deal(sam, at_noon), amount=dollars("77.77"), at=at_noon)

        stored = Invoice.objects.get()
        lines = list(stored.lines.order_by("position"))
        assert stored.content_hash == hash_of(document_of(stored, lines=lines))

    def test_is_refused_a_second_time(self, fay: User, deal: Deal, at_noon: datetime) -> None:
        issued = IssuedInvoiceFactory(deal=deal, at=at_noon)
        with pytest.raises(InvoiceAlreadyIssued):
            issue_invoice(invoice_id=issued.pk, by=fay, at=at_noon)

    def test_is_refused_without_billing_details(
        self, fay: User, deal: Deal, at_noon: datetime
    ) -> None:
        draft = DraftInvoiceFactory(deal=deal, at=at_noon)
        Client.objects.filter(pk=deal.client_id).update(billing_address={"city": "Berlin"})
        with pytest.raises(BillingDetailsMissing, match="billing address"):
            issue_invoice(invoice_id=draft.pk, by=fay, at=at_noon)

    def test_counts_the_year_of_the_organization(
        self, fay: User, deal: Deal, at_noon: datetime
    ) -> None:
        eve = at_noon.replace(month=12, day=31, hour=23, minute=30)  # 1 January in Berlin
        draft = DraftInvoiceFactory(deal=deal, at=at_noon)

        assert issue_invoice(invoice_id=draft.pk, by=fay, at=eve).number == "INV-2027-000001"

    def test_never_goes_back_in_time_within_a_series(
        self, sam: User, fay: User, at_noon: datetime
    ) -> None:
        first, second = (
            DraftInvoiceFactory(deal=WonDealFactory(by=sam, at=at_noon), at=at_noon)
            for _ in range(2)
        )
        later = at_noon.replace(day=3)
        issue_invoice(invoice_id=first.pk, by=fay, at=later)
        late = issue_invoice(invoice_id=second.pk, by=fay, at=at_noon)

        assert (late.number, str(late.issued_on)) == ("INV-2026-000002", "2026-03-03")

    def test_works_over_http_once_per_key(self, as_fay: PrsClient, deal: Deal) -> None:
        draft = DraftInvoiceFactory(deal=deal)
        url = f"{URL}{draft.pk}/issue/"
        first = ok(as_fay.post(url, key="issue-it-once"))

        assert ok(as_fay.post(url, key="issue-it-once")) == first
        assert (first["status"], first["payment_status"]) == ("issued", "unpaid")
        assert error(as_fay.post(url), 409)["code"] == "invoice_already_issued"
        assert ok(as_fay.get(f"{URL}{first['number']}/")) == first

    def test_is_refused_to_other_roles_and_organizations(
        self, as_sam: PrsClient, as_audrey: PrsClient, as_mallory: PrsClient, deal: Deal
    ) -> None:
        draft = DraftInvoiceFactory(deal=deal)
        for client in (as_sam, as_audrey):
            error(client.post(f"{URL}{draft.pk}/issue/"), 403)
        error(as_mallory.post(f"{URL}{draft.pk}/issue/"), 404)
        assert numbers() == []

    def test_leaves_invoices_that_add_up(self, sam: User, at_noon: datetime) -> None:
        deal = taxed_deal(sam, at_noon)
        for amount in ("0.01", "100.10", None):
            money = dollars(amount) if amount else None
            IssuedInvoiceFactory(deal=deal, amount=money, at=at_noon)
            check_invoices_of(deal)


class TestTheDatabase:
    def test_refuses_an_issued_invoice_without_a_number(
        self, deal: Deal, at_noon: datetime
    ) -> None:
        draft = DraftInvoiceFactory(deal=deal, at=at_noon)
        with pytest.raises(IntegrityError, match="invoice_issued"), transaction.atomic():
            Invoice.objects.filter(pk=draft.pk).update(status="issued")

    def test_refuses_a_number_twice(self, sam: User, at_noon: datetime) -> None:
        first, second = (
            IssuedInvoiceFactory(deal=WonDealFactory(by=sam, at=at_noon), at=at_noon)
            for _ in range(2)
        )
        with pytest.raises(IntegrityError, match="invoice_number_once"), transaction.atomic():
            Invoice.objects.filter(pk=second.pk).update(sequence=first.sequence)

    def test_refuses_a_total_that_is_not_net_and_tax(self, deal: Deal, at_noon: datetime) -> None:
        draft = DraftInvoiceFactory(deal=deal, at=at_noon)
        with (
            unguarded(Invoice),
            pytest.raises(IntegrityError, match="invoice_total"),
            transaction.atomic(),
        ):
            Invoice.objects.filter(pk=draft.pk).update(total=1)
