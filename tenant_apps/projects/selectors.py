"""Reads of projects: what a person may see is decided here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q, QuerySet

from shared_apps.kernel.errors import PermissionRefused
from tenant_apps.access.role_matrix import ScopeKind
from tenant_apps.access.scopes import scope_of
from tenant_apps.projects.models import Project
from tenant_apps.teams.selectors import led_team_ids, team_ids_of

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

VIEW, MANAGE = "projects.view", "projects.manage"


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectFilters:
    """What a list of projects may be asked for; None asks nothing."""

    status: str | None = None
    team_id: UUID | None = None
    lead_id: UUID | None = None
    external_id: str | None = None
    search: str | None = None
    include_archived: bool = False
    ordering: str = "-created_at"


def visible_projects(viewer: "User", permission: str = VIEW, *, on: date) -> QuerySet[Project]:
    """Return the projects that the permission opens to the person, archived ones included.

    Those are the projects that people within the scope lead, and those that its teams work on
    (teams_within). Raises: PermissionRefused.
    """
    scope = scope_of(viewer, permission, on=on)
    if scope.user_ids is None:
        return Project.objects.all()
    teams = teams_within(scope.kind, viewer, on=on)
    return Project.objects.filter(Q(lead_id__in=scope.user_ids) | Q(team_id__in=teams))


def teams_within(kind: ScopeKind, viewer: "User", *, on: date) -> frozenset[UUID]:
    """Return the teams whose projects a scope opens besides those of its people.

    With `team` the teams that one leads, with `peers` those that one belongs to on the day as well:
    whoever only belongs to a team reads what it plans, but does not plan for it.
    """
    if kind is ScopeKind.TEAM:
        return led_team_ids(viewer.pk)
    return team_ids_of(viewer.pk, on) if kind is ScopeKind.PEERS else frozenset()


def may_plan_for(team_id: UUID, planner: "User", *, on: date) -> bool:
    """Return whether the person may give projects to the team. Raises: PermissionRefused."""
    scope = scope_of(planner, MANAGE, on=on)
    return scope.user_ids is None or team_id in teams_within(scope.kind, planner, on=on)


def list_projects(*, viewer: "User", filters: ProjectFilters, on: date) -> QuerySet[Project]:
    """Return the projects the person may see, with lead and team. Raises: PermissionRefused."""
    asked = {
        "status": filters.status,
        "team_id": filters.team_id,
        "lead_id": filters.lead_id,
        "external_id": filters.external_id,
    }
    conditions = Q(**{name: value for name, value in asked.items() if value is not None})
    if filters.search:
        conditions &= Q(name__icontains=filters.search) | Q(code__icontains=filters.search)
    if not filters.include_archived:
        conditions &= Q(archived_at=None)
    projects = visible_projects(viewer, on=on).filter(conditions)
    return projects.select_related("lead", "team").order_by(filters.ordering, "-pk")


def get_project(
    *, reference: UUID | str, viewer: "User", permission: str = VIEW, on: date
) -> Project:
    """Return one project by id or code. Raises: Project.DoesNotExist, PermissionRefused."""
    is_it = Q(pk=reference) if isinstance(reference, UUID) else Q(code=reference)
    return visible_projects(viewer, permission, on=on).select_related("lead", "team").get(is_it)


def lock_project(*, project_id: UUID, by: "User", on: date) -> Project:
    """Return a project for changing it, locked.

    Raises: Project.DoesNotExist when the person may not see it, PermissionRefused when only see.
    """
    rows = visible_projects(by, MANAGE, on=on).select_for_update(no_key=True, of=("self",))
    project = rows.filter(pk=project_id).first()
    if project is not None:
        return project
    if visible_projects(by, on=on).filter(pk=project_id).exists():
        raise PermissionRefused
    raise Project.DoesNotExist


def projects_by_id(ids: Iterable[UUID]) -> dict[UUID, Project]:
    """Return the projects with these ids. The caller has checked who may see them."""
    return Project.objects.in_bulk(set(ids))
