"""What happens to plans, assignments and commission lines, in the past tense."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from shared_apps.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class PlanCreated(Event):
    """A plan got its name."""

    name: ClassVar[str] = "commissions.plan_created"
    subject_type: ClassVar[str] = "commissions.plan"
    subject_field: ClassVar[str] = "plan_id"

    plan_id: UUID


@dataclass(frozen=True, kw_only=True)
class PlanVersionEvent(Event):
    """Something that happened to one version of a plan."""

    name: ClassVar[str] = ""
    subject_type: ClassVar[str] = "commissions.plan_version"
    subject_field: ClassVar[str] = "plan_version_id"

    plan_version_id: UUID
    plan_id: UUID


@dataclass(frozen=True, kw_only=True)
class PlanVersionDrafted(PlanVersionEvent):
    """Somebody wrote new terms of a plan."""

    name: ClassVar[str] = "commissions.plan_version_drafted"


@dataclass(frozen=True, kw_only=True)
class PlanVersionSubmitted(PlanVersionEvent):
    """New terms ask for their approval; their content is fixed from here on."""

    name: ClassVar[str] = "commissions.plan_version_submitted"

    content_hash: str


@dataclass(frozen=True, kw_only=True)
class PlanVersionApproved(PlanVersionEvent):
    """New terms are published. `sole_control`: by their author, because nobody else could."""

    name: ClassVar[str] = "commissions.plan_version_approved"

    effective_from: date
    sole_control: bool


@dataclass(frozen=True, kw_only=True)
class AssignmentEvent(Event):
    """Something that happened to one payee's place on a plan."""

    name: ClassVar[str] = ""
    subject_type: ClassVar[str] = "commissions.assignment"
    subject_field: ClassVar[str] = "assignment_id"

    assignment_id: UUID
    payee_id: UUID
    plan_id: UUID


@dataclass(frozen=True, kw_only=True)
class PayeeAssigned(AssignmentEvent):
    """A payee was put on a plan from a day on."""

    name: ClassVar[str] = "commissions.payee_assigned"

    valid_from: date


@dataclass(frozen=True, kw_only=True)
class AssignmentEnded(AssignmentEvent):
    """A payee leaves a plan at a day."""

    name: ClassVar[str] = "commissions.assignment_ended"

    valid_to: date


@dataclass(frozen=True, kw_only=True)
class CommissionAccrued(Event):
    """Collected money brought a payee a commission line."""

    name: ClassVar[str] = "commissions.commission_accrued"
    subject_type: ClassVar[str] = "commissions.commission_line"
    subject_field: ClassVar[str] = "line_id"

    line_id: UUID
    payee_id: UUID
    deal_id: UUID
    payment_id: UUID
