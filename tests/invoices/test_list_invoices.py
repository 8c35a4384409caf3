"""Who sees which invoices, in which lists, at which cost."""

from datetime import datetime

import pytest

from tenant_apps.accounts.models import User
from tests.client import PrsClient, error, ok
from tests.factories.deals import WonDealFactory, split
from tests.factories.invoices import DraftInvoiceFactory, IssuedInvoiceFactory
from tests.invoices.stories import pay
from tests.payments.figures import dollars
from tests.queries import queries_of

URL = "/api/business/invoices/"


def listed(client: PrsClient, url: str = URL) -> list[str | None]:
    """Return the numbers of the listed invoices, in order."""
    return [row["number"] for row in ok(client.get(url))["results"]]


class TestWhoSeesInvoices:
    def test_is_whoever_sees_the_deal(
        self,
        sam: User,
        suki: User,
        as_sam: PrsClient,
        as_suki: PrsClient,
        as_theo: PrsClient,
        as_audrey: PrsClient,
    ) -> None:
        shared = WonDealFactory(by=sam, splits=split((sam, "70"), (suki, "30")))
        IssuedInvoiceFactory(deal=shared)
        IssuedInvoiceFactory(deal=WonDealFactory(by=sam))

        assert len(listed(as_sam)) == len(listed(as_theo)) == len(listed(as_audrey)) == 2
        assert listed(as_suki) == [f"INV-{shared.created_at.year}-000001"]

    def test_is_nobody_else(
        self, sam: User, as_tim: PrsClient, as_suki: PrsClient, as_mallory: PrsClient
    ) -> None:
        invoice = IssuedInvoiceFactory(deal=WonDealFactory(by=sam))

        error(as_tim.get(URL), 403)
        assert listed(as_mallory) == []
        for client in (as_suki, as_mallory):
            error(client.get(f"{URL}{invoice.pk}/"), 404)
            error(client.get(f"{URL}{invoice.number}/"), 404)
            error(client.get(f"/api/business/deals/{invoice.deal_id}/invoices/"), 404)


class TestListInvoices:
    def test_costs_the_same_for_one_and_for_many(self, sam: User, as_fay: PrsClient) -> None:
        costs = []
        for count in (1, 9):
            for _ in range(count):
                IssuedInvoiceFactory(deal=WonDealFactory(by=sam))
            costs.append(queries_of(lambda: listed(as_fay)))

        assert costs[0] == costs[1]

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("status=draft", [None]),
            ("is_open=true", ["INV-2026-000002"]),
            ("is_open=false", [None, "INV-2026-000001"]),
            ("overdue_on=2026-04-01", ["INV-2026-000002"]),
            ("overdue_on=2026-03-10", []),
            ("deal=DL-0001", ["INV-2026-000001"]),
            ("client=CL-0002", ["INV-2026-000002"]),
            ("search=inv-2026-000002", ["INV-2026-000002"]),
            ("issued_from=2026-03-03", []),
            ("currency=EUR", []),
            ("ordering=issued_on", ["INV-2026-000002", "INV-2026-000001", None]),
        ],
    )
    def test_finds_what_is_asked_for(
        self,
        sam: User,
        vera: User,
        as_fay: PrsClient,
        at_noon: datetime,
        query: str,
        found: list[str | None],
    ) -> None:
        paid, unpaid, drafted = (WonDealFactory(by=sam, at=at_noon) for _ in range(3))
        pay(paid, dollars(1000), checker=vera, at=at_noon)
        IssuedInvoiceFactory(deal=unpaid, at=at_noon)
        DraftInvoiceFactory(deal=drafted, at=at_noon)

        assert listed(as_fay, f"{URL}?{query}") == found

    def test_of_a_deal_shows_its_own(
        self, sam: User, vera: User, as_sam: PrsClient, at_noon: datetime
    ) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        pay(deal, dollars(400), checker=vera, at=at_noon)
        IssuedInvoiceFactory(deal=WonDealFactory(by=sam, at=at_noon), at=at_noon)

        (row,) = ok(as_sam.get(f"/api/business/deals/{deal.code}/invoices/"))["results"]
        assert (row["payment_status"], row["open"]["amount"]) == ("paid", "0.00")
        detail = ok(as_sam.get(f"{URL}{row['id']}/"))
        assert [part["payment"]["code"] for part in detail["settlements"]] == ["PY-0001"]

    def test_refuses_what_it_does_not_know(self, as_fay: PrsClient) -> None:
        error(as_fay.get(f"{URL}?colour=red"), 400)
        error(as_fay.get(f"{URL}?status=burnt"), 400)
