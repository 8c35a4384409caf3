"""Losses from before invoices knew of them: noted once, on the day they were given up."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.core.management import call_command

from shared_apps.kernel.money import Money
from shared_apps.tenancy.context import Tenant, use_tenant
from tenant_apps.accounts.models import User
from tenant_apps.invoices.models import Invoice, InvoiceLoss
from tenant_apps.invoices.selectors import aging_totals, payment_status
from tenant_apps.invoices.services import credit_invoice
from tenant_apps.returns.services import request_write_off
from tests.factories.deals import WonDealFactory
from tests.factories.invoices import IssuedInvoiceFactory
from tests.factories.payments import VerifiedPaymentFactory
from tests.returns.stories import approve, balances, check_books, usd
from tests.unguarded import unguarded

DAY = timedelta(days=1)


def forget() -> None:
    """Leave what a write-off left before invoices were given up with their deal: nothing here."""
    with unguarded(InvoiceLoss):
        InvoiceLoss.objects.all().delete()


def note_losses(**options: object) -> str:
    out = io.StringIO()
    call_command("note_losses", organization="acme", stdout=out, **options)
    return out.getvalue()


def status_of(invoice: Invoice, at: datetime) -> str:
    found = Invoice.objects.with_settled().select_related("deal").get(pk=invoice.pk)
    return payment_status(found, today=at.date())


@pytest.fixture
def old_debt(sam: User, fay: User, vera: User, at_noon: datetime) -> Invoice:
    """An invoice of 600.00 that goes on asking, though its deal was written off on day 40."""
    deal = WonDealFactory(by=sam, at=at_noon)
    VerifiedPaymentFactory(deal=deal, by=sam, at=at_noon)
    invoice: Invoice = IssuedInvoiceFactory(deal=deal, by=fay, at=at_noon)
    then = at_noon + 40 * DAY
    asked = request_write_off(deal_id=deal.pk, reason="Insolvent", by=fay, at=then)
    approve(asked, vera, then)
    forget()
    return invoice


@pytest.fixture
def old_remainder(acme: Tenant, sam: User, fay: User, at_noon: datetime) -> Invoice:
    """An invoice of 1,000.00 of which 997.00 were paid and 3.00 given up within the tolerance."""
    deal = WonDealFactory(by=sam, at=at_noon)
    invoice: Invoice = IssuedInvoiceFactory(deal=deal, by=fay, at=at_noon)
    with use_tenant(replace(acme, settings={**acme.settings, "write_off_tolerance": "5"})):
        VerifiedPaymentFactory(deal=deal, money=usd("997.00"), by=sam, at=at_noon)
    forget()
    return invoice


@pytest.fixture
def aged(fay: User) -> Callable[[datetime], list[Money]]:
    """A function that tells what is open of all invoices at the end of a day."""

    def tell(at: datetime) -> list[Money]:
        end = (at + DAY).replace(hour=0)
        return [row.open for row in aging_totals(viewer=fay, as_of=at.date(), until=end)]

    return tell


class TestNoteLosses:
    def test_gives_up_what_a_bad_debt_still_asks_for(
        self, old_debt: Invoice, aged: Callable[[datetime], list[Money]], at_noon: datetime
    ) -> None:
        assert status_of(old_debt, at_noon + 60 * DAY) == "overdue"
        before = balances()
        said = note_losses()
        assert f"{old_debt.number}: 600.00 USD given up" in said
        assert "note_losses: ok (acme: 1 invoices, 600.00 USD)" in said
        assert status_of(old_debt, at_noon + 60 * DAY) == "uncollectible"
        assert balances() == before
        # as of the days before and after the write-off
        assert aged(at_noon + 39 * DAY) == [usd("600.00")]
        assert aged(at_noon + 40 * DAY) == []
        check_books()

    def test_gives_up_a_remainder_so_that_the_invoice_can_be_credited(
        self, old_remainder: Invoice, fay: User, at_noon: datetime
    ) -> None:
        assert "3.00 USD given up" in note_losses()
        assert status_of(old_remainder, at_noon + 60 * DAY) == "paid"
        credit_invoice(
            invoice_id=old_remainder.pk, amount=None, reason="Broken", by=fay, at=at_noon
        )
        assert "bad_debt" not in balances()
        check_books()

    def test_only_looks_when_asked_to(self, old_debt: Invoice, at_noon: datetime) -> None:
        said = note_losses(dry_run=True)
        assert f"{old_debt.number}: 600.00 USD given up" in said
        assert "dry run, nothing written" in said
        assert not InvoiceLoss.objects.exists()

    def test_finds_nothing_the_second_time(self, old_debt: Invoice, old_remainder: Invoice) -> None:
        assert "(acme: 2 invoices, 603.00 USD)" in note_losses()
        rows = InvoiceLoss.objects.count()
        assert "(acme: 0 invoices)" in note_losses()
        assert InvoiceLoss.objects.count() == rows

    def test_leaves_what_was_noted_and_what_is_owed(
        self, sam: User, fay: User, vera: User, at_noon: datetime
    ) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        IssuedInvoiceFactory(deal=deal, by=fay, at=at_noon)
        asked = request_write_off(deal_id=deal.pk, reason="Insolvent", by=fay, at=at_noon)
        approve(asked, vera, at_noon)
        IssuedInvoiceFactory(by=fay, at=at_noon)
        assert "(acme: 0 invoices)" in note_losses()
