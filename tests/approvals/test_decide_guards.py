"""What holds whatever the services do: parties, constraints, and decisions at the same moment."""

from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.approvals.models import ApprovalRequest, Decision, Party, PolicyStep
from tenant_apps.approvals.selectors import (
    is_party,
    pending_about,
)
from tenant_apps.approvals.services import (
    AlreadyDecided,
    MakerIsChecker,
    Outcome,
    add_interested,
    add_parties,
    add_party,
)
from tests.approvals.requests import (
    HASH,
    approve,
    opened,
)
from tests.cast import make_cast, person_named
from tests.together import run_together


class TestParties:
    def test_keep_one_person_on_one_side(self, sam: User) -> None:
        thing = uuid4()
        add_party(object_id=thing, user_id=sam.pk, side="maker")
        add_party(object_id=thing, user_id=sam.pk, side="interested")
        assert is_party(object_id=thing, user_id=sam.pk, sides=["maker"])
        with pytest.raises(MakerIsChecker):
            add_party(object_id=thing, user_id=sam.pk, side="checker")

    @pytest.mark.parametrize("side", ["maker", "interested"])
    def test_bar_a_checker_from_gaining_later(self, vera: User, side: str) -> None:
        thing = uuid4()
        add_party(object_id=thing, user_id=vera.pk, side="checker")
        with pytest.raises(MakerIsChecker):
            add_parties(object_id=thing, user_ids=[vera.pk], side=side)

    def test_hold_by_their_key(self, sam: User) -> None:
        thing = uuid4()
        Party.objects.create(object_id=thing, user_id=sam.pk, side="maker")
        with pytest.raises(IntegrityError), transaction.atomic():
            Party.objects.create(object_id=thing, user_id=sam.pk, side="checker")
        assert Party.objects.get(pk=(thing, sam.pk)).side == "maker"

    def test_reach_everything_of_a_deal(
        self, sam: User, vera: User, suki: User, at_noon: datetime
    ) -> None:
        deal = uuid4()
        waiting, done = (opened(sam, at=at_noon, context_id=deal) for _ in range(2))
        approve(done.subject_id, vera, at=at_noon)

        assert pending_about(deal) == 1
        add_interested(context_id=deal, user_ids=[suki.pk])
        assert is_party(object_id=waiting.subject_id, user_id=suki.pk, sides=["interested"])
        with pytest.raises(MakerIsChecker):
            add_interested(context_id=deal, user_ids=[vera.pk])


class TestConstraints:
    """The database refuses what the service refuses, when the service is bypassed."""

    @pytest.mark.parametrize(
        ("constraint", "given"),
        [
            ("decision_not_by_its_maker", {"actor": "submitter"}),
            ("decision_not_by_its_maker", {"actor": "author"}),
            ("decision_verdict", {"verdict": "maybe", "verified_amount": None, "reason": "x"}),
            (
                "decision_refusal_has_reason",
                {"verdict": "reject", "verified_amount": None, "reason": ""},
            ),
            ("decision_failure_reason", {"failure_reason": "bad mood"}),
            (
                "decision_verified_within_amount",
                {"verified_amount": Decimal("400.01"), "reason": "x"},
            ),
            ("decision_verified_within_amount", {"verified_amount": Decimal(0), "reason": "x"}),
            ("decision_verified_within_amount", {"verdict": "reject", "reason": "x"}),
            ("decision_difference_has_reason", {"verified_amount": Decimal(399)}),
            ("decision_approval_names_the_money", {"verified_amount": None}),
        ],
    )
    def test_fire(
        self,
        request_of_sam: ApprovalRequest,
        sam: User,
        suki: User,
        vera: User,
        constraint: str,
        given: dict[str, Any],
    ) -> None:
        people = {"submitter": sam.pk, "author": suki.pk, "checker": vera.pk}
        values: dict[str, Any] = {
            "verdict": "approve",
            "reason": "",
            "verified_amount": Decimal(400),
            **given,
        }
        actor = people[values.pop("actor", "checker")]
        step = PolicyStep.objects.get(policy=request_of_sam.policy)
        with pytest.raises(IntegrityError, match=constraint):
            Decision.objects.create(
                request=request_of_sam,
                round_number=1,
                step=step,
                actor_id=actor,
                submitter_id=sam.pk,
                author_id=suki.pk,
                amount=Decimal(400),
                currency="USD",
                content_hash=HASH,
                decided_at=request_of_sam.opened_at,
                **values,
            )

    def test_allow_one_decision_per_person_and_round(
        self, request_of_sam: ApprovalRequest, vera: User, at_noon: datetime
    ) -> None:
        approve(request_of_sam.subject_id, vera, at=at_noon)
        again = Decision.objects.get()
        again.pk = uuid4()
        with pytest.raises(IntegrityError, match="decision_once_per_round"):
            again.save(force_insert=True)

    @pytest.mark.parametrize(
        ("constraint", "values"),
        [
            ("approval_request_status", {"status": "odd"}),
            ("approval_request_closed_when_decided", {"status": "approved"}),
        ],
    )
    def test_keep_a_request_whole(
        self, request_of_sam: ApprovalRequest, constraint: str, values: dict[str, str]
    ) -> None:
        with pytest.raises(IntegrityError):
            ApprovalRequest.objects.filter(pk=request_of_sam.pk).update(**values)


class TestConcurrentDecisions:
    def test_let_one_of_two_verifiers_win(self, fresh_tenant: Tenant, at_noon: datetime) -> None:
        make_cast(at=at_noon)
        request = opened(person_named("sam"), at=at_noon)
        tries = [
            partial(approve, request.subject_id, person_named(name), at=at_noon)
            for name in ("vera", "viktor")
        ]
        results = run_together(fresh_tenant, tries)

        assert sum(result is Outcome.APPROVED for result in results) == 1
        assert sum(isinstance(result, AlreadyDecided) for result in results) == 1
        assert Decision.objects.count() == 1

    def test_let_nobody_become_maker_and_checker_at_once(
        self, fresh_tenant: Tenant, at_noon: datetime
    ) -> None:
        make_cast(at=at_noon)
        thing, vera = uuid4(), person_named("vera")
        tries = [
            partial(add_party, object_id=thing, user_id=vera.pk, side=side)
            for side in ("maker", "checker")
        ]
        results = run_together(fresh_tenant, tries)

        assert sum(isinstance(result, MakerIsChecker) for result in results) == 1
        assert Party.objects.filter(object_id=thing).count() == 1
