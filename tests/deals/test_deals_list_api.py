"""The list of deals over HTTP."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from tenant_apps.accounts.models import User
from tenant_apps.clients.models import Client
from tests.client import PrsClient, error, ok
from tests.factories.clients import ClientFactory
from tests.factories.deals import DealFactory, WonDealFactory, line, split
from tests.ledger.movements import apply_money, receive_money
from tests.queries import queries_of

URL = "/api/business/deals/"


@pytest.fixture
def client(sam: User, at_noon: datetime) -> Client:
    return ClientFactory(name="Northwind", by=sam, at=at_noon)


class TestListDeals:
    @pytest.fixture(autouse=True)
    def _deals(self, client: Client, sam: User, suki: User, at_noon: datetime) -> None:
        WonDealFactory(name="Website & logo", client=client, external_id="W1", by=sam, at=at_noon)
        later = at_noon + timedelta(hours=1)
        lines = (line("70", "JPY", quantity=Decimal(10)),)
        DealFactory(name="Shop", lines=lines, by=sam, at=later)
        DealFactory(name="Suki's", by=suki, at=at_noon)

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("", ["Shop", "Website & logo"]),
            ("status=won", ["Website & logo"]),
            ("client=CL-0001", ["Website & logo"]),
            ("search=Website %26 logo", ["Website & logo"]),
            ("search=northw", ["Website & logo"]),
            ("search=dl-0002", ["Shop"]),
            ("external_id=W1", ["Website & logo"]),
            ("currency=JPY", ["Shop"]),
            ("currency=USD&amount_min=1000", ["Website & logo"]),
            ("currency=USD&amount_min=1000.01", []),
            ("currency=JPY&amount_min=700", ["Shop"]),
            ("created_after=2026-03-02T11:30:00Z", ["Shop"]),
            ("created_before=2026-03-02T11:30:00Z", ["Website & logo"]),
            ("updated_since=2026-03-02T11:30:00Z", ["Shop"]),
            ("ordering=name", ["Shop", "Website & logo"]),
            ("ordering=-name", ["Website & logo", "Shop"]),
            ("ordering=total", ["Shop", "Website & logo"]),
            ("ordering=-total", ["Website & logo", "Shop"]),
            ("ordering=expected_close_on", ["Shop", "Website & logo"]),
            ("cursor=", ["Shop", "Website & logo"]),
        ],
    )
    def test_filters_and_orders(self, as_sam: PrsClient, query: str, names: list[str]) -> None:
        listed = ok(as_sam.get(f"{URL}?{query}"))["results"]
        found = [deal["name"] for deal in listed]
        assert sorted(found) == sorted(names)
        if "expected" not in query:
            assert found == names

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("amount_min=10", "/currency"),
            ("amount_min=ten&currency=USD", "/amount_min"),
            ("currency=ABC", "/currency"),
            ("ordering=code", "/ordering"),
            ("status=odd", "/status"),
            ("colour=red", "/colour"),
        ],
    )
    def test_names_the_parameter_that_is_wrong(
        self, as_sam: PrsClient, query: str, field: str
    ) -> None:
        problems = error(as_sam.get(f"{URL}?{query}"), 400)["errors"]
        assert {problem["field"] for problem in problems} == {field}

    def test_shows_each_viewer_their_scope(
        self,
        as_suki: PrsClient,
        as_theo: PrsClient,
        as_vera: PrsClient,
        as_mallory: PrsClient,
        as_rita: PrsClient,
    ) -> None:
        counts = [ok(each.get(URL))["pagination"]["count"] for each in (as_suki, as_theo, as_vera)]
        assert counts == [1, 3, 3]
        assert ok(as_mallory.get(URL))["results"] == []
        assert error(as_rita.get(URL), 403)

    def test_filters_by_owner_and_stage(self, as_theo: PrsClient, suki: User) -> None:
        by_owner = ok(as_theo.get(f"{URL}?owner={suki.pk}"))["results"]
        assert [deal["name"] for deal in by_owner] == ["Suki's"]
        assert ok(as_theo.get(f"{URL}?stage={uuid4()}"))["results"] == []

    def test_shows_a_credited_deal_once(
        self, sam: User, suki: User, as_suki: PrsClient, client: Client, at_noon: datetime
    ) -> None:
        shares = split((sam, "50"), (suki, "50"))
        DealFactory(name="Shared", client=client, splits=shares, by=sam, at=at_noon)
        names = [deal["name"] for deal in ok(as_suki.get(URL))["results"]]
        assert sorted(names) == ["Shared", "Suki's"]

    @pytest.mark.parametrize("query", ["page_size=100", "page_size=100&cursor="])
    def test_costs_the_same_queries_for_1_and_20_rows(
        self, as_vera: PrsClient, client: Client, sam: User, at_noon: datetime, query: str
    ) -> None:
        few = queries_of(lambda: as_vera.get(f"{URL}?{query}"))
        for number in range(17):
            deal = WonDealFactory(client=client, by=sam, at=at_noon)
            payment = uuid4()
            receive_money(deal.pk, payment, f"{number + 1}.00", at=at_noon)
            apply_money(deal.pk, payment, f"{number + 1}.00", at=at_noon)
        assert queries_of(lambda: as_vera.get(f"{URL}?{query}")) == few

    def test_costs_the_same_queries_for_1_and_10_versions(
        self, as_sam: PrsClient, sam: User, at_noon: datetime
    ) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        address = f"{URL}{deal.pk}/versions/"
        one = queries_of(lambda: as_sam.get(address))
        for number in range(9):
            price = {"amount": f"{number + 1}.00", "currency": "USD"}
            lines = [{"description": "x", "quantity": "1", "unit_price": price}]
            ok(as_sam.patch(f"{URL}{deal.pk}/", {"lines": lines}, version=number + 1))
        assert queries_of(lambda: as_sam.get(address)) == one
