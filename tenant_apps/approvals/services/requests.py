"""Open, renew and close a request for decisions."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from shared_apps.kernel.errors import DomainError
from shared_apps.kernel.events import Actor
from shared_apps.kernel.money import Money
from tenant_apps.accounts.selectors import people_behind
from tenant_apps.approvals.conditions import Facts
from tenant_apps.approvals.models import ApprovalRequest, Policy, RequestStatus, Side
from tenant_apps.approvals.selectors import policies_in_force
from tenant_apps.approvals.services.parties import add_parties
from tenant_apps.approvals.services.policies import DECIDED_BY, seed_policy


class NoPolicyFits(DomainError):
    """The organization has no approval policy for this kind of subject."""

    code, status = "no_policy_fits", 409
    message = "No approval policy fits this; an administrator must add one."


@dataclass(frozen=True, kw_only=True, slots=True)
class NewRequest:
    """What waits for decisions and who may not decide it.

    `submitter_id` handed it in, `author_id` last changed its content (the submitter by default);
    both become makers, `interested_ids` gain by it. `amount` is what a checker verifies; with
    its `worth` in another currency, `method` and the client's `account_status` it chooses the
    policy. `context_id` is what the subject belongs to (a deal).
    """

    subject_type: str
    subject_id: UUID
    content_hash: str
    submitter_id: UUID
    author_id: UUID | None = None
    amount: Money | None = None
    worth: Money | None = None
    method: str = ""
    account_status: str = ""
    context_id: UUID | None = None
    maker_ids: tuple[UUID, ...] = ()
    interested_ids: tuple[UUID, ...] = ()


@transaction.atomic
def open_request(*, request: NewRequest, at: datetime) -> ApprovalRequest:
    """Open a request under the policy that fits, and note makers and interested people.

    Records nothing: the submission is the caller's event.
    Raises: NoPolicyFits, MakerIsChecker.
    """
    if request.subject_type in DECIDED_BY:
        # organizations that are older than this kind of subject
        seed_policy(request.subject_type, actor=Actor.system("approvals"), at=at)
    opened = ApprovalRequest.objects.create(
        subject_type=request.subject_type,
        subject_id=request.subject_id,
        context_id=request.context_id,
        policy=_policy_for(request),
        content_hash=request.content_hash,
        amount=request.amount.amount if request.amount else None,
        currency=request.amount.currency if request.amount else "",
        submitter_id=request.submitter_id,
        author_id=request.author_id or request.submitter_id,
        opened_at=at,
    )
    _note_parties(request)
    return opened


@transaction.atomic
def renew_request(*, request: NewRequest, at: datetime) -> ApprovalRequest:
    """Put a changed subject up for decision again, in a new round: earlier decisions are void.

    Locks the request row. The policy is chosen anew; makers only ever add up.
    Raises: NoPolicyFits, MakerIsChecker, ApprovalRequest.DoesNotExist.
    """
    held = lock_request(request.subject_id)
    held.policy = _policy_for(request)
    held.content_hash = request.content_hash
    held.amount = request.amount.amount if request.amount else None
    held.currency = request.amount.currency if request.amount else ""
    held.submitter_id = request.submitter_id
    held.author_id = request.author_id or request.submitter_id
    held.context_id = request.context_id
    held.status, held.opened_at, held.closed_at = RequestStatus.PENDING, at, None
    held.round_number += 1
    held.save()
    _note_parties(request)
    return held


@transaction.atomic
def close_request(*, subject_id: UUID, status: str, at: datetime) -> None:
    """End a request without a decision, for example withdrawn by its maker. Locks the request row.

    Raises: ApprovalRequest.DoesNotExist.
    """
    held = lock_request(subject_id)
    held.status, held.closed_at = RequestStatus(status), at
    held.save(update_fields=["status", "closed_at"])


def lock_request(subject_id: UUID) -> ApprovalRequest:
    """Return the request about a subject, locked. Raises: ApprovalRequest.DoesNotExist."""
    locked = ApprovalRequest.objects.select_for_update(no_key=True, of=("self",))
    return locked.get(subject_id=subject_id)


def _policy_for(request: NewRequest) -> Policy:
    facts = Facts(
        amount=request.amount,
        worth=request.worth,
        method=request.method,
        account_status=request.account_status,
    )
    for policy in policies_in_force(request.subject_type):
        if policy.read_conditions.fit(facts):
            return policy
    raise NoPolicyFits


def _note_parties(request: NewRequest) -> None:
    named = (request.submitter_id, request.author_id, *request.maker_ids)
    makers = {maker for maker in named if maker}
    # whoever holds the secret of a program's key made what the program made
    makers |= people_behind(makers)
    add_parties(object_id=request.subject_id, user_ids=makers, side=Side.MAKER)
    if request.interested_ids:
        add_parties(
            object_id=request.subject_id, user_ids=request.interested_ids, side=Side.INTERESTED
        )
