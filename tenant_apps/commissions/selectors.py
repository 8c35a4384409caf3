"""Reads of plans, assignments, credits and lines."""

import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from tenant_apps.access.scopes import scope_of
from tenant_apps.commissions.models import (
    Assignment,
    CollectedCredit,
    CommissionLine,
    CommissionPlan,
    Component,
    LadderHead,
    LadderKey,
    PlanVersion,
)
from tenant_apps.commissions.models.plans import PUBLISHED, covers

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

LINES_VIEW = "commissions.view"


def list_plans() -> QuerySet[CommissionPlan]:
    """Return the plans with their versions, by name."""
    versions = Prefetch("versions", queryset=list_all_versions())
    return CommissionPlan.objects.prefetch_related(versions).order_by("name", "pk")


def get_plan(plan_id: UUID) -> CommissionPlan:
    """Return one plan with its versions. Raises: CommissionPlan.DoesNotExist."""
    return list_plans().get(pk=plan_id)


def list_all_versions() -> QuerySet[PlanVersion]:
    """Return every version with its components, newest number first."""
    components = Prefetch("components", queryset=Component.objects.order_by("name", "pk"))
    return PlanVersion.objects.prefetch_related(components).order_by("-number", "-pk")


def list_versions(*, plan_id: UUID) -> QuerySet[PlanVersion]:
    """Return the versions of a plan, newest first. Raises: CommissionPlan.DoesNotExist."""
    plan = CommissionPlan.objects.get(pk=plan_id)
    return list_all_versions().filter(plan=plan)


def get_version(version_id: UUID) -> PlanVersion:
    """Return one version with its components. Raises: PlanVersion.DoesNotExist."""
    return list_all_versions().get(pk=version_id)


def versions_approved(*, since: datetime, until: datetime) -> QuerySet[PlanVersion]:
    """Return the versions that were approved, since <= t < until, with their plans."""
    rows = PlanVersion.objects.filter(approved_at__gte=since, approved_at__lt=until)
    return rows.select_related("plan").order_by("approved_at", "pk")


def payees_of(plan_id: UUID, *, on: date) -> set[UUID]:
    """Return the people who are on the plan on a day, or will be."""
    still = Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    rows = Assignment.objects.filter(still, plan_id=plan_id).order_by("pk")
    return set(rows.values_list("payee_id", flat=True))


def list_assignments(*, filters: Mapping[str, Any] | None = None) -> QuerySet[Assignment]:
    """Return the assignments that match, newest first. Filters: payee, plan, on (a day)."""
    wanted = dict(filters or {})
    day = wanted.pop("on", None)
    rows = Assignment.objects.select_related("payee", "plan").order_by("-valid_from", "-pk")
    rows = rows.filter(**{_ASSIGNMENT_FILTERS[name]: value for name, value in wanted.items()})
    return rows if day is None else rows.filter(covers("valid", day=day))


def get_assignment(assignment_id: UUID) -> Assignment:
    """Return one assignment. Raises: Assignment.DoesNotExist."""
    return list_assignments().get(pk=assignment_id)


def overlapping_assignments(new: Assignment) -> QuerySet[Assignment]:
    """Return the payee's assignments to the plan that share a day with the new one."""
    overlap = Q(valid_to__isnull=True) | Q(valid_to__gt=new.valid_from)
    if new.valid_to is not None:
        overlap &= Q(valid_from__lt=new.valid_to)
    same = Assignment.objects.filter(payee_id=new.payee_id, plan_id=new.plan_id)
    return same.filter(overlap).order_by("valid_from", "pk")


@dataclass(frozen=True, slots=True)
class PayableComponent:
    """A component under which a payee is paid on a day."""

    payee_id: UUID
    component: Component

    @property
    def version(self) -> PlanVersion:
        """Return the version in force that the component belongs to."""
        return self.component.plan_version


def components_in_force(payee_ids: Iterable[UUID], *, on: date) -> list[PayableComponent]:
    """Return under which components the people are paid on a day, in a stable order. One query."""
    assigned = "plan_version__plan__assignments"
    rows = (
        Component.objects.filter(
            covers("plan_version__effective", day=on),
            covers(f"{assigned}__valid", day=on),
            **{f"{assigned}__payee_id__in": list(payee_ids)},
            plan_version__status__in=PUBLISHED,
        )
        .annotate(payee_id=F(f"{assigned}__payee_id"))
        .select_related("plan_version")
        .order_by("payee_id", "pk")
    )
    return [PayableComponent(row.payee_id, row) for row in rows]


def last_credit_of(deal_id: UUID) -> CollectedCredit | None:
    """Return a credit of the deal's last application; all of them carry its cumulative figures."""
    of_deal = CollectedCredit.objects.filter(deal_id=deal_id)
    return of_deal.order_by("-deal_seq", "-position", "-pk").first()


def heads_in_key_order(keys: Sequence[LadderKey]) -> QuerySet[LadderHead]:
    """Return the ladders of these keys in the order in which they are locked."""
    wanted = [Q(**key._asdict()) for key in keys]
    heads = LadderHead.objects.filter(reduce(operator.or_, wanted, Q(pk__in=[])))
    return heads.order_by(*LadderKey._fields, "pk")


def visible_lines(viewer: "User") -> QuerySet[CommissionLine]:
    """Return the lines of the people within the viewer's scope. Raises: PermissionRefused."""
    scope = scope_of(viewer, LINES_VIEW)
    lines = CommissionLine.objects.select_related(
        "payee", "deal", "payment", "component", "plan_version__plan", "ladder_head"
    )
    return lines if scope.user_ids is None else lines.filter(payee_id__in=scope.user_ids)


def list_lines(
    *, viewer: "User", filters: Mapping[str, Any] | None = None
) -> QuerySet[CommissionLine]:
    """Return the lines that the viewer may see and that match, newest first.

    Filters: payee, payees, period ("2026-11"), since (a day), deal (code), status, currency.
    Raises: PermissionRefused.
    """
    wanted = {_LINE_FILTERS[name]: value for name, value in (filters or {}).items()}
    return visible_lines(viewer).filter(**wanted).order_by("-pk")


def get_line(*, line_id: UUID, viewer: "User") -> CommissionLine:
    """Return one line. Raises: CommissionLine.DoesNotExist, also when it is not the viewer's."""
    return visible_lines(viewer).get(pk=line_id)


def credited_without_plan(*, viewer: "User") -> QuerySet[CollectedCredit]:
    """Return the credits that no plan has paid on, newest first: M15's bin "no plan".

    Raises: PermissionRefused.
    """
    scope = scope_of(viewer, LINES_VIEW)
    paid = CommissionLine.objects.filter(
        event_id=OuterRef("event_id"), payee_id=OuterRef("payee_id")
    )
    unpaid = CollectedCredit.objects.filter(~Exists(paid)).select_related(
        "payee", "deal", "payment"
    )
    if scope.user_ids is not None:
        unpaid = unpaid.filter(payee_id__in=scope.user_ids)
    return unpaid.order_by("-commission_on", "-pk")


_ASSIGNMENT_FILTERS = {"payee": "payee_id", "plan": "plan_id"}
_LINE_FILTERS = {
    "payee": "payee_id",
    "payees": "payee_id__in",
    "period": "period",
    "since": "commission_on__gte",
    "deal": "deal__code",
    "status": "status",
    "currency": "currency",
}
