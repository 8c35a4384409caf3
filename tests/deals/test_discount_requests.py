"""Discounts above the limit: asked for, decided by somebody else, for exactly these terms."""

from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from shared_apps.audit.selectors import history_of
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.approvals.services import ContentChanged, MakerIsChecker
from tenant_apps.deals.models import Deal, DiscountRequest
from tenant_apps.deals.services import (
    DealChanges,
    DiscountAlreadyAsked,
    DiscountNeedsApproval,
    DiscountNotRequested,
    DiscountWithinLimit,
    TermChanges,
    amend_deal,
    approve_discount,
    lose_deal,
    reject_discount,
    request_discount,
    update_deal,
    win_deal,
)
from tests.cast import make_cast, person_named
from tests.client import PrsClient, error, ok
from tests.factories.deals import DealFactory, WonDealFactory, line
from tests.histories import questions
from tests.histories.rules import refuse
from tests.notifications.test_reactions import deliver_everything
from tests.together import run_together

DEALS, REQUESTS = "/api/business/deals/", "/api/business/discount-requests/"
CHEAP = (line("1000.00", discount_percent=Decimal(20)),)
CHEAPER = (line("1000.00", discount_percent=Decimal(50)),)


@pytest.fixture
def deal(sam: User, at_noon: datetime) -> Deal:
    """Return an open deal of Sam's with 20 % off, where 15 % is the limit."""
    opened: Deal = DealFactory(lines=CHEAP, by=sam, at=at_noon)
    return opened


def ask(deal: Deal, by: User, at: datetime, **changes: Any) -> DiscountRequest:
    return request_discount(
        deal_id=deal.pk, changes=TermChanges(**changes), reason="Two years", by=by, at=at
    )


def approve(asked: DiscountRequest, checker: User, at: datetime) -> DiscountRequest:
    return approve_discount(
        request_id=asked.pk, checker=checker, content_hash=asked.content_hash, at=at
    )


def win(deal: Deal, by: User, at: datetime) -> Deal:
    return win_deal(deal_id=deal.pk, by=by, at=at)


class TestDiscountRequest:
    def test_lets_the_seller_win_once_the_lead_has_approved(
        self, as_sam: PrsClient, as_theo: PrsClient, deal: Deal
    ) -> None:
        address = f"{DEALS}{deal.code}/"
        assert error(as_sam.post(f"{address}win/"), 409)["code"] == "discount_needs_approval"
        asked = ok(as_sam.post(f"{address}discount-requests/", {"reason": "Two years"}), 201)
        assert (asked["discount_percent"], asked["limit_percent"]) == ("20", "15")
        assert ok(as_theo.get(f"{REQUESTS}?status=requested"))["results"] == [asked]

        seen = {"content_hash": asked["content_hash"]}
        decided = ok(as_theo.post(f"{REQUESTS}{asked['id']}/approve/", seen))
        assert decided["status"] == "approved"
        assert ok(as_sam.post(f"{address}win/"))["status"] == "won"
        assert ok(as_sam.get(f"{address}discount-requests/"))["results"] == [decided]
        names = [
            event.name
            for event in history_of(subject_type="deals.discount_request", subject_id=asked["id"])
        ]
        assert sorted(names) == ["deals.discount_approved", "deals.discount_requested"]
        refuse("M13", questions.DISCOUNTS_DECIDED_BY_INTERESTED)

    def test_is_void_when_the_terms_change(
        self, deal: Deal, sam: User, theo: User, at_noon: datetime
    ) -> None:
        asked = ask(deal, sam, at_noon)
        changes = DealChanges(terms=TermChanges(lines=CHEAPER))
        update_deal(deal_id=deal.pk, changes=changes, expected_version=1, by=sam, at=at_noon)

        asked.refresh_from_db()
        assert asked.status == "withdrawn"
        with pytest.raises(DiscountNotRequested):
            approve(asked, theo, at_noon)
        approve(ask(deal, sam, at_noon), theo, at_noon)
        changes = DealChanges(terms=TermChanges(lines=CHEAP))
        update_deal(deal_id=deal.pk, changes=changes, expected_version=2, by=sam, at=at_noon)
        with pytest.raises(DiscountNeedsApproval):
            win(deal, sam, at_noon)

    def test_is_about_an_amendment_to_come(self, sam: User, theo: User, at_noon: datetime) -> None:
        won = WonDealFactory(by=sam, at=at_noon)
        asked = ask(won, sam, at_noon, lines=CHEAPER)
        assert asked.proposal is not None
        approve(asked, theo, at_noon)

        amend = partial(amend_deal, deal_id=won.pk, reason="Agreed", by=sam, at=at_noon)
        with pytest.raises(DiscountNeedsApproval):
            amend(changes=TermChanges(lines=(line("900.00", discount_percent=Decimal(50)),)))
        amended = amend(changes=TermChanges(lines=CHEAPER))
        assert amended.current_version.total == Decimal(500)

    def test_ends_with_the_deal(self, deal: Deal, sam: User, at_noon: datetime) -> None:
        asked = ask(deal, sam, at_noon)
        lose_deal(deal_id=deal.pk, reason="No budget", by=sam, at=at_noon)
        asked.refresh_from_db()
        assert asked.status == "withdrawn"

    def test_may_be_refused_with_a_reason(
        self, as_theo: PrsClient, as_sam: PrsClient, deal: Deal, sam: User, at_noon: datetime
    ) -> None:
        asked = ask(deal, sam, at_noon)
        address = f"{REQUESTS}{asked.pk}/reject/"
        seen = {"content_hash": asked.content_hash}
        assert error(as_theo.post(address, seen), 400)["code"] == "decision_needs_reason"
        assert ok(as_theo.post(address, {**seen, "reason": "10 %"}))["decision"] == "10 %"
        assert error(as_sam.post(f"{DEALS}{deal.code}/win/"), 409)

    def test_is_told_to_the_lead_and_its_answer_to_the_seller(
        self, as_theo: PrsClient, as_sam: PrsClient, deal: Deal, sam: User, theo: User
    ) -> None:
        asked = ok(as_sam.post(f"{DEALS}{deal.code}/discount-requests/", {"reason": "x"}), 201)
        told = notified(as_theo)
        assert told == ["discount_requested"]
        ok(as_theo.post(f"{REQUESTS}{asked['id']}/approve/", seen_of(asked)))
        assert notified(as_sam) == ["discount_decided"]


