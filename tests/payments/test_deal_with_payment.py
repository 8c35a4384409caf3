"""A deal and its first payment in one request: both, or neither."""

from typing import Any

import pytest

from tenant_apps.accounts.models import User
from tenant_apps.deals.models import Deal
from tenant_apps.payments.models import Payment
from tests.client import PrsClient, error, ok
from tests.factories.clients import ClientFactory
from tests.factories.documents import StoredFileFactory

URL = "/api/business/deals/"


@pytest.fixture
def body(sam: User) -> dict[str, Any]:
    """Return a won deal over 1,000.00 with a first payment of 400.00."""
    return {
        "name": "Website",
        "client": str(ClientFactory(by=sam).pk),
        "status": "won",
        "lines": [
            {
                "description": "Website",
                "quantity": "1",
                "unit_price": {"amount": "1000.00", "currency": "USD"},
            }
        ],
        "payment": {
            "amount": {"amount": "400.00", "currency": "USD"},
            "method": "bank_transfer",
            "received_on": "2026-03-02",
            "late_reason": "Entered late.",
            "proofs": [str(StoredFileFactory(by=sam).pk)],
        },
    }


class TestCreateDealWithPayment:
    def test_makes_both(self, as_sam: PrsClient, body: dict[str, Any]) -> None:
        data = ok(as_sam.post(URL, body), 201)

        assert data["first_payment"]["status"] == "submitted"
        assert data["first_payment"]["deal"]["code"] == data["code"]
        assert data["status"] == "won"

    def test_makes_a_deal_alone(self, as_sam: PrsClient, body: dict[str, Any]) -> None:
        del body["payment"]
        data = ok(as_sam.post(URL, body), 201)

        assert data["first_payment"] is None
        assert not Payment.objects.exists()

    def test_makes_neither_when_the_payment_is_refused(
        self, as_sam: PrsClient, body: dict[str, Any]
    ) -> None:
        body["payment"]["proofs"] = []
        refused = error(as_sam.post(URL, body), 400)

        assert [problem["field"] for problem in refused["errors"]] == ["/payment/proofs"]
        assert not Deal.objects.exists()

    def test_says_below_payment_what_it_looks_like(
        self, as_sam: PrsClient, body: dict[str, Any]
    ) -> None:
        ok(as_sam.post(URL, body), 201)
        refused = error(as_sam.post(URL, body), 409)

        assert refused["code"] == "possible_duplicate"
        places = [problem["field"] for problem in refused["errors"]]
        assert places == ["/payment/duplicate_justification"]

    def test_makes_both_once_per_key(self, as_sam: PrsClient, body: dict[str, Any]) -> None:
        first = ok(as_sam.post(URL, body, key="once-for-both"))

        assert ok(as_sam.post(URL, body, key="once-for-both")) == first
        assert (Deal.objects.count(), Payment.objects.count()) == (1, 1)

    def test_still_lists_deals(self, as_sam: PrsClient, body: dict[str, Any]) -> None:
        ok(as_sam.post(URL, body), 201)

        assert len(ok(as_sam.get(URL))["results"]) == 1
