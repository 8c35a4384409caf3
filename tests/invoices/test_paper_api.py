"""PDFs of invoices and credit notes over HTTP, and the one that is kept."""

import hashlib
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tenant_apps.accounts.models import User
from tenant_apps.clients.models import Client
from tenant_apps.invoices.models import CreditNote, Invoice, StoredPaper
from tenant_apps.invoices.selectors import find_invoice, logo_of
from tenant_apps.invoices.services import credit_invoice, keep_paper
from tests.client import PrsClient, error
from tests.factories.deals import WonDealFactory
from tests.factories.documents import StoredFileFactory, picture
from tests.factories.invoices import DraftInvoiceFactory, IssuedInvoiceFactory
from tests.invoices.papers import pages_of
from tests.invoices.policies import chosen
from tests.invoices.stories import pay, taxed_deal
from tests.notifications.test_reactions import deliver_everything
from tests.payments.figures import dollars

URL = "/api/business/invoices/"
NOTES = "/api/business/credit-notes/"


@pytest.fixture
def invoice(sam: User, at_noon: datetime) -> Invoice:
    """Return an issued invoice of a deal of Sam's over two lines."""
    issued: Invoice = IssuedInvoiceFactory(deal=taxed_deal(sam, at_noon), at=at_noon)
    return issued


@pytest.fixture
def both(invoice: Invoice, fay: User, at_noon: datetime) -> tuple[Invoice, CreditNote]:
    """Return the invoice with a credit note over all of it."""
    note = credit_invoice(invoice_id=invoice.pk, amount=None, reason="Broken.", by=fay, at=at_noon)
    return invoice, note


def pdf(client: PrsClient, paper: Invoice | CreditNote, query: str = "") -> Any:
    """Ask for the PDF of a paper."""
    url = URL if isinstance(paper, Invoice) else NOTES
    return client.get(f"{url}{paper.pk}/pdf/{query}")


def only_page(client: PrsClient, paper: Invoice) -> str:
    """Return the text of a paper of one page, its lines joined."""
    (page,) = pages_of(pdf(client, paper).content)
    return " ".join(page.split())


class TestDownload:
    def test_gives_the_paper_as_an_attachment(self, as_sam: PrsClient, invoice: Invoice) -> None:
        answer = pdf(as_sam, invoice)

        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"] == "attachment; filename*=UTF-8''INV-2026-000001.pdf"
        assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == (
            "private, no-store",
            "nosniff",
        )
        (page,) = pages_of(answer.content)
        assert "INV-2026-000001" in page
        assert invoice.content_hash in page

    def test_is_found_by_number_too(self, as_fay: PrsClient, invoice: Invoice) -> None:
        assert as_fay.get(f"{URL}{invoice.number}/pdf/").content == pdf(as_fay, invoice).content

    def test_marks_a_copy(self, as_sam: PrsClient, invoice: Invoice) -> None:
        answer = pdf(as_sam, invoice, "?is_copy=true")

        assert "COPY" in pages_of(answer.content)[0]
        assert "INV-2026-000001-copy.pdf" in answer["Content-Disposition"]

    def test_of_a_draft_says_so(self, as_fay: PrsClient, sam: User, at_noon: datetime) -> None:
        draft = DraftInvoiceFactory(deal=WonDealFactory(by=sam, at=at_noon), at=at_noon)

        (page,) = pages_of(pdf(as_fay, draft).content)
        assert "Draft" in page
        assert "INV-" not in page

    def test_of_a_credit_note_names_its_invoice(
        self, as_sam: PrsClient, fay: User, invoice: Invoice, at_noon: datetime
    ) -> None:
        note = credit_invoice(
            invoice_id=invoice.pk, amount=None, reason="Broken.", by=fay, at=at_noon
        )

        (page,) = pages_of(pdf(as_sam, note).content)
        assert "CN-2026-000001" in page
        assert "INV-2026-000001" in page

    def test_is_for_whoever_sees_the_invoice(
        self,
        as_suki: PrsClient,
        as_tim: PrsClient,
        as_mallory: PrsClient,
        anyone: PrsClient,
        both: tuple[Invoice, CreditNote],
    ) -> None:
        for paper in both:
            error(pdf(as_tim, paper), 403)
            error(pdf(anyone, paper), 401)
            foreign = error(pdf(as_mallory, paper), 404)
            assert error(pdf(as_suki, paper), 404) == foreign
        assert error(as_suki.get(f"{URL}{uuid4()}/pdf/"), 404) == foreign

    def test_refuses_other_parameters(self, as_sam: PrsClient, invoice: Invoice) -> None:
        error(pdf(as_sam, invoice, "?colour=red"), 400)
        error(pdf(as_sam, invoice, "?is_copy=perhaps"), 400)


