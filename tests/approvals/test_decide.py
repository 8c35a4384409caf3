"""Deciding: four eyes, once, bound to the content."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from shared_apps.audit.selectors import history_of
from shared_apps.kernel.errors import ValidationFailed
from shared_apps.kernel.money import Money
from tenant_apps.accounts.models import User
from tenant_apps.approvals.models import ApprovalRequest, Decision
from tenant_apps.approvals.selectors import (
    deciders_of,
    decisions_of,
    is_party,
    verified_amount_of,
)
from tenant_apps.approvals.services import (
    AlreadyDecided,
    Conditions,
    ContentChanged,
    DecisionNeedsReason,
    MakerIsChecker,
    NewPolicy,
    NewStep,
    NoPolicyFits,
    NotADecider,
    Outcome,
    VerifiedAmountRefused,
    close_request,
    create_policy,
    decide,
    renew_request,
)
from tests.approvals.requests import (
    FOUR_HUNDRED,
    OTHER_HASH,
    approve,
    opened,
    request_by,
    verdict,
)


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


class TestDecide:
    def test_approves_the_whole_amount_unless_told_otherwise(
        self, request_of_sam: ApprovalRequest, vera: User, at_noon: datetime
    ) -> None:
        subject = request_of_sam.subject_id
        assert approve(subject, vera, at=at_noon) is Outcome.APPROVED

        request_of_sam.refresh_from_db()
        assert (request_of_sam.status, request_of_sam.closed_at) == ("approved", at_noon)
        assert verified_amount_of(subject) == FOUR_HUNDRED
        assert is_party(object_id=subject, user_id=vera.pk, sides=["checker"])

    def test_keeps_a_lower_verified_amount_with_its_reason(
        self, request_of_sam: ApprovalRequest, vera: User, at_noon: datetime
    ) -> None:
        approve(
            request_of_sam.subject_id,
            vera,
            at=at_noon,
            verified=usd("395.00"),
            reason="Bank kept 5.00",
        )
        assert verified_amount_of(request_of_sam.subject_id) == usd("395.00")

    @pytest.mark.parametrize(
        ("kind", "outcome"),
        [("reject", Outcome.REJECTED), ("request_changes", Outcome.CHANGES_REQUESTED)],
    )
    def test_ends_a_request_with_a_refusal(
        self,
        request_of_sam: ApprovalRequest,
        vera: User,
        at_noon: datetime,
        kind: str,
        outcome: Outcome,
    ) -> None:
        decision = verdict(vera, kind, reason="Not on the statement")
        entered = decide(subject_id=request_of_sam.subject_id, decision=decision, at=at_noon)
        assert entered is outcome
        request_of_sam.refresh_from_db()
        assert request_of_sam.status == outcome

    @pytest.mark.parametrize("kind", ["reject", "request_changes"])
    def test_asks_why_for_a_refusal(
        self, request_of_sam: ApprovalRequest, vera: User, at_noon: datetime, kind: str
    ) -> None:
        with pytest.raises(DecisionNeedsReason):
            decide(
                subject_id=request_of_sam.subject_id,
                decision=verdict(vera, kind, reason="  "),
                at=at_noon,
            )

    def test_asks_why_for_a_difference(
        self, request_of_sam: ApprovalRequest, vera: User, at_noon: datetime
    ) -> None:
        with pytest.raises(DecisionNeedsReason):
            approve(request_of_sam.subject_id, vera, at=at_noon, verified=usd("399.99"))

    @pytest.mark.parametrize("verified", [usd("400.01"), usd("0.00"), Money.of("400.00", "EUR")])
    def test_refuses_more_than_claimed_nothing_and_another_currency(
        self, request_of_sam: ApprovalRequest, vera: User, at_noon: datetime, verified: Money
    ) -> None:
        with pytest.raises(VerifiedAmountRefused):
            approve(
                request_of_sam.subject_id, vera, at=at_noon, verified=verified, reason="because"
            )

    def test_refuses_an_amount_where_none_was_claimed(
        self, sam: User, vera: User, at_noon: datetime
    ) -> None:
        request = opened(sam, at=at_noon, amount=None)
        with pytest.raises(VerifiedAmountRefused):
            approve(request.subject_id, vera, at=at_noon, verified=usd("1.00"), reason="x")

    def test_is_refused_a_second_time(
        self, request_of_sam: ApprovalRequest, vera: User, viktor: User, at_noon: datetime
    ) -> None:
        approve(request_of_sam.subject_id, vera, at=at_noon)
        with pytest.raises(AlreadyDecided):
            approve(request_of_sam.subject_id, viktor, at=at_noon)

    def test_is_bound_to_the_content_that_was_seen(
        self, request_of_sam: ApprovalRequest, vera: User, at_noon: datetime
    ) -> None:
        with pytest.raises(ContentChanged):
            approve(request_of_sam.subject_id, vera, at=at_noon, content_hash=OTHER_HASH)

    @pytest.mark.parametrize("side", ["submitter_id", "author_id", "maker_ids", "interested_ids"])
    def test_is_refused_to_makers_and_to_whoever_gains(
        self, sam: User, vera: User, at_noon: datetime, side: str
    ) -> None:
        who: Any = (vera.pk,) if side.endswith("ids") else vera.pk
        request = opened(sam, at=at_noon, **{side: who})

        with pytest.raises(MakerIsChecker):
            approve(request.subject_id, vera, at=at_noon)
        assert not Decision.objects.exists()

    def test_is_refused_without_the_steps_permission(
        self, request_of_sam: ApprovalRequest, suki: User, at_noon: datetime
    ) -> None:
        with pytest.raises(NotADecider):
            approve(request_of_sam.subject_id, suki, at=at_noon)
        assert not is_party(object_id=request_of_sam.subject_id, user_id=suki.pk)

    def test_is_refused_on_a_withdrawn_request(
        self, request_of_sam: ApprovalRequest, vera: User, at_noon: datetime
    ) -> None:
        close_request(subject_id=request_of_sam.subject_id, status="withdrawn", at=at_noon)
        with pytest.raises(AlreadyDecided):
            approve(request_of_sam.subject_id, vera, at=at_noon)

    def test_does_not_find_what_was_never_asked(self, vera: User, at_noon: datetime) -> None:
        with pytest.raises(ApprovalRequest.DoesNotExist):
            approve(uuid4(), vera, at=at_noon)


class TestRenewRequest:
    def test_voids_earlier_decisions(self, sam: User, vera: User, at_noon: datetime) -> None:
        asked = request_by(sam)
        request = opened(sam, at=at_noon, subject_id=asked.subject_id)
        decide(
            subject_id=request.subject_id,
            decision=verdict(vera, "request_changes", reason="Wrong reference"),
            at=at_noon,
        )
        renewed = renew_request(
            request=request_by(sam, subject_id=request.subject_id, content_hash=OTHER_HASH),
            at=at_noon,
        )

        assert (renewed.status, renewed.round_number, renewed.closed_at) == ("pending", 2, None)
        [old] = decisions_of(request.subject_id)
        assert old.round_number != old.request.round_number
        with pytest.raises(ContentChanged):
            approve(request.subject_id, vera, at=at_noon)
        done = approve(request.subject_id, vera, at=at_noon, content_hash=OTHER_HASH)
        assert done is Outcome.APPROVED

    def test_bars_whoever_changed_the_content(
        self, request_of_sam: ApprovalRequest, sam: User, vera: User, at_noon: datetime
    ) -> None:
        edited = request_by(sam, subject_id=request_of_sam.subject_id, author_id=vera.pk)
        renew_request(request=edited, at=at_noon)
        with pytest.raises(MakerIsChecker):
            approve(request_of_sam.subject_id, vera, at=at_noon)

    def test_refuses_a_change_by_whoever_has_decided(
        self, request_of_sam: ApprovalRequest, sam: User, vera: User, at_noon: datetime
    ) -> None:
        decide(
            subject_id=request_of_sam.subject_id,
            decision=verdict(vera, "request_changes", reason="Wrong"),
            at=at_noon,
        )
        edited = request_by(sam, subject_id=request_of_sam.subject_id, author_id=vera.pk)
        with pytest.raises(MakerIsChecker):
            renew_request(request=edited, at=at_noon)


class TestPolicies:
    def test_wait_for_as_many_people_as_they_say(
        self, adam: User, sam: User, vera: User, viktor: User, at_noon: datetime
    ) -> None:
        self._need(2, adam, at_noon)
        request = opened(sam, at=at_noon)

        first = approve(request.subject_id, vera, at=at_noon, verified=usd("390.00"), reason="fee")
        assert first is Outcome.PENDING
        assert vera.pk not in deciders_of(request.subject_id)
        assert viktor.pk in deciders_of(request.subject_id)
        with pytest.raises(AlreadyDecided):
            approve(request.subject_id, vera, at=at_noon)
        assert approve(request.subject_id, viktor, at=at_noon) is Outcome.APPROVED
        assert verified_amount_of(request.subject_id) == usd("390.00")
        events = history_of(subject_type="approvals.request", subject_id=request.subject_id)
        assert [event.name for event in events] == ["approvals.approval_added"]

    def test_ask_step_after_step(
        self, adam: User, sam: User, vera: User, theo: User, at_noon: datetime
    ) -> None:
        steps = (NewStep(permission="discounts.approve"), NewStep(permission="payments.decide"))
        self._need(1, adam, at_noon, steps=steps, subject_type="tests.subject")
        request = opened(sam, at=at_noon, subject_type="tests.subject")

        assert theo.pk in deciders_of(request.subject_id)
        with pytest.raises(NotADecider):
            approve(request.subject_id, vera, at=at_noon)
        assert approve(request.subject_id, theo, at=at_noon) is Outcome.PENDING
        assert approve(request.subject_id, vera, at=at_noon) is Outcome.APPROVED

    @pytest.mark.parametrize("permission", ["ledger.view", "discounts.approve", "nonsense"])
    def test_ask_nobody_who_cannot_decide_on_payments(
        self, permission: str, adam: User, at_noon: datetime
    ) -> None:
        steps = (NewStep(permission="payments.decide"), NewStep(permission=permission))
        with pytest.raises(ValidationFailed) as refusal:
            self._need(1, adam, at_noon, steps=steps)
        assert [each.field for each in refusal.value.problems] == ["/steps/1/permission"]

    def test_fit_by_amount_and_method(self, adam: User, sam: User, at_noon: datetime) -> None:
        large = Conditions(amount_from=usd("1000.00"))
        cash = Conditions(methods=("cash",))
        names = {}
        for conditions, name in ((large, "large"), (cash, "cash")):
            policy = self._need(2, adam, at_noon, name=name, conditions=conditions)
            names[policy.pk] = name

        def chosen(**given: Any) -> str:
            return names.get(opened(sam, at=at_noon, **given).policy_id, "default")

        assert chosen() == "default"
        assert chosen(amount=usd("1000.00")) == "large"
        assert chosen(amount=Money.of("5000.00", "EUR")) == "default"
        assert chosen(method="cash") == "cash"
        assert chosen(amount=None) == "default"

    def test_are_needed(self, sam: User, at_noon: datetime) -> None:
        with pytest.raises(NoPolicyFits):
            opened(sam, at=at_noon, subject_type="payments.refund")

    @staticmethod
    def _need(people: int, by: User, at: datetime, **given: Any) -> Any:
        steps = (NewStep(permission="payments.decide", approvals_needed=people),)
        values = {"name": "n", "subject_type": "payments.payment", "priority": 10, "steps": steps}
        return create_policy(new=NewPolicy(**{**values, **given}), by=by, at=at)


class TestDeciders:
    def test_are_the_holders_who_are_no_party(
        self, sam: User, vera: User, viktor: User, olga: User, adam: User, at_noon: datetime
    ) -> None:
        request = opened(sam, at=at_noon, interested_ids=(viktor.pk,))
        deciders = deciders_of(request.subject_id)
        assert deciders == sorted([vera.pk, olga.pk, adam.pk])

    def test_are_nobody_once_decided(
        self, request_of_sam: ApprovalRequest, vera: User, at_noon: datetime
    ) -> None:
        approve(request_of_sam.subject_id, vera, at=at_noon)
        assert deciders_of(request_of_sam.subject_id) == []
        assert deciders_of(uuid4()) == []
