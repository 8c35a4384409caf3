"""What invoices forbid their deal."""

from datetime import datetime

import pytest

from shared_apps.audit.selectors import history_of
from tenant_apps.accounts.models import User
from tenant_apps.deals.models import Deal
from tenant_apps.invoices.models import Invoice
from tenant_apps.invoices.services import (
    AmendedBelowInvoiced,
    DealIsInvoiced,
    adjust_invoices,
    give_up_invoices,
)
from tests.factories.deals import WonDealFactory
from tests.factories.invoices import DraftInvoiceFactory, IssuedInvoiceFactory
from tests.invoices.stories import pay
from tests.payments.figures import dollars
from tests.payments.stories import amend_to


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
