"""Who is paid by a plan, from when to when."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError, StaleVersion, ValidationFailed
from tenant_apps.access.scopes import people_with
from tenant_apps.accounts.selectors import people_by_id
from tenant_apps.commissions.events import AssignmentEnded, PayeeAssigned
from tenant_apps.commissions.models import Assignment
from tenant_apps.commissions.selectors import overlapping_assignments
from tenant_apps.commissions.services.plans import lock_plan

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


class AssignmentOverlaps(DomainError):
    """The payee is on the plan already for a part of these days."""

    code, status = "assignment_overlaps", 409
    message = "This person is already on the plan for a part of these days."


class AssignmentNotOpen(DomainError):
    """The assignment has its last day already."""

    code, status = "assignment_ended", 409
    message = "This assignment already has an end."


class OwnCommissionRefused(DomainError):
    """Somebody would decide over their own commission although another can."""

    code, status = "maker_is_checker", 403
    message = "Somebody else who manages plans must change your own commission."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAssignment:
    """A payee on a plan for the days [valid_from, valid_to)."""

    payee_id: UUID
    plan_id: UUID
    valid_from: date
    valid_to: date | None = None


@transaction.atomic
def assign_payee(*, new: NewAssignment, by: "User", at: datetime) -> Assignment:
    """Put a payee on a plan. Locks the plan; records PayeeAssigned.

    Nothing is accrued for days gone by: what was collected then stays listed under "no plan".
    Raises: CommissionPlan.DoesNotExist, ValidationFailed, OwnCommissionRefused, AssignmentOverlaps.
    """
    _check_days(new)
    if new.payee_id not in people_by_id([new.payee_id]):
        raise ValidationFailed.at("/payee", "There is no such person.", code="not_found")
    _refuse_own_commission(new.payee_id, by)
    lock_plan(new.plan_id)
    assignment = Assignment(
        payee_id=new.payee_id,
        plan_id=new.plan_id,
        valid_from=new.valid_from,
        valid_to=new.valid_to,
        created_by_id=by.pk,
        updated_at=at,
    )
    if overlapping_assignments(assignment).exists():
        raise AssignmentOverlaps
    assignment.save(force_insert=True)
    assigned = PayeeAssigned(
        assignment_id=assignment.pk,
        payee_id=new.payee_id,
        plan_id=new.plan_id,
        valid_from=new.valid_from,
    )
    record(assigned, actor=by.actor, at=at, after={"valid_to": new.valid_to})
    return assignment


@transaction.atomic
def end_assignment(
    *, assignment_id: UUID, valid_to: date, expected_version: int, by: "User", at: datetime
) -> Assignment:
    """End an open assignment: `valid_to` is the first day off the plan. Locks the assignment.

    Lines already accrued stay. Records AssignmentEnded.
    Raises: Assignment.DoesNotExist, StaleVersion, AssignmentNotOpen, OwnCommissionRefused,
    ValidationFailed.
    """
    locked = Assignment.objects.select_for_update(no_key=True, of=("self",))
    assignment = locked.get(pk=assignment_id)
    _refuse_own_commission(assignment.payee_id, by)
    if assignment.version != expected_version:
        raise StaleVersion
    if assignment.valid_to is not None:
        raise AssignmentNotOpen
    if valid_to <= assignment.valid_from:
        raise ValidationFailed.at("/valid_to", "The end must be after the first day.")
    assignment.valid_to = valid_to
    changed = assignment.mark_changed(by_id=by.pk, at=at)
    assignment.save(update_fields=["valid_to", *changed])
    ended = AssignmentEnded(
        assignment_id=assignment.pk,
        payee_id=assignment.payee_id,
        plan_id=assignment.plan_id,
        valid_to=valid_to,
    )
    record(ended, actor=by.actor, at=at)
    return assignment


def _check_days(new: NewAssignment) -> None:
    if new.valid_to is not None and new.valid_to <= new.valid_from:
        raise ValidationFailed.at("/valid_to", "The end must be after the first day.")


def _refuse_own_commission(payee_id: UUID, by: "User") -> None:
    if payee_id == by.pk and set(people_with("plans.manage")) - {by.pk}:
        raise OwnCommissionRefused
