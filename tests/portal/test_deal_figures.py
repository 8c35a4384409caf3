"""The figures of a deal's page after a credit note and after a loss: they add up to its price."""

from decimal import Decimal

import pytest
from django.test import Client as Browser

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.money import Money, total
from tenant_apps.accounts.models import User
from tenant_apps.deals.models import Deal
from tenant_apps.deals.services import reopen_deal, win_deal
from tenant_apps.invoices.models import CreditNote, Invoice
from tenant_apps.invoices.services import credit_invoice
from tests.factories.deals import WonDealFactory, line
from tests.factories.invoices import IssuedInvoiceFactory
from tests.factories.payments import VerifiedPaymentFactory
from tests.queries import queries_of
from tests.returns.stories import approve, give_up, usd


@pytest.fixture
def deal(sam: User, fay: User) -> Deal:
    """1,190.00 with the tax."""
    taxed = (line(tax_rate_percent=Decimal(19)),)
    return WonDealFactory(by=sam, at=utc_now(), lines=taxed)


@pytest.fixture
def invoice(deal: Deal) -> Invoice:
    """An invoice over all of it."""
    return IssuedInvoiceFactory(deal=deal, at=utc_now())


def credit(invoice: Invoice, fay: User, amount: str | None = "100.00") -> CreditNote:
    """Take a part of the invoice back, by default 100.00."""
    money = usd(amount) if amount else None
    return credit_invoice(
        invoice_id=invoice.pk, amount=money, reason="Broken.", by=fay, at=utc_now()
    )


def figures(browser: Browser, deal: Deal) -> tuple[Money, ...]:
    """Return what the page shows as paid, credited, given up and outstanding; it is the price."""
    shown = browser.get(f"/deals/{deal.code}/").context
    money, less = shown["row"].money, shown["reductions"]
    parts = (money.applied, less.credited, less.given_up, money.outstanding)
    assert total(parts, currency="USD") == money.total
    return parts


class TestFigures:
    def test_show_what_was_credited_and_by_which_note(
        self, sams: Browser, deal: Deal, invoice: Invoice, sam: User, vera: User, fay: User
    ) -> None:
        VerifiedPaymentFactory(deal=deal, by=sam, at=utc_now())
        assert "<dt>Credited</dt>" not in sams.get(f"/deals/{deal.code}/").content.decode()
        note = credit(invoice, fay)
        parts = figures(sams, deal)
        assert parts == (usd("400.00"), usd("100.00"), usd("0.00"), usd("690.00"))
        html = sams.get(f"/deals/{deal.code}/").content.decode()
        assert "<dt>Credited</dt><dd>$100.00</dd>" in html
        assert f"/credit-notes/{note.number}/" in html
        assert "Written off" not in html

    def test_show_what_was_given_up(
        self, sams: Browser, deal: Deal, invoice: Invoice, sam: User, vera: User, fay: User
    ) -> None:
        VerifiedPaymentFactory(deal=deal, by=sam, at=utc_now())
        credit(invoice, fay)
        approve(give_up(deal, fay, utc_now()), vera, utc_now())
        parts = figures(sams, deal)
        assert parts == (usd("400.00"), usd("100.00"), usd("690.00"), usd("0.00"))
        html = sams.get(f"/deals/{deal.code}/").content.decode()
        assert "<dt>Written off</dt><dd>$690.00</dd>" in html

    def test_begin_anew_with_the_next_sale(
        self, sams: Browser, deal: Deal, invoice: Invoice, sam: User, fay: User
    ) -> None:
        credit(invoice, fay, amount=None)
        reopen_deal(deal_id=deal.pk, by=sam, at=utc_now())
        assert sams.get(f"/deals/{deal.code}/").context["reductions"] is None
        win_deal(deal_id=deal.pk, by=sam, at=utc_now())
        assert figures(sams, deal)[1:] == (usd("0.00"), usd("0.00"), usd("1190.00"))

    def test_ask_as_much_for_many_notes_as_for_one(
        self, sams: Browser, deal: Deal, invoice: Invoice, fay: User
    ) -> None:
        credit(invoice, fay)
        few = queries_of(lambda: sams.get(f"/deals/{deal.code}/"))
        for _ in range(4):
            credit(invoice, fay)
        assert queries_of(lambda: sams.get(f"/deals/{deal.code}/")) == few
