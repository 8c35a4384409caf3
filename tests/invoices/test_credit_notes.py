"""Crediting issued invoices."""

from datetime import datetime
from functools import partial

import pytest

from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.deals.models import Deal
from tenant_apps.deals.services import cancel_deal
from tenant_apps.invoices.models import CreditNote, Invoice
from tenant_apps.invoices.selectors import credited_amount, open_amount, settled_amount
from tenant_apps.invoices.services import (
    InvoiceNotIssued,
    NothingToCredit,
    credit_invoice,
    draft_invoice,
    issue_invoice,
)
from tenant_apps.ledger.selectors import open_balances_of_client
from tests.cast import make_cast, person_named
from tests.client import PrsClient, error, ok
from tests.factories.deals import WonDealFactory, line
from tests.factories.invoices import IssuedInvoiceFactory
from tests.factories.payments import VerifiedPaymentFactory
from tests.invoices.stories import pay
from tests.queries import queries_of
from tests.returns.stories import balances, check_books, refund, usd
from tests.together import run_together

URL = "/api/business/"


@pytest.fixture
def deal(sam: User, at_noon: datetime) -> Deal:
    lines = (line("700.00", tax_rate_percent=19), line("300.00", tax_rate_percent=7))
    return WonDealFactory(lines=lines, by=sam, at=at_noon)


@pytest.fixture
def invoice(deal: Deal, fay: User, at_noon: datetime) -> Invoice:
    draft = draft_invoice(deal_id=deal.pk, amount=None, by=fay, at=at_noon)
    return issue_invoice(invoice_id=draft.pk, by=fay, at=at_noon)


def credit(invoice: Invoice, by: User, at: datetime, amount: str | None = None) -> CreditNote:
    return credit_invoice(
        invoice_id=invoice.pk,
        amount=usd(amount) if amount else None,
        reason="Broken",
        by=by,
        at=at,
    )


class TestCreditInvoice:
    def test_takes_each_line_and_tax_rate_back_pro_rata(
        self, invoice: Invoice, fay: User, at_noon: datetime
    ) -> None:
        note = credit(invoice, fay, at_noon, "115.40")
        lines = list(note.lines.order_by("position"))
        parts = [(str(row.net), str(row.tax)) for row in lines]
        assert parts == [("70.0000", "13.3000"), ("30.0000", "2.1000")]
        assert (str(note.net), str(note.tax)) == ("100.00", "15.40")
        check_books()

    def test_makes_the_client_owe_less(
        self, invoice: Invoice, fay: User, at_noon: datetime
    ) -> None:
        credit(invoice, fay, at_noon, "154.00")
        assert balances() == {
            "receivable": "1000.00",
            "revenue": "1000.00",
            "tax_payable": "133.45",
            "refunds": "133.45",
        }

    def test_in_parts_comes_to_the_invoice_exactly(
        self, invoice: Invoice, fay: User, as_fay: PrsClient, at_noon: datetime
    ) -> None:
        for amount in ("333.33", "333.33", None):
            credit(invoice, fay, at_noon, amount)
        with pytest.raises(NothingToCredit):
            credit(invoice, fay, at_noon)

        shown = ok(as_fay.get(f"{URL}invoices/{invoice.number}/"))
        assert (shown["payment_status"], shown["open"]["amount"]) == ("credited", "0.00")
        assert "receivable" not in balances()
        notes = CreditNote.objects.order_by("sequence").values_list("number", flat=True)
        assert list(notes) == [f"CN-2026-00000{n}" for n in (1, 2, 3)]
        check_books()

    def test_gives_what_was_paid_beyond_back_as_credit(
        self, deal: Deal, invoice: Invoice, sam: User, fay: User, at_noon: datetime
    ) -> None:
        VerifiedPaymentFactory(deal=deal, money=usd("1154.00"), by=sam, at=at_noon)
        credit(invoice, fay, at_noon, "154.00")

        (balance,) = open_balances_of_client(deal.client_id)
        assert (balance.outstanding, balance.credit) == (usd("0.00"), usd("154.00"))
        check_books()

    def test_lets_the_deal_be_cancelled_when_all_is_credited_and_returned(
        self, deal: Deal, sam: User, vera: User, fay: User, at_noon: datetime
    ) -> None:
        payment = VerifiedPaymentFactory(deal=deal, money=usd("500.00"), by=sam, at=at_noon)
        refund(payment, (sam, vera, fay), at_noon, reduces_sale=True)
        cancelled = cancel_deal(deal_id=deal.pk, reason="Called off", by=sam, at=at_noon)

        assert cancelled.status == "cancelled"
        assert balances() == {}
        check_books()

    def test_refuses_drafts_too_much_and_no_reason(
        self, deal: Deal, fay: User, as_fay: PrsClient, at_noon: datetime
    ) -> None:
        draft = draft_invoice(deal_id=deal.pk, amount=None, by=fay, at=at_noon)
        with pytest.raises(InvoiceNotIssued):
            credit(draft, fay, at_noon)
        issued = issue_invoice(invoice_id=draft.pk, by=fay, at=at_noon)
        path = f"{URL}invoices/{issued.number}/credit/"
        for body, field in (
            ({"reason": "x", "amount": {"amount": "1154.01", "currency": "USD"}}, "/amount"),
            ({"reason": "x", "amount": {"amount": "1.00", "currency": "EUR"}}, "/amount"),
            ({"reason": " "}, "/reason"),
        ):
            assert error(as_fay.post(path, body), 400)["errors"][0]["field"] == field

    def test_numbers_without_a_gap_under_50_at_once(
        self, fresh_tenant: Tenant, at_noon: datetime
    ) -> None:
        make_cast(at=at_noon)
        fay = person_named("fay")
        deal = WonDealFactory(by=person_named("sam"), at=at_noon)
        draft = draft_invoice(deal_id=deal.pk, amount=None, by=fay, at=at_noon)
        invoice = issue_invoice(invoice_id=draft.pk, by=fay, at=at_noon)
        outcomes = run_together(
            fresh_tenant, [partial(credit, invoice, fay, at_noon, "30.00")] * 50
        )

        made = [each for each in outcomes if isinstance(each, CreditNote)]
        assert len(made) == 33, outcomes
        sequences = CreditNote.objects.order_by("sequence").values_list("sequence", flat=True)
        assert list(sequences) == list(range(1, 34))
        check_books()


