"""Decide on a request: four eyes, bound to the content that was seen."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError, PermissionRefused, ValidationFailed
from shared_apps.kernel.ids import uuid7
from shared_apps.kernel.models import money_of
from shared_apps.kernel.money import Money
from shared_apps.kernel.wording import worded
from tenant_apps.access.scopes import has_permission, refuse_blocked
from tenant_apps.accounts.selectors import get_person
from tenant_apps.approvals.events import ApprovalAdded
from tenant_apps.approvals.models import (
    ApprovalRequest,
    Decision,
    PolicyStep,
    RequestStatus,
    Side,
    Verdict,
)
from tenant_apps.approvals.selectors import current_decisions, find_request, next_step
from tenant_apps.approvals.services.parties import MakerIsChecker, add_party, refuse_other_side
from tenant_apps.approvals.services.requests import lock_request

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


class AlreadyDecided(DomainError):
    """The request is not pending any more, or this person has decided in this round."""

    code, status = "already_decided", 409
    message = "This has been decided already."


class ContentChanged(DomainError):
    """The content is not what the person saw."""

    code, status = "content_changed", 409
    message = "The content has changed since you opened it; look at it again."


class DecisionNeedsReason(DomainError):
    """A refusal, or less money than claimed, must say why."""

    code, status = "decision_needs_reason", 400
    message = "Say why: a refusal needs a reason, and so does another amount than the one claimed."
    field = "/reason"


class NotADecider(PermissionRefused):
    """The policy's next step asks for a permission that the person does not hold."""

    message = "The approval policy asks for somebody with another role now."


class VerifiedAmountRefused(ValidationFailed):
    """More verified than claimed, nothing, another currency, or an amount where none belongs."""


class Outcome(StrEnum):
    """What a decision led to."""

    APPROVED = "approved"
    PENDING = "pending"
    REJECTED = "rejected"
    CHANGES_REQUESTED = "changes_requested"


