"""What invoices forbid their deal."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shared_apps.audit.selectors import history_of
from shared_apps.tenancy.context import current_tenant, use_tenant
from tenant_apps.accounts.models import User
from tenant_apps.deals.models import Deal
from tenant_apps.deals.services import reopen_deal, win_deal
from tenant_apps.invoices.models import Invoice
from tenant_apps.invoices.services import (
    AmendedBelowInvoiced,
    DealIsInvoiced,
    adjust_invoices,
    credit_invoice,
    draft_invoice,
    give_up_invoices,
)
from tests.factories.deals import WonDealFactory
from tests.factories.invoices import DraftInvoiceFactory, IssuedInvoiceFactory
from tests.invoices.stories import pay
from tests.payments.figures import dollars
from tests.payments.stories import amend_to

HOUR = timedelta(hours=1)


@pytest.fixture
def deal(sam: User, at_noon: datetime) -> Deal:
    """Return a won deal of Sam's over 1,000.00."""
    won: Deal = WonDealFactory(by=sam, at=at_noon)
    return won


class TestDealThatIsNoLongerWon:
    def test_loses_its_drafts(self, sam: User, deal: Deal, at_noon: datetime) -> None:
        draft = DraftInvoiceFactory(deal=deal, at=at_noon)
        give_up_invoices(deal_id=deal.pk, actor=sam.actor, at=at_noon)

        assert not Invoice.objects.exists()
        events = history_of(subject_type="invoices.invoice", subject_id=draft.pk)
        assert "invoices.invoice_discarded" in {event.name for event in events}

    def test_is_forbidden_while_an_invoice_is_issued(
        self, sam: User, deal: Deal, at_noon: datetime
    ) -> None:
        IssuedInvoiceFactory(deal=deal, amount=dollars(1), at=at_noon)
        with pytest.raises(DealIsInvoiced):
            give_up_invoices(deal_id=deal.pk, actor=sam.actor, at=at_noon)


class TestDealWonAgain:
    def test_is_invoiced_anew_after_its_invoices_were_credited(
        self, sam: User, fay: User, vera: User, deal: Deal, at_noon: datetime
    ) -> None:
        self._sell_twice(deal, sam, fay, at_noon)

        pay(deal, dollars(400), checker=vera, at=at_noon + 4 * HOUR)
        draft_invoice(deal_id=deal.pk, amount=None, by=fay, at=at_noon + 5 * HOUR)

        anew = Invoice.objects.of_present_sale().order_by("pk")
        assert [invoice.total_money for invoice in anew] == [dollars(400), dollars(600)]

    def test_is_invoiced_by_the_policy_for_every_instalment(
        self, sam: User, fay: User, deal: Deal, at_noon: datetime
    ) -> None:
        with_policy = replace(current_tenant(), settings={"invoice_when": "on_win"})
        with use_tenant(with_policy):
            self._sell_twice(deal, sam, fay, at_noon)

        last = Invoice.objects.of_present_sale().get()
        assert last.total_money == dollars(1000)
        assert last.number == "INV-2026-000002"

    def _sell_twice(self, deal: Deal, sam: User, fay: User, at: datetime) -> None:
        """Invoice and credit the whole, reopen the deal and win it again."""
        first = IssuedInvoiceFactory(deal=deal, amount=dollars(1000), at=at)
        credit_invoice(invoice_id=first.pk, amount=None, reason="No", by=fay, at=at + HOUR)
        reopen_deal(deal_id=deal.pk, by=sam, at=at + 2 * HOUR)
        win_deal(deal_id=deal.pk, by=sam, at=at + 3 * HOUR)


class TestDealWithNewTerms:
    def test_loses_the_drafts_that_no_money_has_met(
        self, sam: User, vera: User, deal: Deal, at_noon: datetime
    ) -> None:
        pay(deal, dollars(400), checker=vera, at=at_noon)
        DraftInvoiceFactory(deal=deal, at=at_noon)
        amend_to(deal, dollars(1500), sam, at_noon)
        adjust_invoices(deal_id=deal.pk, actor=sam.actor, at=at_noon)

        assert [invoice.total_money for invoice in Invoice.objects.all()] == [dollars(400)]

    def test_is_forbidden_below_what_is_invoiced(
        self, sam: User, deal: Deal, at_noon: datetime
    ) -> None:
        IssuedInvoiceFactory(deal=deal, amount=dollars(800), at=at_noon)
        with pytest.raises(AmendedBelowInvoiced):
            amend_and_adjust(deal, sam, at_noon)


def amend_and_adjust(deal: Deal, by: User, at: datetime) -> None:
    """Amend the deal to 700.00 and let its invoices answer."""
    amend_to(deal, dollars(700), by, at)
    adjust_invoices(deal_id=deal.pk, actor=by.actor, at=at)
