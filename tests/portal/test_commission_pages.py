"""Commission lines in the browser, with the calculation as nested sentences."""

from datetime import datetime, timedelta

import pytest
from django.test import Client as Browser

from shared_apps.kernel.clock import utc_now
from tenant_apps.accounts.models import User
from tenant_apps.commissions.models import CommissionLine
from tenant_apps.invoices.models import CreditNote, Invoice
from tenant_apps.invoices.services import credit_invoice
from tenant_apps.portal.taken_back import named_sources
from tenant_apps.returns.models import Return
from tests.commissions.money import collect
from tests.factories.commissions import PlanFactory
from tests.factories.deals import WonDealFactory, split
from tests.portal.conftest import Browsers
from tests.queries import queries_of
from tests.returns.stories import refund, usd


@pytest.fixture
def line(
    sam: User, suki: User, fay: User, adam: User, vera: User, at_noon: datetime
) -> CommissionLine:
    """14.00 USD for Sam: 5 % of his 70 % of 400.00."""
    PlanFactory(name="Standard", author=fay, checker=adam, payees=(sam, suki), at=at_noon)
    deal = WonDealFactory(splits=split((sam, "70"), (suki, "30")), by=sam, at=at_noon)
    collect(deal, "400.00", by=sam, checker=vera, at=at_noon)
    return CommissionLine.objects.get(payee=sam)


class TestLine:
    def test_tells_its_calculation_step_by_step(self, sams: Browser, line: CommissionLine) -> None:
        html = sams.get(f"/commissions/lines/{line.pk}/").content.decode()
        assert "$14.00 for Sam Seller" in html
        assert "The payment brought $400.00" in html

    def test_tells_it_as_nested_sentences_down_to_the_leaves(
        self, sams: Browser, line: CommissionLine
    ) -> None:
        tree = sams.get(f"/commissions/lines/{line.pk}/").context["tree"]
        assert tree.value == "$14.00"
        leaves = [tree]
        while any(leaf.parts for leaf in leaves):
            leaves = [part for leaf in leaves for part in (leaf.parts or (leaf,))]
        assert "$400.00" in {leaf.value for leaf in leaves}
        assert [leaf.value for leaf in leaves if leaf.is_chosen] == ["70%", "70%"]

    def test_is_not_a_colleagues_to_see(
        self, line: CommissionLine, suki: User, browser_of: Browsers
    ) -> None:
        assert browser_of(suki).get(f"/commissions/lines/{line.pk}/").status_code == 404

    def test_is_not_found_from_another_organization(
        self, mallorys: Browser, line: CommissionLine
    ) -> None:
        assert mallorys.get(f"/commissions/lines/{line.pk}/").status_code == 404


class TestLines:
    def test_are_the_persons_own(self, sams: Browser, line: CommissionLine, suki: User) -> None:
        assert list(sams.get("/commissions/").context["shown"].rows) == [line]

    def test_are_filtered_by_month(self, sams: Browser, line: CommissionLine) -> None:
        assert sams.get("/commissions/", {"period": line.period}).context["shown"].count == 1
        page = sams.get("/commissions/", {"period": "2020-01"})
        assert "No commission in this month" in page.content.decode()

    def test_ask_as_much_for_many_as_for_one(
        self, sams: Browser, sam: User, vera: User, line: CommissionLine, at_noon: datetime
    ) -> None:
        few = queries_of(lambda: sams.get("/commissions/"))
        for _ in range(5):
            deal = WonDealFactory(by=sam, at=at_noon)
            collect(deal, "100.00", by=sam, checker=vera, at=at_noon)
        assert queries_of(lambda: sams.get("/commissions/")) == few


class TestTakenBack:
    @pytest.fixture
    def back(
        self, line: CommissionLine, sam: User, vera: User, fay: User, at_noon: datetime
    ) -> CommissionLine:
        """What a refund of 100.00, which made the sale smaller, took back of Sam's 14.00: 3.50."""
        later = at_noon + timedelta(hours=1)
        people = (sam, vera, fay)
        refund(line.payment, people, later, money=usd("100.00"), reduces_sale=True)
        return CommissionLine.objects.get(payee=sam, amount__lt=0)

    def test_names_the_refund_and_the_credit_note(
        self, sams: Browser, back: CommissionLine
    ) -> None:
        returned, note = Return.objects.get(), CreditNote.objects.get()
        html = sams.get(f"/commissions/lines/{back.pk}/").content.decode()
        assert f"Refund {returned.code}, Credit note {note.number}: the deal gave $100.00" in html
        assert "so this line takes back $3.50 of commission." in html
        assert "The payment brought" not in html
        assert "What the deal gave back" in html
        for url in (f"/returns/{returned.code}/", f"/credit-notes/{note.number}/"):
            assert f'href="{url}"' in html
            assert f'href="{url}"' in sams.get("/commissions/").content.decode()

    def test_names_a_credit_note_by_itself(
        self, sams: Browser, sam: User, vera: User, line: CommissionLine, fay: User
    ) -> None:
        at = line.payment.verified_at or utc_now()
        collect(line.deal, "600.00", by=sam, checker=vera, at=at + timedelta(hours=1))
        invoice = Invoice.objects.order_by("pk")[0]
        note = credit_invoice(
            invoice_id=invoice.pk,
            amount=usd("100.00"),
            reason="Late",
            by=fay,
            at=at + timedelta(hours=2),
        )
        back = CommissionLine.objects.get(payee=sam, amount__lt=0)
        html = sams.get(f"/commissions/lines/{back.pk}/").content.decode()
        assert f"Credit note {note.number}: the deal gave $100.00 back" in html

    def test_links_to_nothing_that_the_reader_may_not_see(
        self, back: CommissionLine, fay: User
    ) -> None:
        named = named_sources([back], viewer=fay, may=lambda _permission: False)[back.pk]
        assert [each.url for each in named] == ["", ""]
        assert named[0].name.startswith("Refund RF-")

    def test_asks_as_much_for_many_as_for_one(
        self,
        sams: Browser,
        back: CommissionLine,
        sam: User,
        vera: User,
        fay: User,
        at_noon: datetime,
    ) -> None:
        few = queries_of(lambda: sams.get("/commissions/"))
        for hours in (2, 3, 4):
            refund(back.payment, (sam, vera, fay), at_noon + timedelta(hours=hours), money=usd("5"))
        assert CommissionLine.objects.filter(payee=sam, amount__lt=0).count() > 1
        assert queries_of(lambda: sams.get("/commissions/")) == few