_ENDS = {
    Verdict.REJECT: Outcome.REJECTED,
    Verdict.REQUEST_CHANGES: Outcome.CHANGES_REQUESTED,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class NewDecision:
    """One person's verdict, under the id it will have. `content_hash` is what the person saw.

    `verified` is what arrived (None on approval: the whole amount); a difference needs a `reason`.
    """

    actor_id: UUID
    verdict: str
    content_hash: str
    reason: str = ""
    failure_reason: str = ""
    verified: Money | None = None
    evidence: str = ""
    id: UUID = field(default_factory=uuid7)


@transaction.atomic
def decide(*, subject_id: UUID, decision: NewDecision, at: datetime) -> Outcome:
    """Enter a decision and return what it led to. Locks the request row.

    A final outcome is the caller's event; an approval that still waits for others records
    ApprovalAdded here.
    Raises: AlreadyDecided, ContentChanged, DecisionNeedsReason, VerifiedAmountRefused,
    MakerIsChecker, ApprovalsBlocked, NotADecider, ApprovalRequest.DoesNotExist.
    """
    request = lock_request(subject_id)
    if not request.is_pending:
        raise AlreadyDecided
    if decision.content_hash != request.content_hash:
        raise ContentChanged
    verified = _verified_of(request, decision)
    _check_reason(request, decision, verified)
    step = _step_for(request, decision.actor_id)
    entered = _enter(request, step, decision, verified, at)
    outcome = _outcome_of(request, decision)
    if outcome is Outcome.PENDING:
        _record_approval(request, entered, at)
    else:
        _close(request, outcome, at)
    return outcome


def check_decider(*, subject_id: UUID, actor: "User") -> None:
    """Refuse whoever could not decide on a subject now, before they try.

    Raises: AlreadyDecided, MakerIsChecker, ApprovalsBlocked, NotADecider.
    """
    request = find_request(subject_id)
    if request is None or not request.is_pending:
        raise AlreadyDecided
    _refuse_maker(request, actor)
    refuse_other_side(object_id=subject_id, user_ids=[actor.pk], side=Side.CHECKER)
    _open_step(request, actor)


def _verified_of(request: ApprovalRequest, decision: NewDecision) -> Money | None:
    """Return the money that an approval verifies: the whole amount unless it names another."""
    if decision.verdict != Verdict.APPROVE:
        return None
    if request.amount is None:
        if decision.verified is not None:
            raise VerifiedAmountRefused.at("/verified_amount", "There is no amount to verify.")
        return None
    amount = money_of(request.amount, request.currency)
    verified = amount if decision.verified is None else decision.verified
    _check_verified(verified, amount)
    return verified


def _check_verified(verified: Money, amount: Money) -> None:
    if verified.currency != amount.currency:
        raise VerifiedAmountRefused.at(
            "/verified_amount", worded("The amount is in %(currency)s.", currency=amount.currency)
        )
    if verified.amount <= 0:
        raise VerifiedAmountRefused.at("/verified_amount", "Reject it when nothing arrived.")
    if verified > amount:
        raise VerifiedAmountRefused.at(
            "/verified_amount", worded("At most %(amount)s was claimed.", amount=amount)
        )


def _check_reason(request: ApprovalRequest, decision: NewDecision, verified: Money | None) -> None:
    is_whole = verified is None or verified.amount == request.amount
    if decision.verdict == Verdict.APPROVE and is_whole:
        return
    if not decision.reason.strip():
        raise DecisionNeedsReason


def _step_for(request: ApprovalRequest, actor_id: UUID) -> PolicyStep:
    """Return the step that the decision counts for; the person becomes a checker."""
    actor = get_person(actor_id)
    _refuse_maker(request, actor)
    add_party(object_id=request.subject_id, user_id=actor_id, side=Side.CHECKER)
    return _open_step(request, actor)


def _refuse_maker(request: ApprovalRequest, actor: "User") -> None:
    if actor.pk in {request.submitter_id, request.author_id}:
        raise MakerIsChecker
    refuse_blocked(actor)


def _open_step(request: ApprovalRequest, actor: "User") -> PolicyStep:
    if current_decisions(request).filter(actor_id=actor.pk).exists():
        raise AlreadyDecided("You have decided on this already.")
    step = next_step(request)
    if step is None or not has_permission(actor, step.permission):
        raise NotADecider
    return step


def _enter(
    request: ApprovalRequest,
    step: PolicyStep,
    decision: NewDecision,
    verified: Money | None,
    at: datetime,
) -> Decision:
    return Decision.objects.create(
        id=decision.id,
        request=request,
        round_number=request.round_number,
        step=step,
        actor_id=decision.actor_id,
        submitter_id=request.submitter_id,
        author_id=request.author_id,
        verdict=Verdict(decision.verdict),
        reason=decision.reason.strip(),
        failure_reason=decision.failure_reason,
        evidence=decision.evidence,
        amount=request.amount,
        verified_amount=verified.amount if verified else None,
        currency=request.currency,
        content_hash=request.content_hash,
        decided_at=at,
    )


def _outcome_of(request: ApprovalRequest, decision: NewDecision) -> Outcome:
    verdict = Verdict(decision.verdict)
    if verdict in _ENDS:
        return _ENDS[verdict]
    return Outcome.APPROVED if next_step(request) is None else Outcome.PENDING


def _close(request: ApprovalRequest, outcome: Outcome, at: datetime) -> None:
    request.status, request.closed_at = RequestStatus(outcome.value), at
    request.save(update_fields=["status", "closed_at"])


def _record_approval(request: ApprovalRequest, entered: Decision, at: datetime) -> None:
    record(
        ApprovalAdded(
            subject=request.subject_id, decision_id=entered.pk, actor_id=entered.actor_id
        ),
        actor=get_person(entered.actor_id).actor,
        at=at,
    )
