"""What money and the archive forbid: another currency under payments, and moving what rests."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from shared_apps.kernel.clock import utc_now
from shared_apps.organizations.selectors import local_day_of
from tenant_apps.accounts.models import User
from tenant_apps.deals.models import Deal
from tenant_apps.deals.services import (
    DealChanges,
    DealHasMoney,
    DealHoldsMoney,
    DealInReview,
    DealIsArchived,
    TermChanges,
    archive_deal,
    update_deal,
)
from tests.approvals.requests import opened
from tests.client import PrsClient, error, ok
from tests.deals.test_move_deal import MOVES
from tests.factories.clients import ClientFactory
from tests.factories.deals import DealFactory, line
from tests.ledger.movements import receive_money

URL = "/api/business/deals/"
MONEY = {"amount": "100.00", "currency": "USD"}
EUROS = TermChanges(currency="EUR", lines=(line("200.00", "EUR"),))


def change_to(terms: TermChanges, deal: Deal, by: User, at: datetime) -> Deal:
    changes = DealChanges(terms=terms)
    return update_deal(deal_id=deal.pk, changes=changes, expected_version=1, by=by, at=at)


class TestAnotherCurrency:
    def test_is_taken_while_no_money_is_about(self, sam: User, at_noon: datetime) -> None:
        changed = change_to(EUROS, DealFactory(by=sam, at=at_noon), sam, at_noon)
        assert changed.current_version.currency == "EUR"

    def test_is_refused_while_a_payment_is_in_review(self, sam: User, at_noon: datetime) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        opened(maker=sam, at=at_noon, context_id=deal.pk)
        with pytest.raises(DealHasMoney):
            change_to(EUROS, deal, sam, at_noon)

    def test_is_refused_once_money_was_verified(self, sam: User, at_noon: datetime) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        receive_money(deal.pk, uuid4(), "400.00", at=at_noon)
        with pytest.raises(DealHasMoney):
            change_to(EUROS, deal, sam, at_noon)

    def test_leaves_the_price_free(self, sam: User, at_noon: datetime) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        receive_money(deal.pk, uuid4(), "400.00", at=at_noon)
        changed = change_to(TermChanges(lines=(line("2000.00"),)), deal, sam, at_noon)
        assert changed.current_version.total == 2000


class TestAnArchivedDeal:
    @pytest.mark.parametrize("name", sorted(MOVES.keys() - {"archive"}))
    def test_is_not_moved(self, sam: User, at_noon: datetime, name: str) -> None:
        deal = DealFactory(status="draft", by=sam, at=at_noon)
        archive_deal(deal_id=deal.pk, by=sam, at=at_noon)
        with pytest.raises(DealIsArchived):
            MOVES[name](deal_id=deal.pk, by=sam, at=at_noon)

    def test_is_not_edited(self, sam: User, as_sam: PrsClient, at_noon: datetime) -> None:
        deal = DealFactory(status="draft", by=sam, at=at_noon)
        assert as_sam.delete(f"{URL}{deal.code}/").status_code == 204
        refused = error(as_sam.patch(f"{URL}{deal.code}/", {"name": "x"}, version=2), 409)
        assert refused["code"] == "deal_archived"

    def test_held_no_verified_money(self, sam: User, at_noon: datetime) -> None:
        deal = DealFactory(status="draft", by=sam, at=at_noon)
        receive_money(deal.pk, uuid4(), "400.00", at=at_noon)
        with pytest.raises(DealHoldsMoney):
            archive_deal(deal_id=deal.pk, by=sam, at=at_noon)

    def test_had_nothing_in_review(self, sam: User, at_noon: datetime) -> None:
        deal = DealFactory(status="draft", by=sam, at=at_noon)
        opened(maker=sam, at=at_noon, context_id=deal.pk)
        with pytest.raises(DealInReview):
            archive_deal(deal_id=deal.pk, by=sam, at=at_noon)


class TestDays:
    @pytest.mark.parametrize("day", ["9999-12-31", "3000-01-01", "1899-12-31", "0001-01-01"])
    @pytest.mark.parametrize("field", ["deal_on", "expected_close_on"])
    def test_far_off_are_refused(
        self, sam: User, as_sam: PrsClient, at_noon: datetime, field: str, day: str
    ) -> None:
        client = ClientFactory(by=sam, at=at_noon)
        sent = {"name": "x", "client": client.code, "status": "draft", field: day}
        refused = error(as_sam.post(URL, sent), 400)
        assert [each["field"] for each in refused["errors"]] == [f"/{field}"]
        deal = DealFactory(by=sam, at=at_noon)
        error(as_sam.patch(f"{URL}{deal.code}/", {field: day}, version=1), 400)

    def test_of_an_instalment_are_refused_at_the_instalment(
        self, sam: User, as_sam: PrsClient, at_noon: datetime
    ) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        part = {"due_on": "9999-12-31", "amount": {"amount": "1000.00", "currency": "USD"}}
        answer = as_sam.patch(f"{URL}{deal.code}/", {"instalments": [part]}, version=1)
        assert [each["field"] for each in error(answer, 400)["errors"]] == ["/instalments/0/due_on"]

    def test_at_the_bounds_are_taken(self, sam: User, as_sam: PrsClient, at_noon: datetime) -> None:
        client = ClientFactory(by=sam, at=at_noon)
        for day in (date(1900, 1, 1), date(2999, 12, 31)):
            body = {"name": "x", "client": client.code, "status": "draft", "deal_on": str(day)}
            ok(as_sam.post(URL, body), 201)

    def test_to_come_win_no_deal(self, sam: User, as_sam: PrsClient) -> None:
        now = utc_now()
        today = local_day_of(now)
        client, tomorrow = ClientFactory(by=sam, at=now), str(today + timedelta(days=1))
        sold = {"description": "x", "quantity": "1", "unit_price": MONEY}
        body = {"name": "x", "client": client.code, "lines": [sold], "deal_on": tomorrow}
        for status in ("won", "open"):
            answer = as_sam.post(URL, {**body, "status": status})
            if status == "won":
                refused = error(answer, 400)["errors"]
                assert [each["field"] for each in refused] == ["/deal_on"]
        deal = ok(answer, 201)
        refused = error(as_sam.post(f"{URL}{deal['code']}/win/"), 400)["errors"]
        assert [each["field"] for each in refused] == ["/deal_on"]
        path = f"{URL}{deal['code']}/"
        ok(as_sam.patch(path, {"deal_on": str(today)}, version=deal["version"]))
        assert ok(as_sam.post(f"{path}win/"))["status"] == "won"
