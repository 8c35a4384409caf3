"""Deals whose prices include tax: versions, ledger, invoices and commission follow."""

from datetime import datetime
from decimal import Decimal

from tenant_apps.accounts.models import User
from tenant_apps.commissions.models import CollectedCredit
from tenant_apps.deals.models import Deal
from tenant_apps.deals.services import TermChanges, amend_deal
from tenant_apps.invoices.models import Invoice
from tenant_apps.invoices.selectors import pdf_of
from tenant_apps.ledger.selectors import AccountCode, balance_of
from tests.client import PrsClient, ok
from tests.factories.deals import WonDealFactory, line
from tests.invoices.papers import pages_of
from tests.invoices.stories import check_invoices_of, pay
from tests.payments.figures import dollars

DEALS = "/api/business/deals/"
ODD = (
    line("9.99", quantity=Decimal(3), tax_rate_percent=Decimal(19), description="Hours"),
    line("100.00", discount_percent=10, tax_rate_percent=Decimal(7), description="Book"),
)


def sell(sam: User, at: datetime) -> Deal:
    """Return a won deal over 29.97 + 90.00, tax included: 4.79 and 5.89 of tax."""
    return WonDealFactory(lines=ODD, prices_include_tax=True, by=sam, at=at)


class TestPricesThatIncludeTax:
    def test_are_the_total_and_the_tax_is_taken_out_of_them(
        self, as_sam: PrsClient, sam: User, at_noon: datetime
    ) -> None:
        shown = ok(as_sam.get(f"{DEALS}{sell(sam, at_noon).code}/"))
        assert shown["prices_include_tax"] is True
        assert [each["gross"]["amount"] for each in shown["lines"]] == ["29.97", "90.00"]
        assert [each["tax"]["amount"] for each in shown["lines"]] == ["4.79", "5.89"]
        assert (shown["net"]["amount"], shown["total"]["amount"]) == ("109.29", "119.97")

    def test_post_net_and_tax_apart(self, sam: User, at_noon: datetime) -> None:
        deal = sell(sam, at_noon)
        owed, revenue, tax = (
            balance_of(account, currency="USD", deal_id=deal.pk).amount
            for account in (AccountCode.RECEIVABLE, AccountCode.REVENUE, AccountCode.TAX_PAYABLE)
        )
        assert (owed, revenue, tax) == (Decimal("119.97"), Decimal("109.29"), Decimal("10.68"))

    def test_are_invoiced_and_credited_to_the_cent_in_parts(
        self, sam: User, vera: User, at_noon: datetime
    ) -> None:
        deal = sell(sam, at_noon)
        for amount in ("13.37", "50.01", "56.59"):
            pay(deal, dollars(amount), checker=vera, at=at_noon)

        check_invoices_of(deal)
        papers = Invoice.objects.filter(deal=deal)
        assert sum(each.total for each in papers) == Decimal("119.97")
        assert sum(each.tax for each in papers) == Decimal("10.68")
        credited = CollectedCredit.objects.filter(deal_id=deal.pk)
        assert sum(each.base for each in credited) == Decimal("109.29")

    def test_are_named_on_the_paper(
        self, as_fay: PrsClient, sam: User, vera: User, at_noon: datetime
    ) -> None:
        pay(sell(sam, at_noon), dollars("119.97"), checker=vera, at=at_noon)
        invoice = Invoice.objects.with_settled().get()
        assert ok(as_fay.get(f"/api/business/invoices/{invoice.number}/"))["prices_include_tax"]
        (page,) = pages_of(pdf_of(invoice, at=at_noon).content)
        assert "The unit prices include tax." in page

    def test_may_be_given_up_by_an_amendment_which_says_so(
        self, as_sam: PrsClient, sam: User, at_noon: datetime
    ) -> None:
        deal = sell(sam, at_noon)
        changes = TermChanges(prices_include_tax=False)
        amended = amend_deal(deal_id=deal.pk, changes=changes, reason="B2B", by=sam, at=at_noon)
        assert amended.current_version.net == Decimal("119.97")

        diff = ok(as_sam.get(f"{DEALS}{deal.code}/versions/2/diff/"))["results"]
        told = {each["what"]: (each["before"], each["after"]) for each in diff}
        assert told["prices"] == ("tax included", "without tax")
        assert told["line 2"] == (
            "1 x Book, at 100.00 USD, less 10%, with 7% tax",
            "1 x Book, at 100.00 USD, less 10%, plus 7% tax",
        )
