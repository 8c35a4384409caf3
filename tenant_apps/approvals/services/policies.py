"""Make and retire approval policies; what asks for fewer people needs a second one."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError, ValidationFailed
from shared_apps.kernel.events import Actor
from shared_apps.kernel.money import is_payable
from shared_apps.kernel.wording import worded
from shared_apps.organizations.settings import METHODS
from tenant_apps.access.role_matrix import DECIDING
from tenant_apps.access.scopes import refuse_blocked
from tenant_apps.approvals.conditions import Conditions
from tenant_apps.approvals.events import (
    PolicyCreated,
    PolicyProposed,
    PolicyRetired,
    PolicyRetirementAsked,
)
from tenant_apps.approvals.models import Policy, PolicyStep
from tenant_apps.approvals.selectors import policies_in_force
from tenant_apps.approvals.services.parties import MakerIsChecker

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

PAYMENT = "payments.payment"
MAX_STEPS = 5
# Who lacks the permission cannot decide on the subject at all, so a step that asks for another one
# would wait forever. An organization starts with one step of it for each.
DECIDED_BY: Mapping[str, str] = {
    PAYMENT: "payments.decide",
    "returns.refund": "returns.decide",
    "returns.reversal": "returns.decide",
    "returns.chargeback": "returns.decide",
    "returns.write_off": "returns.decide",
    "returns.recovery": "returns.decide",
    "deals.discount": "discounts.approve",
}

# What subjects of a kind do not have; everything else has an amount, a method and a client.
NEVER_MET: Mapping[str, tuple[str, ...]] = {
    "returns.write_off": ("methods",),
    "returns.recovery": ("methods",),
    "deals.discount": ("amount_from", "methods", "currencies", "account_statuses"),
}


class PolicyNotProposed(DomainError):
    """Only a proposed policy waits for a second person."""

    code, status = "policy_not_proposed", 409
    message = "This policy is not proposed any more; nothing waits for your approval."


class LastPolicyKept(DomainError):
    """Without a policy that fits everything, some subjects could never be decided."""

    code, status = "last_policy_kept", 409
    message = "This is the last policy that fits everything; add another one first."


@dataclass(frozen=True, kw_only=True, slots=True)
class NewStep:
    """So many different holders of one permission."""

    permission: str
    approvals_needed: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class NewPolicy:
    """A policy to be: what it is about, when it fits, and its steps in order."""

    name: str
    subject_type: str
    steps: tuple[NewStep, ...]
    conditions: Conditions = field(default_factory=Conditions)
    priority: int = 0


@transaction.atomic
def create_policy(*, new: NewPolicy, by: "User", at: datetime) -> Policy:
    """Make a policy for everything handed in from now on; records PolicyCreated.

    One that asks for fewer people than a policy it would be asked before is only proposed, until a
    second administrator approves it; records PolicyProposed. Locks the policies of its kind.
    Raises: ValidationFailed.
    """
    _check_steps(new)
    _check_conditions(new)
    if new.subject_type in DECIDED_BY:
        # organizations that are older than this kind of subject: theirs stands behind the new one
        seed_policy(new.subject_type, actor=Actor.system("approvals"), at=at)
    others = _locked(new.subject_type)
    policy = _insert(new, by_id=by.pk)
    policy.is_proposed = asks_fewer(policy, others)
    policy.save(update_fields=["is_proposed"])
    event = PolicyProposed if policy.is_proposed else PolicyCreated
    record(event(policy_id=policy.pk), actor=by.actor, at=at, after=_content(new))
    return policy


@transaction.atomic
def approve_policy(*, policy_id: UUID, by: "User", at: datetime) -> Policy:
    """Put a proposed policy in force. Locks the policies of its kind; records PolicyCreated.

    Raises: PolicyNotProposed, MakerIsChecker for its author, Policy.DoesNotExist, ApprovalsBlocked.
    """
    refuse_blocked(by)
    policy = _lock_one(policy_id)
    if not policy.is_proposed or policy.is_archived:
        raise PolicyNotProposed
    if policy.created_by_id == by.pk:
        raise MakerIsChecker
    policy.is_proposed, policy.approved_by_id = False, by.pk
    policy.save(update_fields=["is_proposed", "approved_by_id"])
    after = {"approved_by": str(by.pk)}
    record(PolicyCreated(policy_id=policy.pk), actor=by.actor, at=at, after=after)
    return policy


@transaction.atomic
def retire_policy(*, policy_id: UUID, by: "User", at: datetime) -> Policy:
    """Take a policy out of force, or drop a proposed one; records PolicyRetired.

    Where fewer people would be asked without it the first person only asks for it, and a second one
    who asks as well retires it; records PolicyRetirementAsked. Locks the policies of its kind.
    Raises: LastPolicyKept, MakerIsChecker when the first person asks twice, Policy.DoesNotExist,
    ApprovalsBlocked for a second person whose decisions rest.
    """
    policy = _lock_one(policy_id)
    if policy.is_archived:
        raise Policy.DoesNotExist
    others = _locked(policy.subject_type)
    refuse_retirement(policy, others, by=by)
    if _is_guarded(policy, others) and not _is_asked_for(policy, by=by, at=at):
        return policy
    policy.archived_at = at
    policy.save(update_fields=["archived_at"])
    record(PolicyRetired(policy_id=policy_id), actor=by.actor, at=at)
    return policy


def check_retirement(policy: Policy, *, by: "User") -> None:
    """Refuse what retiring a policy would refuse this person now, before they are asked.

    Raises: LastPolicyKept, MakerIsChecker, ApprovalsBlocked, Policy.DoesNotExist.
    """
    if policy.is_archived:
        raise Policy.DoesNotExist
    others = policies_in_force(policy.subject_type).prefetch_related("steps")
    refuse_retirement(policy, list(others), by=by)


def refuse_retirement(policy: Policy, others: Iterable[Policy], *, by: "User") -> None:
    """Refuse to retire a policy; `others` are those in force of its kind, itself among them.

    Raises: LastPolicyKept, MakerIsChecker for the one who has asked for it, ApprovalsBlocked for a
    second person whose decisions rest.
    """
    rest = _without(policy, others)
    if policy.is_proposed:
        return
    if not any(other.read_conditions.are_none for other in rest):
        raise LastPolicyKept
    if policy.retirement_asked_by_id is None or not is_missed(policy, rest):
        return
    if policy.retirement_asked_by_id == by.pk:
        raise MakerIsChecker("You have asked for it; a second administrator has to retire it now.")
    refuse_blocked(by)


def asks_fewer(policy: Policy, others: Iterable[Policy]) -> bool:
    """Return whether a policy would let something through with fewer people than before."""
    return any(
        _comes_before(policy, other) and _meets(policy, other) and _weighs(policy) < _weighs(other)
        for other in others
    )


def is_missed(policy: Policy, others: Iterable[Policy]) -> bool:
    """Return whether something would get through with fewer people if a policy went."""
    return any(
        _comes_before(policy, other) and _meets(policy, other) and _weighs(other) < _weighs(policy)
        for other in others
    )


def _is_guarded(policy: Policy, others: Iterable[Policy]) -> bool:
    """Return whether it takes two people to retire the policy."""
    return not policy.is_proposed and is_missed(policy, _without(policy, others))


def _without(policy: Policy, others: Iterable[Policy]) -> list[Policy]:
    return [other for other in others if other.pk != policy.pk]


def _is_asked_for(policy: Policy, *, by: "User", at: datetime) -> bool:
    """Return whether another person has asked for its retirement; else note that one does."""
    if policy.retirement_asked_by_id is not None:
        return True
    policy.retirement_asked_by_id = by.pk
    policy.save(update_fields=["retirement_asked_by_id"])
    record(PolicyRetirementAsked(policy_id=policy.pk), actor=by.actor, at=at)
    return False


def _comes_before(policy: Policy, other: Policy) -> bool:
    return (-policy.priority, policy.pk) < (-other.priority, other.pk)


def _meets(policy: Policy, other: Policy) -> bool:
    return policy.read_conditions.may_meet(other.read_conditions)


def _weighs(policy: Policy) -> float:
    """Return how many approvals a policy asks for; without steps nobody ever can."""
    return sum(step.approvals_needed for step in policy.steps.all()) or math.inf


def _locked(subject_type: str) -> list[Policy]:
    """Return the policies of a kind that are in force, locked by id, with their steps."""
    locked = Policy.objects.select_for_update(no_key=True, of=("self",)).order_by("pk")
    in_force = locked.filter(subject_type=subject_type, archived_at=None, is_proposed=False)
    return list(in_force.prefetch_related("steps"))


def _lock_one(policy_id: UUID) -> Policy:
    """Return a policy after those of its kind are locked. Raises: Policy.DoesNotExist."""
    _locked(Policy.objects.values_list("subject_type", flat=True).get(pk=policy_id))
    return Policy.objects.select_for_update(no_key=True, of=("self",)).get(pk=policy_id)


@transaction.atomic
def seed_policies(*, actor: Actor, at: datetime) -> None:
    """Give an organization its first policies: one person decides. Runs once for each subject."""
    for subject_type in DECIDED_BY:
        seed_policy(subject_type, actor=actor, at=at)


def seed_policy(subject_type: str, *, actor: Actor, at: datetime) -> None:
    """Give an organization the first policy for a kind of subject, unless it ever had one.

    Records PolicyCreated.
    """
    if Policy.objects.filter(subject_type=subject_type).exists():
        return
    new = NewPolicy(
        name="One verifier",
        subject_type=subject_type,
        steps=(NewStep(permission=DECIDED_BY[subject_type]),),
    )
    policy = _insert(new, by_id=None)
    record(PolicyCreated(policy_id=policy.pk), actor=actor, at=at)


def deciding_permissions(subject_type: str) -> tuple[str, ...]:
    """Return the permissions that a policy's steps may ask for: those that really decide."""
    return (DECIDED_BY[subject_type],) if subject_type in DECIDED_BY else DECIDING