def seen_of(asked: dict[str, Any]) -> dict[str, Any]:
    return {"content_hash": asked["content_hash"]}


def notified(client: PrsClient) -> list[str]:
    deliver_everything()
    return [each["kind"] for each in ok(client.get("/api/notifications/"))["results"]]


class TestDiscountIsRefused:
    def test_within_the_limit_or_twice(self, deal: Deal, sam: User, at_noon: datetime) -> None:
        with pytest.raises(DiscountWithinLimit):
            ask(DealFactory(by=sam, at=at_noon), sam, at_noon)
        ask(deal, sam, at_noon)
        with pytest.raises(DiscountAlreadyAsked):
            ask(deal, sam, at_noon)

    def test_to_whoever_asked_or_gains(
        self, deal: Deal, theo: User, sam: User, at_noon: datetime
    ) -> None:
        asked = ask(deal, theo, at_noon)
        with pytest.raises(MakerIsChecker):
            approve(asked, theo, at_noon)
        olga = person_named("olga")
        hers = DealFactory(lines=CHEAP, by=olga, at=at_noon)
        with pytest.raises(MakerIsChecker):
            approve(ask(hers, olga, at_noon), olga, at_noon)

    def test_for_other_terms_than_were_seen(
        self, deal: Deal, sam: User, theo: User, at_noon: datetime
    ) -> None:
        asked = ask(deal, sam, at_noon)
        with pytest.raises(ContentChanged):
            reject_discount(
                request_id=asked.pk, checker=theo, content_hash="0" * 64, reason="x", at=at_noon
            )

    def test_to_other_roles_teams_and_organizations(
        self, as_sam: PrsClient, as_vera: PrsClient, as_mallory: PrsClient, deal: Deal, sam: User
    ) -> None:
        asked = ok(as_sam.post(f"{DEALS}{deal.code}/discount-requests/", {"reason": "x"}), 201)
        address = f"{REQUESTS}{asked['id']}/approve/"
        for client, status in ((as_sam, 403), (as_vera, 403), (as_mallory, 404)):
            assert error(client.post(address, seen_of(asked)), status)

    def test_to_a_lead_who_made_the_terms(self, theo: User, sam: User, at_noon: datetime) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        changes = DealChanges(terms=TermChanges(lines=CHEAP))
        update_deal(deal_id=deal.pk, changes=changes, expected_version=1, by=theo, at=at_noon)
        with pytest.raises(DiscountNeedsApproval):
            win(deal, theo, at_noon)

    def test_to_all_but_one_of_50_approvals_at_once(
        self, fresh_tenant: Tenant, at_noon: datetime
    ) -> None:
        make_cast(at=at_noon)
        deal = DealFactory(lines=CHEAP, by=person_named("sam"), at=at_noon)
        asked = ask(deal, person_named("sam"), at_noon)
        checkers = [person_named(name) for name in ("theo", "olga", "adam")]
        tries = [partial(approve, asked, checkers[n % 3], at_noon) for n in range(50)]
        results = run_together(fresh_tenant, tries)
        assert sum(isinstance(each, DiscountRequest) for each in results) == 1
        assert {type(each) for each in results} == {DiscountRequest, DiscountNotRequested}
