"""The approval of a plan version: by somebody who neither wrote it nor earns by it."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError
from shared_apps.organizations.selectors import local_day_of
from tenant_apps.access.scopes import people_with, refuse_blocked
from tenant_apps.commissions.events import PlanVersionApproved
from tenant_apps.commissions.models import PlanVersion
from tenant_apps.commissions.models.plans import PUBLISHED, VersionStatus
from tenant_apps.commissions.selectors import payees_of
from tenant_apps.commissions.services.plans import hash_of, lock_plan, lock_version

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


class VersionNotInReview(DomainError):
    """The version is a draft, or was published before."""

    code, status = "plan_version_not_in_review", 409
    message = "Only a version in review can be approved."


class VersionNeedsAnotherApprover(DomainError):
    """The approver wrote the terms or is paid by them, and somebody else can approve."""

    code, status = "maker_is_checker", 403
    message = (
        "Somebody else who manages plans must approve this version: you wrote it or are paid by it."
    )


class NoOtherApprover(DomainError):
    """Nobody but an author can approve, and the author did not say that they do so alone."""

    code, status = "sole_control_required", 409
    message = (
        "Nobody else can approve this version; its author may, by sending sole_control as true."
    )


class VersionContentChanged(DomainError):
    """The terms are not those that were submitted."""

    code, status = "content_changed", 409
    message = "The terms have changed since they were submitted."


class VersionStartsTooEarly(DomainError):
    """The version would start on or before the day its predecessor started."""

    code, status = "plan_version_starts_too_early", 409
    message = "A version must start after the published version before it."


@transaction.atomic
def approve_version(
    *, version_id: UUID, sole_control: bool, by: "User", at: datetime
) -> PlanVersion:
    """Publish a version; its predecessor ends where it starts. Locks the plan, then the version.

    The approver is neither its author nor a payee of the plan. When nobody like that holds
    plans.manage, a maker may approve with `sole_control`, which the version keeps. Records
    PlanVersionApproved.
    Raises: PlanVersion.DoesNotExist, VersionNotInReview, VersionContentChanged,
    VersionNeedsAnotherApprover, NoOtherApprover, VersionStartsTooEarly, ApprovalsBlocked.
    """
    plan_id = PlanVersion.objects.values_list("plan_id", flat=True).get(pk=version_id)
    lock_plan(plan_id)
    version = lock_version(version_id)
    if not version.is_in_review:
        raise VersionNotInReview
    if hash_of(version) != version.content_hash:
        raise VersionContentChanged
    is_alone = _check_approver(version, by=by, sole_control=sole_control, at=at)
    _supersede_before(version, by=by, at=at)
    _publish(version, is_alone=is_alone, by=by, at=at)
    approved = PlanVersionApproved(
        plan_version_id=version.pk,
        plan_id=plan_id,
        effective_from=version.effective_from,
        sole_control=is_alone,
    )
    record(approved, actor=by.actor, at=at)
    return version


def _check_approver(version: PlanVersion, *, by: "User", sole_control: bool, at: datetime) -> bool:
    """Return whether the approval is under sole control."""
    refuse_blocked(by)
    payees = payees_of(version.plan_id, on=local_day_of(at))
    uninterested = set(people_with("plans.manage")) - version.maker_ids - payees
    if by.pk in uninterested:
        return False
    if uninterested or by.pk not in version.maker_ids:
        raise VersionNeedsAnotherApprover
    if not sole_control:
        raise NoOtherApprover
    return True


def _supersede_before(version: PlanVersion, *, by: "User", at: datetime) -> None:
    published = version.plan.versions.filter(status__in=PUBLISHED)
    previous = published.order_by("-effective_from", "-pk").first()
    if previous is None:
        return
    if previous.effective_from >= version.effective_from:
        raise VersionStartsTooEarly
    if previous.effective_to is None:
        previous.status = VersionStatus.SUPERSEDED
        previous.effective_to = version.effective_from
        changed = previous.mark_changed(by_id=by.pk, at=at)
        previous.save(update_fields=["status", "effective_to", *changed])


def _publish(version: PlanVersion, *, is_alone: bool, by: "User", at: datetime) -> None:
    version.status = VersionStatus.ACTIVE
    version.approved_by_id, version.approved_at = by.pk, at
    version.sole_control = is_alone
    changed = version.mark_changed(by_id=by.pk, at=at)
    version.save(
        update_fields=["status", "approved_by_id", "approved_at", "sole_control", *changed]
    )
