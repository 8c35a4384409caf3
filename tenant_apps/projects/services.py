"""Writes of projects."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError, NotFound, StaleVersion, ValidationFailed
from shared_apps.kernel.events import Actor
from shared_apps.organizations.selectors import local_day_of
from tenant_apps.accounts.selectors import people_by_id
from tenant_apps.documents.services import next_code
from tenant_apps.projects.events import ProjectArchived, ProjectChanged, ProjectCreated
from tenant_apps.projects.models import Project, ProjectStatus
from tenant_apps.projects.selectors import lock_project, may_plan_for
from tenant_apps.teams.selectors import get_team, get_visible_team

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

CHANGEABLE = frozenset(
    {
        "name", "description", "status", "lead_id", "team_id", "starts_on", "ends_on",
        "external_id",
    }
)  # fmt: skip


class ExternalIdTaken(DomainError):
    """Another project carries this external id."""

    code, status = "external_id_taken", 409
    message = "This external id is in use already."


@dataclass(frozen=True, kw_only=True, slots=True)
class NewProject:
    """A project to be; `lead_id` defaults to whoever enters it."""

    name: str
    description: str = ""
    status: str = ProjectStatus.PLANNING
    lead_id: UUID | None = None
    team_id: UUID | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    external_id: str | None = None


@transaction.atomic
def create_project(*, new: NewProject, by: "User", at: datetime) -> Project:
    """Enter a project; records ProjectCreated. Holds the PJ counter.

    Raises: ValidationFailed, ExternalIdTaken.
    """
    project = Project(
        name=new.name.strip(),
        description=new.description,
        status=new.status,
        lead_id=new.lead_id or by.pk,
        team_id=new.team_id,
        starts_on=new.starts_on,
        ends_on=new.ends_on,
        external_id=new.external_id or None,
        created_by_id=by.pk,
        updated_by_id=by.pk,
        created_at=at,
        updated_at=at,
    )
    _check(project)
    _check_team(project.team_id, by=by, on=local_day_of(at))
    project.code = next_code("PJ")
    _save(project, force_insert=True)
    record(ProjectCreated(project_id=project.pk), actor=by.actor, at=at, after=_state(project))
    return project


@transaction.atomic
def update_project(
    *, project_id: UUID, changes: Mapping[str, Any], expected_version: int, by: "User", at: datetime
) -> Project:
    """Change a project; records ProjectChanged with what differs, or nothing. Locks the project.

    Raises: Project.DoesNotExist, PermissionRefused, StaleVersion, ValidationFailed,
    ExternalIdTaken.
    """
    project = lock_project(project_id=project_id, by=by, on=local_day_of(at))
    if project.version != expected_version:
        raise StaleVersion
    differing = {
        name: changes[name]
        for name in CHANGEABLE & changes.keys()
        if getattr(project, name) != changes[name]
    }
    if not differing:
        return project
    before = {name: getattr(project, name) for name in differing}
    for name, value in differing.items():
        setattr(project, name, value)
    _check(project)
    if "team_id" in differing:
        _check_team(project.team_id, by=by, on=local_day_of(at))
    _save(project, update_fields=[*differing, *project.mark_changed(by_id=by.pk, at=at)])
    event = ProjectChanged(project_id=project.pk)
    record(event, actor=by.actor, at=at, before=before, after=differing)
    return project


@transaction.atomic(savepoint=False)
def hand_over_projects(*, from_id: UUID, to_id: UUID, actor: Actor, at: datetime) -> int:
    """Let another person lead the projects that a person leads; returns how many there were.

    Locks each project; records ProjectChanged for each.
    """
    led = Project.objects.filter(lead_id=from_id, archived_at=None).order_by("pk")
    projects = list(led.select_for_update(no_key=True, of=("self",)))
    for project in projects:
        project.lead_id = to_id
        changed = project.mark_changed(by_id=actor.user_id, at=at)
        project.save(update_fields=["lead_id", *changed])
        told: dict[str, Any] = {"before": {"lead_id": from_id}, "after": {"lead_id": to_id}}
        record(ProjectChanged(project_id=project.pk), actor=actor, at=at, **told)
    return len(projects)


@transaction.atomic
def archive_project(*, project_id: UUID, by: "User", at: datetime) -> None:
    """Take a project out of the lists; records ProjectArchived once. Locks the project.

    Raises: Project.DoesNotExist, PermissionRefused.
    """
    project = lock_project(project_id=project_id, by=by, on=local_day_of(at))
    if project.is_archived:
        return
    project.archived_at = at
    project.save(update_fields=["archived_at", *project.mark_changed(by_id=by.pk, at=at)])
    record(ProjectArchived(project_id=project.pk), actor=by.actor, at=at)


def _check(project: Project) -> None:
    if not project.name.strip():
        raise ValidationFailed.at("/name", "A project needs a name.", code="required")
    if project.starts_on and project.ends_on and project.ends_on < project.starts_on:
        raise ValidationFailed.at("/ends_on", "A project does not end before it starts.")
    if project.lead_id not in people_by_id([project.lead_id]):
        raise ValidationFailed.at("/lead", "There is no such person.", code="not_found")


def _check_team(team_id: UUID | None, *, by: "User", on: date) -> None:
    if team_id is None:
        return
    try:
        get_team(team_id)
        if may_plan_for(team_id, by, on=on):
            return
        get_visible_team(team_id=team_id, viewer=by, on=on)
    except NotFound:
        raise ValidationFailed.at("/team", "There is no such team.", code="not_found") from None
    raise ValidationFailed.at("/team", "Only a team that you lead.", code="not_led")


def _save(project: Project, **options: Any) -> None:
    try:
        with transaction.atomic():
            project.save(**options)
    except IntegrityError as error:
        if "external_id" in str(error):
            raise ExternalIdTaken from error
        raise


def _state(project: Project) -> dict[str, Any]:
    return {name: getattr(project, name) for name in sorted(CHANGEABLE)}
