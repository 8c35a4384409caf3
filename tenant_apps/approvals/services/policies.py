"""Make and retire approval policies."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError, ValidationFailed
from shared_apps.kernel.events import Actor
from tenant_apps.access.role_matrix import DECIDING
from tenant_apps.approvals.conditions import Conditions
from tenant_apps.approvals.events import PolicyCreated, PolicyRetired
from tenant_apps.approvals.models import Policy, PolicyStep

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
}


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

    Raises: ValidationFailed.
    """
    _check_steps(new)
    policy = _insert(new, by_id=by.pk)
    after = {
        "name": new.name,
        "conditions": new.conditions.as_json(),
        "steps": _as_json(new.steps),
    }
    record(PolicyCreated(policy_id=policy.pk), actor=by.actor, at=at, after=after)
    return policy


@transaction.atomic
def retire_policy(*, policy_id: UUID, by: "User", at: datetime) -> None:
    """Take a policy out of force; records PolicyRetired. Locks the policies of its subject type.

    Raises: LastPolicyKept, Policy.DoesNotExist.
    """
    subject_type = Policy.objects.values_list("subject_type", flat=True).get(pk=policy_id)
    locked = Policy.objects.select_for_update(no_key=True, of=("self",)).order_by("pk")
    in_force = {
        policy.pk: policy for policy in locked.filter(subject_type=subject_type, archived_at=None)
    }
    policy = in_force.pop(policy_id, None)
    if policy is None:
        raise Policy.DoesNotExist
    if not any(other.read_conditions.are_none for other in in_force.values()):
        raise LastPolicyKept
    policy.archived_at = at
    policy.save(update_fields=["archived_at"])
    record(PolicyRetired(policy_id=policy_id), actor=by.actor, at=at)


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
        raise ValidationFailed.at("/steps", f"A policy has 1 to {MAX_STEPS} steps.")
    allowed = deciding_permissions(new.subject_type)
    for index, step in enumerate(new.steps):
        if step.permission not in allowed:
            raise ValidationFailed.at(
                f"/steps/{index}/permission", f"A step asks for one of: {', '.join(allowed)}."
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


def _as_json(steps: tuple[NewStep, ...]) -> list[dict[str, Any]]:
    return [
        {"permission": step.permission, "approvals_needed": step.approvals_needed} for step in steps
    ]