def _check_steps(new: NewPolicy) -> None:
    if not 1 <= len(new.steps) <= MAX_STEPS:
        raise ValidationFailed.at(
            "/steps", worded("A policy has 1 to %(most)s steps.", most=MAX_STEPS)
        )
    allowed = deciding_permissions(new.subject_type)
    for index, step in enumerate(new.steps):
        if step.permission not in allowed:
            raise ValidationFailed.at(
                f"/steps/{index}/permission",
                worded("A step asks for one of: %(names)s.", names=", ".join(allowed)),
            )


def _check_conditions(new: NewPolicy) -> None:
    """Refuse a condition that no subject of the kind can meet: the policy would never be asked."""
    unmet = {
        "methods": set(new.conditions.methods) - set(METHODS),
        "currencies": {code for code in new.conditions.currencies if not is_payable(code)},
    }
    for name, values in unmet.items():
        if values:
            raise ValidationFailed.at(
                f"/conditions/{name}",
                worded("There is no such thing: %(names)s.", names=", ".join(sorted(values))),
            )
    never = NEVER_MET.get(new.subject_type, ())
    for name in new.conditions.as_json():
        if name in never:
            raise ValidationFailed.at(
                f"/conditions/{name}",
                "What this policy is about has no such thing, so it would never be asked.",
                code="never_met",
            )


def _insert(new: NewPolicy, *, by_id: UUID | None) -> Policy:
    policy = Policy.objects.create(
        name=new.name,
        subject_type=new.subject_type,
        conditions=new.conditions.as_json(),
        priority=new.priority,
        created_by_id=by_id,
    )
    PolicyStep.objects.bulk_create(
        PolicyStep(
            policy=policy,
            position=position,
            permission=step.permission,
            approvals_needed=step.approvals_needed,
        )
        for position, step in enumerate(new.steps, start=1)
    )
    return policy


def _content(new: NewPolicy) -> dict[str, Any]:
    return {
        "name": new.name,
        "conditions": new.conditions.as_json(),
        "steps": _as_json(new.steps),
    }


def _as_json(steps: tuple[NewStep, ...]) -> list[dict[str, Any]]:
    return [
        {"permission": step.permission, "approvals_needed": step.approvals_needed} for step in steps
    ]
