"""Commission lines in the browser, with the calculation as nested sentences."""

from datetime import datetime

import pytest
from django.test import Client as Browser

from tenant_apps.accounts.models import User
from tenant_apps.commissions.models import CommissionLine
from tests.commissions.money import collect
from tests.factories.commissions import PlanFactory
from tests.factories.deals import WonDealFactory, split
from tests.portal.conftest import Browsers
from tests.queries import queries_of


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
