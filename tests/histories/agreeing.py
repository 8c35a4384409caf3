"""Steps of agreeing: discounts that somebody else decides, credit from a day on, hand-overs."""

from datetime import timedelta
from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from shared_apps.organizations.selectors import local_day_of
from tenant_apps.deals.models import Deal
from tenant_apps.deals.selectors import get_deal, get_discount_request
from tenant_apps.deals.services import (
    NewCredit,
    TermChanges,
    approve_discount,
    change_credit,
    reject_discount,
    request_discount,
)
from tenant_apps.handovers.services import NewHandOver, carry_out_due, plan_hand_over
from tests.histories.desk import DEAL, DISCOUNT, Desk, numbers
from tests.histories.terms import Wish, wishes

DISCOUNT_VERBS = {"requested": ("approve", "approve", "reject")}
DECIDERS = ("theo", "theo", "adam", "olga")


class AgreementSteps(Desk):
    """What people agree on with each other."""

    @rule(which=numbers, who=numbers, wish=wishes)
    def ask_for_discount(self, which: int, who: int, wish: Wish) -> None:
        """Ask for the discount of a deal as it is, or for that of other terms."""
        pk, state = self.row(DEAL, which, "open", "won")
        held = Deal.objects.select_related("current_version").get(pk=pk)
        today = local_day_of(self.office.now)
        changes = wish.changes_of(held, today) if state == "won" else TermChanges()

        def act(by: Any, at: Any) -> None:
            get_deal(reference=pk, viewer=by, permission="deals.edit")
            request_discount(deal_id=pk, changes=changes, reason="They insist", by=by, at=at)

        what = f"asks for the discount of {held.code} ({state}): {wish}"
        self.attempt(self.someone(("sam", "suki", "olga"), who), "deals.edit", act, what)

    @rule(which=numbers, verb=numbers, who=numbers)
    @precondition(lambda self: self.office.desk[DISCOUNT])
    def decide_discount(self, which: int, verb: int, who: int) -> None:
        """Approve or refuse a discount that somebody asked for, or that was decided already."""
        pk, state = self.row(DISCOUNT, which, "requested")
        name = self.verb(DISCOUNT_VERBS, state, verb)
        decide = approve_discount if name == "approve" else partial(reject_discount, reason="No")

        def act(by: Any, at: Any) -> None:
            asked = get_discount_request(request_id=pk, viewer=by, permission="discounts.approve")
            decide(request_id=pk, checker=by, content_hash=asked.content_hash, at=at)

        what = f"tries to {name} discount {which} ({state})"
        self.attempt(self.someone(DECIDERS, who), "discounts.approve", act, what)

    @rule(which=numbers, who=numbers, wish=wishes, days=st.sampled_from([0, 1, 1, 30]))
    def credit_from_a_day(self, which: int, who: int, wish: Wish, days: int) -> None:
        """Credit others, or other shares, from today or a later day on."""
        pk, state = self.row(DEAL, which, "open", "won")
        day = local_day_of(self.office.now) + timedelta(days=days)
        new = NewCredit(splits=wish.splits(self.office.people), valid_from=day, reason="Agreed")
        self.attempt(
            self.someone(("theo", "adam", "olga"), who),
            "deals.hand_over",
            lambda by, at: change_credit(deal_id=pk, new=new, by=by, at=at),
            f"credits deal {which} ({state}) to {wish.credited} from {day} on",
        )

    @rule(
        who=numbers,
        pair=st.sampled_from([("sam", "suki"), ("suki", "sam"), ("sam", "vera"), ("vera", "sam")]),
        days=st.sampled_from([0, 0, 5]),
        takes_credit=st.booleans(),
    )
    def hand_over(self, who: int, pair: tuple[str, str], days: int, *, takes_credit: bool) -> None:
        """Hand somebody's work over, today or soon, and carry out what is due."""
        leaver, successor = (self.office.people[name].pk for name in pair)
        new = NewHandOver(
            leaver_id=leaver,
            successor_id=successor,
            effective_on=local_day_of(self.office.now) + timedelta(days=days),
            takes_credit=takes_credit,
            leaves=False,
            reason="Moves on",
        )

        def act(by: Any, at: Any) -> None:
            report = carry_out_due(at=at)
            assert not report.failed, report
            plan_hand_over(new=new, by=by, at=at)

        what = f"hands the work of {pair[0]} over to {pair[1]} in {days} days"
        self.attempt(self.someone(("adam", "theo"), who), "deals.hand_over", act, what)