class TestMetAtIssue:
    @pytest.mark.parametrize(
        ("locale", "said"),
        [
            ("en", "Already paid: USD 300.00 with {code} (March 2, 2026). Nothing is to be paid."),
            ("de", "Bereits bezahlt: USD 300,00 mit {code} (2. März 2026). Es ist nichts mehr zu"),
        ],
    )
    def test_says_that_nothing_is_to_be_paid(
        self, as_fay: PrsClient, sam: User, vera: User, at_noon: datetime, locale: str, said: str
    ) -> None:
        with chosen(invoice_locale=locale, payment_instructions="IBAN DE89"):
            payment = pay(taxed_deal(sam, at_noon), dollars(300), checker=vera, at=at_noon)

        page = only_page(as_fay, Invoice.objects.get())
        assert said.format(code=payment.code) in page
        for asking in ("Please pay", "Bitte zahlen", "IBAN DE89"):
            assert asking not in page

    def test_says_what_is_left(
        self, as_fay: PrsClient, sam: User, vera: User, at_noon: datetime
    ) -> None:
        deal = taxed_deal(sam, at_noon)
        draft = DraftInvoiceFactory(deal=deal, amount=dollars(500), at=at_noon)
        payment = pay(deal, dollars(200), checker=vera, at=at_noon + timedelta(hours=1))

        page = only_page(as_fay, draft)
        assert f"Already paid: USD 200.00 with {payment.code}" in page
        assert "Please pay the remaining USD 300.00 by March 16, 2026" in page

    def test_of_money_that_a_credit_note_set_free(
        self, as_fay: PrsClient, sam: User, vera: User, fay: User, at_noon: datetime
    ) -> None:
        pay(taxed_deal(sam, at_noon), dollars(300), checker=vera, at=at_noon)
        first = Invoice.objects.get()
        later = at_noon + timedelta(days=1)
        credit_invoice(invoice_id=first.pk, amount=None, reason="Broken.", by=fay, at=later)

        for invoice in Invoice.objects.all():
            assert "Nothing is to be paid." in only_page(as_fay, invoice)
        assert Invoice.objects.count() == 2

    def test_is_not_altered_by_money_that_comes_later(
        self, as_sam: PrsClient, vera: User, invoice: Invoice, at_noon: datetime
    ) -> None:
        before = pdf(as_sam, invoice).content
        later = at_noon + timedelta(days=1)
        pay(invoice.deal, dollars(100), checker=vera, at=later)

        assert pdf(as_sam, invoice).content == before
        assert "Please pay" in only_page(as_sam, invoice)


class TestKept:
    def test_is_drawn_once_and_then_served_for_ever(
        self, as_sam: PrsClient, invoice: Invoice
    ) -> None:
        drawn = pdf(as_sam, invoice).content
        deliver_everything()
        kept = StoredPaper.objects.get(invoice=invoice)

        assert kept.sha256 == hashlib.sha256(drawn).hexdigest()
        answer = pdf(as_sam, invoice)
        assert (answer.content, answer["ETag"]) == (drawn, f'"{kept.sha256}"')

    def test_does_not_follow_what_the_organization_chooses_later(
        self, as_sam: PrsClient, sam: User, at_noon: datetime
    ) -> None:
        with chosen(invoice_locale="de", payment_instructions="IBAN DE89", brand_colour="#aa0000"):
            invoice = IssuedInvoiceFactory(deal=taxed_deal(sam, at_noon), at=at_noon)

        (page,) = pages_of(pdf(as_sam, invoice).content)
        assert "Rechnung" in page
        assert "IBAN DE89" in page
        Client.objects.update(name="Renamed", legal_name="Renamed")
        assert "Renamed" not in pages_of(pdf(as_sam, invoice, "?is_copy=true").content)[0]

    def test_of_a_credit_note_too(self, fay: User, invoice: Invoice, at_noon: datetime) -> None:
        credit_invoice(invoice_id=invoice.pk, amount=None, reason="Broken.", by=fay, at=at_noon)
        deliver_everything()

        assert StoredPaper.objects.filter(credit_note__number="CN-2026-000001").count() == 1

    def test_stays_when_it_is_kept_again(self, invoice: Invoice, at_noon: datetime) -> None:
        first = keep_paper(find_invoice(invoice.pk), at=at_noon)

        assert keep_paper(find_invoice(invoice.pk), at=at_noon) == first

    def test_carries_the_logo_of_its_day(self, sam: User, at_noon: datetime) -> None:
        file = StoredFileFactory(by=sam, at=at_noon, content=picture("PNG"), name="logo.png")
        with chosen(brand_logo=str(file.pk)):
            invoice = IssuedInvoiceFactory(deal=taxed_deal(sam, at_noon), at=at_noon)
        assert logo_of(invoice.issuer).startswith(b"\x89PNG")

    @pytest.mark.parametrize("logo", ["0197a1b2-0000-7000-8000-00000000dead", ""])
    def test_does_without_a_logo_that_is_not_there(self, logo: str) -> None:
        assert logo_of({"logo": logo}) == b""
