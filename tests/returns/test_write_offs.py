"""Write-offs, their recovery, and remainders within the tolerance."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

import pytest

from shared_apps.audit.selectors import history_of
from shared_apps.tenancy.context import Tenant, use_tenant
from tenant_apps.accounts.models import User
from tenant_apps.approvals.services import MakerIsChecker
from tenant_apps.deals.models import Deal
from tenant_apps.deals.services import DealInReview, DealNotWon, cancel_deal
from tenant_apps.invoices.client_accounts import account_of
from tenant_apps.returns.models import Return
from tenant_apps.returns.services import (
    ReturnAlreadyRequested,
    WriteOffNotPosted,
    recover_write_off,
    request_write_off,
)
from tests.client import PrsClient, error, ok
from tests.factories.deals import DealFactory, WonDealFactory
from tests.factories.payments import SubmittedPaymentFactory, VerifiedPaymentFactory
from tests.returns.stories import approve, balances, check_books, usd

URL = "/api/business/"


@pytest.fixture
def deal(sam: User, at_noon: datetime) -> Deal:
    """1,000.00 of which 400.00 are paid."""
    deal = WonDealFactory(by=sam, at=at_noon)
    VerifiedPaymentFactory(deal=deal, by=sam, at=at_noon)
    return deal


def give_up(deal: Deal, by: User, at: datetime) -> Return:
    return request_write_off(deal_id=deal.pk, reason="Insolvent", by=by, at=at)


class TestWriteOff:
    def test_gives_up_what_is_owed_once_a_second_person_agrees(
        self, deal: Deal, fay: User, vera: User, at_noon: datetime
    ) -> None:
        asked = give_up(deal, fay, at_noon)
        assert (asked.code, asked.money) == ("WO-0001", usd("600.00"))
        approve(asked, vera, at_noon)

        deal.refresh_from_db()
        assert deal.status == "bad_debt"
        assert balances() == {
            "cash_clearing": "400.00",
            "revenue": "1000.00",
            "bad_debt": "600.00",
        }
        assert account_of(deal.client, today=date(2026, 3, 2)).status == "bad_debt"
        check_books()

    def test_is_not_decided_by_the_seller_or_the_requester(
        self, deal: Deal, fay: User, sam: User, at_noon: datetime
    ) -> None:
        asked = give_up(deal, fay, at_noon)
        for person in (fay, sam):
            with pytest.raises(MakerIsChecker):
                approve(asked, person, at_noon)

    def test_is_open_once(self, deal: Deal, fay: User, at_noon: datetime) -> None:
        give_up(deal, fay, at_noon)
        with pytest.raises(ReturnAlreadyRequested):
            give_up(deal, fay, at_noon)

    def test_waits_for_payments_in_review(
        self, deal: Deal, fay: User, sam: User, vera: User, at_noon: datetime
    ) -> None:
        asked = give_up(deal, fay, at_noon)
        SubmittedPaymentFactory(deal=deal, by=sam, at=at_noon)
        with pytest.raises(DealInReview):
            approve(asked, vera, at_noon)

    def test_needs_a_won_deal(self, sam: User, fay: User, at_noon: datetime) -> None:
        with pytest.raises(DealNotWon):
            give_up(DealFactory(by=sam, at=at_noon), fay, at_noon)

    def test_can_be_recovered_once_and_paid(
        self, deal: Deal, fay: User, vera: User, sam: User, at_noon: datetime
    ) -> None:
        posted = approve(give_up(deal, fay, at_noon), vera, at_noon)
        recover_write_off(return_id=posted.pk, reason="They pay", by=fay, at=at_noon)
        deal.refresh_from_db()
        assert (deal.status, balances()["receivable"]) == ("won", "600.00")
        with pytest.raises(WriteOffNotPosted):
            recover_write_off(return_id=posted.pk, reason="They pay", by=fay, at=at_noon)
        VerifiedPaymentFactory(deal=deal, money=usd("600.00"), by=sam, at=at_noon)
        assert balances() == {"cash_clearing": "1000.00", "revenue": "1000.00"}
        check_books()

    def test_runs_over_http_and_is_refused_to_sellers(
        self, deal: Deal, as_fay: PrsClient, as_vera: PrsClient, as_theo: PrsClient
    ) -> None:
        path = f"{URL}deals/{deal.code}/write-off/"
        assert error(as_theo.post(path, {"reason": "x"}), 403)["code"] == "permission_denied"
        asked = ok(as_fay.post(path, {"reason": "Insolvent"}), 201)
        seen = {"content_hash": asked["content_hash"]}
        ok(as_vera.post(f"{URL}write-offs/{asked['code']}/approve/", seen))
        assert ok(as_fay.get(f"{URL}deals/{deal.code}/"))["status"] == "bad_debt"
        recovered = as_fay.post(f"{URL}write-offs/{asked['code']}/recover/", {"reason": "Paid"})
        assert ok(recovered)["status"] == "recovered"

    def test_is_not_found_from_another_organization(
        self, deal: Deal, as_mallory: PrsClient
    ) -> None:
        refused = as_mallory.post(f"{URL}deals/{deal.pk}/write-off/", {"reason": "x"})
        assert error(refused, 404)["code"] == "not_found"


class TestTolerance:
    @pytest.fixture(autouse=True)
    def _tolerant(self, acme: Tenant, db: None) -> Iterator[None]:
        settings = {**acme.settings, "write_off_tolerance": "0.50"}
        with use_tenant(replace(acme, settings=settings)):
            yield

    @pytest.mark.parametrize(
        ("paid", "progress", "written_off"),
        [("999.50", "paid", "0.50"), ("999.49", "partially_paid", None), ("1000.00", "paid", None)],
    )
    def test_gives_up_small_remainders_visibly(
        self, sam: User, at_noon: datetime, paid: str, progress: str, written_off: str | None
    ) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        VerifiedPaymentFactory(deal=deal, money=usd(paid), by=sam, at=at_noon)

        assert balances().get("bad_debt") == written_off
        names = [event.name for event in history_of("deals.deal", deal.pk)]
        assert ("deals.remainder_written_off" in names) is (written_off is not None)
        check_books()

    def test_is_taken_back_with_the_deal(self, sam: User, at_noon: datetime) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        payment = VerifiedPaymentFactory(deal=deal, money=usd("999.80"), by=sam, at=at_noon)
        assert balances()["bad_debt"] == "0.20"
        assert payment.status == "verified"
        with pytest.raises(Exception, match="money"):
            cancel_deal(deal_id=deal.pk, reason="Off", by=sam, at=at_noon)
