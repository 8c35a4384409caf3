"""Notes, the activity timeline, and what a version changed."""

from datetime import datetime

import pytest

from tenant_apps.accounts.models import User
from tenant_apps.deals.models import Deal
from tenant_apps.deals.services import TermChanges, amend_deal
from tests.client import PrsClient, error, ok
from tests.factories.deals import WonDealFactory, line
from tests.factories.payments import VerifiedPaymentFactory

URL = "/api/business/deals/"


@pytest.fixture
def deal(sam: User, at_noon: datetime) -> Deal:
    return WonDealFactory(by=sam, at=at_noon)


class TestActivity:
    def test_tells_of_the_deal_its_payments_and_invoices_and_notes(
        self, deal: Deal, sam: User, as_sam: PrsClient, at_noon: datetime
    ) -> None:
        VerifiedPaymentFactory(deal=deal, by=sam, at=at_noon)
        path = f"{URL}{deal.code}/activity/"
        assert as_sam.post(path, {"text": "The board decides on Monday."}).status_code == 204

        listed = ok(as_sam.get(path))["results"]
        assert (listed[0]["name"], listed[0]["note"]) == (
            "deals.deal_noted",
            "The board decides on Monday.",
        )
        names = {each["name"] for each in listed}
        assert {"deals.deal_won", "payments.payment_verified", "invoices.invoice_issued"} <= names

    def test_takes_no_empty_note(self, deal: Deal, as_sam: PrsClient) -> None:
        refused = error(as_sam.post(f"{URL}{deal.code}/activity/", {"text": " "}), 400)
        assert refused["errors"][0]["field"] == "/text"

    def test_is_read_by_those_who_see_the_deal_and_written_by_those_who_edit_it(
        self,
        deal: Deal,
        as_vera: PrsClient,
        as_tim: PrsClient,
        as_suki: PrsClient,
        as_mallory: PrsClient,
    ) -> None:
        path = f"{URL}{deal.code}/activity/"
        for reader in (as_vera, as_tim):
            ok(reader.get(path))
            assert error(reader.post(path, {"text": "x"}), 403)["code"] == "permission_denied"
        for stranger in (as_suki, as_mallory):
            assert error(stranger.get(path), 404)["code"] == "not_found"
            assert error(stranger.post(path, {"text": "x"}), 404)["code"] == "not_found"


class TestDiff:
    def test_says_what_a_version_changed(
        self, deal: Deal, sam: User, as_sam: PrsClient, at_noon: datetime
    ) -> None:
        lines = (line("900.00"), line("300.00", description="Training"))
        changes = TermChanges(lines=lines)
        amend_deal(deal_id=deal.pk, changes=changes, reason="More", by=sam, at=at_noon)

        shown = ok(as_sam.get(f"{URL}{deal.code}/versions/2/diff/"))["results"]
        assert shown[0] == {"what": "total", "before": "1000.00 USD", "after": "1200.00 USD"}
        assert shown[1] == {
            "what": "line 1",
            "before": "1 x Website, at 1000.00 USD",
            "after": "1 x Website, at 900.00 USD",
        }
        assert (shown[2]["what"], shown[2]["before"]) == ("line 2", None)
        assert shown[3]["what"] == "instalment 1"

    def test_needs_two_versions(self, deal: Deal, as_sam: PrsClient) -> None:
        for number in (1, 2):
            path = f"{URL}{deal.code}/versions/{number}/diff/"
            assert error(as_sam.get(path), 404)["code"] == "not_found"

    def test_is_not_found_by_strangers(
        self, deal: Deal, as_suki: PrsClient, as_mallory: PrsClient
    ) -> None:
        for stranger in (as_suki, as_mallory):
            assert error(stranger.get(f"{URL}{deal.code}/versions/2/diff/"), 404)
