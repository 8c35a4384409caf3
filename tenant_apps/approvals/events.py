"""What happens to policies and to requests that are not decided yet."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from shared_apps.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class PolicyCreated(Event):
    """A policy applies to everything handed in from now on."""

    name: ClassVar[str] = "approvals.policy_created"
    audit_kind: ClassVar[str] = "policy"
    subject_type: ClassVar[str] = "approvals.policy"
    subject_field: ClassVar[str] = "policy_id"

    policy_id: UUID


@dataclass(frozen=True, kw_only=True)
class PolicyProposed(Event):
    """A policy asks for fewer people than before, and waits for a second administrator."""

    name: ClassVar[str] = "approvals.policy_proposed"
    audit_kind: ClassVar[str] = "policy"
    subject_type: ClassVar[str] = "approvals.policy"
    subject_field: ClassVar[str] = "policy_id"

    policy_id: UUID


@dataclass(frozen=True, kw_only=True)
class PolicyRetirementAsked(Event):
    """Without the policy fewer people would be asked; a second administrator has to agree."""

    name: ClassVar[str] = "approvals.policy_retirement_asked"
    audit_kind: ClassVar[str] = "policy"
    subject_type: ClassVar[str] = "approvals.policy"
    subject_field: ClassVar[str] = "policy_id"

    policy_id: UUID


@dataclass(frozen=True, kw_only=True)
class PolicyRetired(Event):
    """A policy applies to nothing new; requests opened under it keep it."""

    name: ClassVar[str] = "approvals.policy_retired"
    audit_kind: ClassVar[str] = "policy"
    subject_type: ClassVar[str] = "approvals.policy"
    subject_field: ClassVar[str] = "policy_id"

    policy_id: UUID


@dataclass(frozen=True, kw_only=True)
class ApprovalAdded(Event):
    """One of several needed people approved; the subject still waits for the others."""

    name: ClassVar[str] = "approvals.approval_added"
    subject_type: ClassVar[str] = "approvals.request"
    subject_field: ClassVar[str] = "subject"

    subject: UUID
    decision_id: UUID
    actor_id: UUID
