"""The ledger over HTTP."""

from datetime import datetime
from uuid import uuid4

import pytest

from tests.client import PrsClient, error, ok
from tests.ledger.movements import receive_money, sell
from tests.queries import queries_of

URL = "/api/business/ledger/"
ADDRESSES = ("accounts/", "entries/", "trial-balance/")


class TestLedgerApi:
    def test_shows_the_chart(self, as_fay: PrsClient) -> None:
        codes = [account["code"] for account in ok(as_fay.get(f"{URL}accounts/"))["results"]]
        assert codes == sorted(codes)
        assert {"receivable", "client_credit", "revenue"} <= set(codes)

    def test_shows_entries_with_their_postings(self, as_fay: PrsClient, at_noon: datetime) -> None:
        deal = uuid4()
        sell(deal, "100.00", tax="19.00", at=at_noon)
        entry = ok(as_fay.get(f"{URL}entries/"))["results"][0]

        assert [(each["account"], each["side"]) for each in entry["postings"]] == [
            ("receivable", "debit"),
            ("revenue", "credit"),
            ("tax_payable", "credit"),
        ]
        assert entry["postings"][0]["amount"] == {"amount": "119.00", "currency": "USD"}
        assert ok(as_fay.get(f"{URL}entries/{entry['id']}/")) == entry

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ("", 2),
            ("account=cash_clearing", 1),
            ("account=receivable&currency=EUR", 0),
            ("posted_from=2026-03-03", 0),
            ("posted_to=2026-03-02", 2),
            ("kind=payment_verified", 2),
            ("kind=refund_sent", 0),
        ],
    )
    def test_filters(self, as_fay: PrsClient, at_noon: datetime, query: str, count: int) -> None:
        deal = uuid4()
        sell(deal, "100.00", at=at_noon)
        receive_money(deal, uuid4(), "30.00", at=at_noon)

        assert len(ok(as_fay.get(f"{URL}entries/?{query}"))["results"]) == count
        assert len(ok(as_fay.get(f"{URL}entries/?deal={deal}&{query}"))["results"]) == count
        assert ok(as_fay.get(f"{URL}entries/?deal={uuid4()}"))["results"] == []

    def test_sums_to_zero(self, as_audrey: PrsClient, at_noon: datetime) -> None:
        sell(uuid4(), "100.00", tax="19.00", at=at_noon)
        rows = ok(as_audrey.get(f"{URL}trial-balance/"))["results"]
        assert {row["account"]: row["balance"]["amount"] for row in rows} == {
            "receivable": "119.00",
            "revenue": "100.00",
            "tax_payable": "19.00",
        }

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_is_refused_to_sellers_and_verifiers(
        self, as_sam: PrsClient, as_vera: PrsClient, address: str
    ) -> None:
        for client in (as_sam, as_vera):
            assert error(client.get(URL + address), 403)["code"] == "permission_denied"

    @pytest.mark.parametrize("address", ADDRESSES)
    @pytest.mark.parametrize("method", ["post", "patch", "delete"])
    def test_cannot_be_written(self, as_olga: PrsClient, address: str, method: str) -> None:
        assert error(getattr(as_olga, method)(URL + address, {}), 405)

    def test_keeps_organizations_apart(
        self, as_fay: PrsClient, as_mallory: PrsClient, at_noon: datetime
    ) -> None:
        entry_id = sell(uuid4(), "100.00", at=at_noon)
        assert ok(as_fay.get(f"{URL}entries/{entry_id}/"))
        for client, asked in ((as_mallory, entry_id), (as_fay, uuid4())):
            assert error(client.get(f"{URL}entries/{asked}/"), 404)["code"] == "not_found"
        assert ok(as_mallory.get(f"{URL}entries/"))["results"] == []

    def test_costs_the_same_queries_for_1_and_50_entries(
        self, as_fay: PrsClient, at_noon: datetime
    ) -> None:
        sell(uuid4(), "1.00", at=at_noon)
        one = queries_of(lambda: as_fay.get(f"{URL}entries/?page_size=100"))
        for _ in range(49):
            sell(uuid4(), "1.00", at=at_noon)
        assert queries_of(lambda: as_fay.get(f"{URL}entries/?page_size=100")) == one
