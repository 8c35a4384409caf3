"""Moving deals through their states."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from shared_apps.audit.selectors import history_of
from shared_apps.kernel.errors import DomainError, PermissionRefused, ValidationFailed
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.deals.models import Deal
from tenant_apps.deals.services import (
    DealHoldsMoney,
    DealInReview,
    DealNotClosed,
    DealNotDraft,
    DealNotOpen,
    DealNotWon,
    DiscountNeedsApproval,
    InvalidTerms,
    TermChanges,
    amend_deal,
    archive_deal,
    cancel_deal,
    lose_deal,
    reopen_deal,
    submit_deal,
    win_deal,
)
from tenant_apps.ledger.selectors import AccountCode, balance_of, trial_balance
from tests.approvals.requests import opened
from tests.cast import make_cast, person_named
from tests.factories.deals import DealFactory, WonDealFactory, line
from tests.ledger.movements import apply_money, receive_money
from tests.together import run_together

MOVES: dict[str, Callable[..., Any]] = {
    "submit": submit_deal,
    "win": win_deal,
    "lose": partial(lose_deal, reason="Too dear"),
    "reopen": reopen_deal,
    "cancel": partial(cancel_deal, reason="Called off"),
    "amend": partial(amend_deal, changes=TermChanges(lines=(line("2.00"),)), reason="More"),
    "archive": archive_deal,
}
# state -> move -> the refusal, or the state that it leads to
TABLE: dict[str, dict[str, type[DomainError] | str]] = {
    "draft": {
        "submit": "open",
        "win": DealNotOpen,
        "lose": DealNotOpen,
        "reopen": DealNotClosed,
        "cancel": DealNotWon,
        "amend": DealNotWon,
        "archive": "draft",
    },
    "open": {
        "submit": DealNotDraft,
        "win": "won",
        "lose": "lost",
        "reopen": DealNotClosed,
        "cancel": DealNotWon,
        "amend": DealNotWon,
        "archive": DealNotDraft,
    },
    "won": {
        "submit": DealNotDraft,
        "win": DealNotOpen,
        "lose": DealNotOpen,
        "reopen": "open",
        "cancel": "cancelled",
        "amend": "won",
        "archive": DealNotDraft,
    },
    "lost": {
        "submit": DealNotDraft,
        "win": DealNotOpen,
        "lose": DealNotOpen,
        "reopen": "open",
        "cancel": DealNotWon,
        "amend": DealNotWon,
        "archive": DealNotDraft,
    },
    "cancelled": {
        "submit": DealNotDraft,
        "win": DealNotOpen,
        "lose": DealNotOpen,
        "reopen": DealNotClosed,
        "cancel": DealNotWon,
        "amend": DealNotWon,
        "archive": DealNotDraft,
    },
}
CELLS = [(state, move, result) for state, row in TABLE.items() for move, result in row.items()]


def deal_in(state: str, *, by: User, at: datetime, **given: Any) -> Deal:
    first = {"lost": "open", "cancelled": "won"}.get(state, state)
    deal = DealFactory(status=first, by=by, at=at, **given)
    if state == "lost":
        return lose_deal(deal_id=deal.pk, reason="Too dear", by=by, at=at)
    if state == "cancelled":
        return cancel_deal(deal_id=deal.pk, reason="Called off", by=by, at=at)
    return deal


def last_event(deal: Deal) -> Any:
    return history_of(subject_type="deals.deal", subject_id=deal.pk).order_by("-id")[0]


class TestStateMachine:
    @pytest.mark.parametrize(("state", "move", "result"), CELLS)
    def test_allows_these_moves_and_no_other(
        self,
        sam: User,
        at_noon: datetime,
        state: str,
        move: str,
        result: type[DomainError] | str,
    ) -> None:
        deal = deal_in(state, by=sam, at=at_noon)
        events = history_of(subject_type="deals.deal", subject_id=deal.pk)
        before = events.count()

        if isinstance(result, str):
            MOVES[move](deal_id=deal.pk, by=sam, at=at_noon)
            after = before + 1
        else:
            result, after = state, before
            with pytest.raises(TABLE[state][move]):  # type: ignore[arg-type]  # checked above
                MOVES[move](deal_id=deal.pk, by=sam, at=at_noon)

        deal.refresh_from_db()
        assert deal.status == result
        assert events.count() == after

    @pytest.mark.parametrize("move", MOVES)
    def test_is_closed_to_colleagues(
        self, sam: User, suki: User, at_noon: datetime, move: str
    ) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        with pytest.raises(Deal.DoesNotExist):
            MOVES[move](deal_id=deal.pk, by=suki, at=at_noon)

    @pytest.mark.parametrize("move", MOVES)
    def test_is_closed_to_whoever_may_only_look(
        self, sam: User, vera: User, at_noon: datetime, move: str
    ) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        with pytest.raises(PermissionRefused):
            MOVES[move](deal_id=deal.pk, by=vera, at=at_noon)

    @pytest.mark.parametrize("move", MOVES)
    def test_finds_nothing_where_nothing_is(self, sam: User, at_noon: datetime, move: str) -> None:
        with pytest.raises(Deal.DoesNotExist):
            MOVES[move](deal_id=uuid4(), by=sam, at=at_noon)

    @pytest.mark.parametrize("move", [lose_deal, cancel_deal])
    def test_asks_why(self, sam: User, at_noon: datetime, move: Callable[..., Any]) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        with pytest.raises(ValidationFailed):
            move(deal_id=deal.pk, reason="  ", by=sam, at=at_noon)


class TestSubmit:
    def test_needs_lines(self, sam: User, at_noon: datetime) -> None:
        deal = DealFactory(status="draft", lines=(), by=sam, at=at_noon)
        with pytest.raises(InvalidTerms):
            submit_deal(deal_id=deal.pk, by=sam, at=at_noon)


class TestWin:
    def test_posts_the_receivable_and_notes_when(self, sam: User, at_noon: datetime) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        later = at_noon + timedelta(days=2)
        won = win_deal(deal_id=deal.pk, by=sam, at=later)

        assert (won.won_at, won.version) == (later, 2)
        assert str(balance_of(AccountCode.RECEIVABLE, currency="USD")) == "1000.00 USD"
        event = last_event(deal)
        assert (event.before, event.after) == ({"status": "open"}, {"status": "won"})

    def test_needs_somebody_who_may_approve_a_large_discount(
        self, sam: User, theo: User, at_noon: datetime
    ) -> None:
        deal = DealFactory(lines=(line(discount_percent=Decimal(20)),), by=sam, at=at_noon)
        with pytest.raises(DiscountNeedsApproval):
            win_deal(deal_id=deal.pk, by=sam, at=at_noon)
        assert win_deal(deal_id=deal.pk, by=theo, at=at_noon).is_won

    def test_happens_once_under_10_concurrent_tries(
        self, fresh_tenant: Tenant, at_noon: datetime
    ) -> None:
        make_cast(at=at_noon)
        sam = person_named("sam")
        deal = DealFactory(by=sam, at=at_noon)
        results = run_together(
            fresh_tenant, [partial(win_deal, deal_id=deal.pk, by=sam, at=at_noon)] * 10
        )
        assert sum(isinstance(result, Deal) for result in results) == 1
        assert sum(isinstance(result, DealNotOpen) for result in results) == 9
        assert str(balance_of(AccountCode.RECEIVABLE, currency="USD")) == "1000.00 USD"

    def test_and_loss_at_once_leave_one_of_the_two(
        self, fresh_tenant: Tenant, at_noon: datetime
    ) -> None:
        make_cast(at=at_noon)
        sam = person_named("sam")
        deal = DealFactory(by=sam, at=at_noon)
        tries = [
            partial(MOVES[move], deal_id=deal.pk, by=sam, at=at_noon) for move in ("win", "lose")
        ]
        results = run_together(fresh_tenant, tries)
        assert sum(isinstance(result, DealNotOpen) for result in results) == 1


class TestMoneyOnTheDeal:
    @pytest.mark.parametrize("move", ["reopen", "cancel"])
    def test_keeps_a_won_deal_won(self, sam: User, at_noon: datetime, move: str) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        payment = uuid4()
        receive_money(deal.pk, payment, "400.00", at=at_noon)
        apply_money(deal.pk, payment, "400.00", at=at_noon)
        with pytest.raises(DealHoldsMoney):
            MOVES[move](deal_id=deal.pk, by=sam, at=at_noon)

    def test_keeps_an_open_deal_from_being_lost(self, sam: User, at_noon: datetime) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        receive_money(deal.pk, uuid4(), "400.00", at=at_noon)
        with pytest.raises(DealHoldsMoney):
            lose_deal(deal_id=deal.pk, reason="Too dear", by=sam, at=at_noon)

    def test_in_review_keeps_a_deal_from_being_cancelled(
        self, sam: User, at_noon: datetime
    ) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        opened(sam, at=at_noon, context_id=deal.pk)
        with pytest.raises(DealInReview):
            cancel_deal(deal_id=deal.pk, reason="Called off", by=sam, at=at_noon)


class TestTakingBack:
    @pytest.mark.parametrize("move", ["reopen", "cancel"])
    def test_leaves_nothing_in_the_ledger(self, sam: User, at_noon: datetime, move: str) -> None:
        lines = (line(tax_rate_percent=Decimal(19)),)
        deal = WonDealFactory(lines=lines, by=sam, at=at_noon)
        MOVES[move](deal_id=deal.pk, by=sam, at=at_noon)
        assert {str(row.balance) for row in trial_balance()} == {"0.00 USD"}

    def test_of_a_lost_deal_posts_nothing(self, sam: User, at_noon: datetime) -> None:
        deal = deal_in("lost", by=sam, at=at_noon)
        reopened = reopen_deal(deal_id=deal.pk, by=sam, at=at_noon)
        assert (reopened.lost_reason, reopened.won_at) == ("", None)
        assert trial_balance() == []

    def test_and_winning_again_posts_once(self, sam: User, at_noon: datetime) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        reopen_deal(deal_id=deal.pk, by=sam, at=at_noon)
        win_deal(deal_id=deal.pk, by=sam, at=at_noon)
        assert str(balance_of(AccountCode.RECEIVABLE, currency="USD")) == "1000.00 USD"
