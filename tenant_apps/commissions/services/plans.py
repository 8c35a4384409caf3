"""Plans and the drafts of their versions."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError, StaleVersion, ValidationFailed
from tenant_apps.commissions.events import PlanCreated, PlanVersionDrafted, PlanVersionSubmitted
from tenant_apps.commissions.explanation import canonical_json
from tenant_apps.commissions.models import CommissionPlan, Component, PlanVersion
from tenant_apps.commissions.models.plans import (
    ComponentKind,
    LadderPeriod,
    Measure,
    Rounding,
    VersionStatus,
)

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


class PlanNameTaken(DomainError):
    """Another plan has the name."""

    code, status = "plan_name_taken", 409
    message = "Another plan already has this name; choose a different one."
    field = "/name"


class VersionNotDraft(DomainError):
    """The version was submitted or published before; its terms are fixed."""

    code, status = "plan_version_not_draft", 409
    message = "This version is no longer a draft; write a new version to change the terms."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewComponent:
    """One rule of a version: a rate on a measure."""

    name: str
    rate_percent: Decimal
    measure: str = Measure.COLLECTED
    kind: str = ComponentKind.FLAT_RATE


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    """The terms of a version."""

    effective_from: date
    components: tuple[NewComponent, ...]
    ladder_period: str = LadderPeriod.MONTH
    rounding: str = Rounding.HALF_EVEN


@transaction.atomic
def create_plan(*, name: str, by: "User", at: datetime) -> CommissionPlan:
    """Create a plan without terms; records PlanCreated.

    Raises: PlanNameTaken.
    """
    if CommissionPlan.objects.filter(name=name).exists():
        raise PlanNameTaken
    plan = CommissionPlan.objects.create(name=name, created_by_id=by.pk, updated_at=at)
    record(PlanCreated(plan_id=plan.pk), actor=by.actor, at=at, after={"name": name})
    return plan


@transaction.atomic
def draft_version(*, plan_id: UUID, new: NewVersion, by: "User", at: datetime) -> PlanVersion:
    """Write the next version of a plan as a draft. Locks the plan; records PlanVersionDrafted.

    Raises: CommissionPlan.DoesNotExist, ValidationFailed.
    """
    check_components(new.components)
    plan = lock_plan(plan_id)
    version = PlanVersion.objects.create(
        plan=plan,
        number=_next_number(plan),
        author_id=by.pk,
        created_by_id=by.pk,
        updated_at=at,
        effective_from=new.effective_from,
        ladder_period=new.ladder_period,
        rounding=new.rounding,
    )
    _write_components(version, new.components)
    drafted = PlanVersionDrafted(plan_version_id=version.pk, plan_id=plan.pk)
    record(drafted, actor=by.actor, at=at, after=content_of(version))
    return version


@transaction.atomic
def change_version(
    *, version_id: UUID, new: NewVersion, expected_version: int, by: "User", at: datetime
) -> PlanVersion:
    """Replace the terms of a draft; whoever changes it becomes its author. Locks the version.

    Raises: PlanVersion.DoesNotExist, VersionNotDraft, StaleVersion, ValidationFailed.
    """
    check_components(new.components)
    version = lock_version(version_id)
    if not version.is_draft:
        raise VersionNotDraft
    if version.version != expected_version:
        raise StaleVersion
    before = content_of(version)
    version.author_id = by.pk
    version.effective_from, version.rounding = new.effective_from, new.rounding
    version.ladder_period = new.ladder_period
    changed = version.mark_changed(by_id=by.pk, at=at)
    terms = ("author_id", "effective_from", "rounding", "ladder_period")
    version.save(update_fields=[*terms, *changed])
    version.components.all().delete()
    _write_components(version, new.components)
    drafted = PlanVersionDrafted(plan_version_id=version.pk, plan_id=version.plan_id)
    record(drafted, actor=by.actor, at=at, before=before, after=content_of(version))
    return version


@transaction.atomic
def submit_version(*, version_id: UUID, by: "User", at: datetime) -> PlanVersion:
    """Fix the terms of a draft and ask for their approval. Locks the version.

    Records PlanVersionSubmitted. Raises: PlanVersion.DoesNotExist, VersionNotDraft.
    """
    version = lock_version(version_id)
    if not version.is_draft:
        raise VersionNotDraft
    version.status = VersionStatus.IN_REVIEW
    version.submitted_by_id, version.submitted_at = by.pk, at
    version.content_hash = hash_of(version)
    changed = version.mark_changed(by_id=by.pk, at=at)
    version.save(
        update_fields=["status", "submitted_by_id", "submitted_at", "content_hash", *changed]
    )
    submitted = PlanVersionSubmitted(
        plan_version_id=version.pk, plan_id=version.plan_id, content_hash=version.content_hash
    )
    record(submitted, actor=by.actor, at=at)
    return version


def lock_plan(plan_id: UUID) -> CommissionPlan:
    """Return the plan, locked: whatever changes a plan's versions or payees takes it first."""
    return CommissionPlan.objects.select_for_update(no_key=True, of=("self",)).get(pk=plan_id)


def lock_version(version_id: UUID) -> PlanVersion:
    """Return the version, locked."""
    return PlanVersion.objects.select_for_update(no_key=True, of=("self",)).get(pk=version_id)


def content_of(version: PlanVersion) -> dict[str, object]:
    """Return the terms of a version as plain JSON: what its hash is taken of."""
    components = version.components.order_by("name", "pk")
    return {
        "effective_from": version.effective_from.isoformat(),
        "ladder_period": str(version.ladder_period),
        "rounding": str(version.rounding),
        "components": [
            {
                "name": component.name,
                "measure": component.measure,
                "kind": component.kind,
                "rate_percent": f"{component.rate_percent:.4f}",
            }
            for component in components
        ],
    }


def hash_of(version: PlanVersion) -> str:
    """Return the SHA-256 of the version's terms."""
    return hashlib.sha256(canonical_json(content_of(version)).encode()).hexdigest()


def check_components(components: tuple[NewComponent, ...]) -> None:
    """Refuse a version without components, or with two of one name.

    Raises: ValidationFailed.
    """
    if not components:
        raise ValidationFailed.at("/components", "Name at least one component.", code="required")
    names = [component.name for component in components]
    if len(set(names)) != len(names):
        raise ValidationFailed.at("/components", "Two components have the same name.")


def _next_number(plan: CommissionPlan) -> int:
    last: int | None = plan.versions.aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _write_components(version: PlanVersion, components: tuple[NewComponent, ...]) -> None:
    Component.objects.bulk_create(
        Component(
            plan_version=version,
            name=component.name,
            measure=component.measure,
            kind=component.kind,
            rate_percent=component.rate_percent,
        )
        for component in components
    )