class TestOverHttp:
    def test_is_made_listed_and_certified(
        self, invoice: Invoice, as_fay: PrsClient, as_sam: PrsClient
    ) -> None:
        body = {"reason": "Broken", "amount": {"amount": "100.00", "currency": "USD"}}
        note = ok(as_fay.post(f"{URL}invoices/{invoice.number}/credit/", body), 201)
        assert note["invoice"]["number"] == invoice.number
        assert ok(as_sam.get(f"{URL}credit-notes/"))["results"] == [note]
        for query, found in (
            (f"client={invoice.client.code}", [note]),
            (f"client={invoice.client_id}", [note]),
            ("client=CL-9999", []),
        ):
            assert ok(as_sam.get(f"{URL}credit-notes/?{query}"))["results"] == found
        assert ok(as_sam.get(f"{URL}credit-notes/{note['number']}/")) == note
        certificate = ok(as_fay.get(f"{URL}invoices/series/credit_note/2026/certificate/"))
        assert (certificate["first"], certificate["is_gapless"]) == ("CN-2026-000001", True)

    def test_is_refused_to_sellers_and_not_found_by_strangers(
        self,
        invoice: Invoice,
        as_sam: PrsClient,
        as_suki: PrsClient,
        as_mallory: PrsClient,
        fay: User,
        at_noon: datetime,
    ) -> None:
        path = f"{URL}invoices/{invoice.number}/credit/"
        assert error(as_sam.post(path, {"reason": "x"}), 403)["code"] == "permission_denied"
        note = credit(invoice, fay, at_noon)
        for stranger in (as_suki, as_mallory):
            assert error(stranger.get(f"{URL}credit-notes/{note.pk}/"), 404)["code"] == "not_found"
        assert error(as_mallory.post(path, {"reason": "x"}), 404)["code"] == "not_found"

    def test_costs_the_same_queries_for_1_and_20_rows(
        self, invoice: Invoice, fay: User, as_fay: PrsClient, at_noon: datetime
    ) -> None:
        credit(invoice, fay, at_noon, "1.00")
        one = queries_of(lambda: as_fay.get(f"{URL}credit-notes/"))
        for _ in range(19):
            credit(invoice, fay, at_noon, "1.00")
        assert queries_of(lambda: as_fay.get(f"{URL}credit-notes/")) == one


class TestMoneyThatHadMetTheInvoice:
    """A credit note can make an invoice smaller than what was paid on it."""

    def test_moves_on_to_a_new_invoice(
        self, fay: User, vera: User, sam: User, at_noon: datetime
    ) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        pay(deal, usd("500.00"), checker=vera, at=at_noon)
        [first] = Invoice.objects.with_settled()
        credit_invoice(
            invoice_id=first.pk, amount=usd("40.00"), reason="Agreed", by=fay, at=at_noon
        )

        first, second = Invoice.objects.with_settled().order_by("sequence")
        assert (settled_amount(first), credited_amount(first)) == (usd("460.00"), usd("40.00"))
        assert (second.total_money, settled_amount(second)) == (usd("40.00"), usd("40.00"))
        check_books()

    def test_moves_on_to_an_open_invoice(
        self, fay: User, vera: User, sam: User, at_noon: datetime
    ) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        pay(deal, usd("500.00"), checker=vera, at=at_noon)
        IssuedInvoiceFactory(deal=deal, by=fay, at=at_noon)
        first, _ = Invoice.objects.order_by("sequence")
        credit_invoice(
            invoice_id=first.pk, amount=usd("40.00"), reason="Agreed", by=fay, at=at_noon
        )

        first, second = Invoice.objects.with_settled().order_by("sequence")
        assert (settled_amount(first), settled_amount(second)) == (usd("460.00"), usd("40.00"))
        assert open_amount(second) == usd("460.00")
        check_books()
