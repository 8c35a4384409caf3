"""Create, change and archive teams."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import (
    DomainError,
    Gathering,
    NotFound,
    StaleVersion,
    ValidationFailed,
)
from shared_apps.kernel.events import Actor
from tenant_apps.accounts.selectors import people_by_id
from tenant_apps.teams.events import TeamArchived, TeamChanged, TeamCreated
from tenant_apps.teams.models import Team

CHANGEABLE = ("name", "description", "lead_id")


class TeamNameTaken(DomainError):
    """Another team has this name or this external id."""

    code = "team_name_taken"
    message = "There is a team with this name already."
    field = "/name"


@dataclass(frozen=True, kw_only=True)
class NewTeam:
    """What a team is called and who leads it."""

    name: str
    description: str = ""
    lead_id: UUID | None = None
    external_id: str | None = None


@transaction.atomic
def create_team(*, new: NewTeam, by: Actor, at: datetime, so_far: Gathering | None = None) -> Team:
    """Create a team without members. Records TeamCreated.

    What was found wrong before, `so_far`, is said with all that is wrong here; nothing is done.
    Raises: TeamNameTaken, ValidationFailed (unknown lead).
    """
    together = so_far or Gathering()
    with together.part():
        _check_lead(new.lead_id)
    with together.part():
        _check_name(new.name)
    together.refuse()
    team = Team(
        name=new.name.strip(),
        description=new.description,
        lead_id=new.lead_id,
        external_id=new.external_id,
        created_at=at,
        updated_at=at,
        created_by_id=by.user_id,
        updated_by_id=by.user_id,
    )
    try:
        with transaction.atomic():
            team.save(force_insert=True)
    except IntegrityError as error:
        raise TeamNameTaken from error
    record(TeamCreated(team_id=team.pk), actor=by, at=at, after=_facts(team))
    return team


@transaction.atomic
def update_team(
    *,
    team_id: UUID,
    changes: Mapping[str, Any],
    expected_version: int,
    by: Actor,
    at: datetime,
    so_far: Gathering | None = None,
) -> Team:
    """Change the name, the description or the lead. Locks the team; records TeamChanged.

    What was found wrong before, `so_far`, is said with all that is wrong here; nothing is done.
    Raises: NotFound, StaleVersion, TeamNameTaken, ValidationFailed (unknown lead).
    """
    team = lock_team(team_id)
    if team.version != expected_version:
        raise StaleVersion
    together = so_far or Gathering()
    with together.part():
        _check_lead(changes.get("lead_id"))
    with together.part():
        _check_name(changes.get("name", team.name), but=team)
    together.refuse()
    before, after = _facts(team), {name: changes[name] for name in CHANGEABLE if name in changes}
    for name, value in after.items():
        setattr(team, name, value)
    changed = team.mark_changed(by_id=by.user_id, at=at)
    try:
        with transaction.atomic():
            team.save(update_fields=[*after, *changed])
    except IntegrityError as error:
        raise TeamNameTaken from error
    record(TeamChanged(team_id=team.pk), actor=by, at=at, before=before, after=_facts(team))
    return team


@transaction.atomic(savepoint=False)
def hand_over_teams(*, from_id: UUID, to_id: UUID, actor: Actor, at: datetime) -> int:
    """Let another person lead the teams that a person leads; returns how many there were.

    Locks each team; records TeamChanged for each.
    """
    led = Team.objects.filter(lead_id=from_id, archived_at=None).order_by("pk")
    teams = list(led.select_for_update(no_key=True, of=("self",)))
    for team in teams:
        before = _facts(team)
        team.lead_id = to_id
        team.save(update_fields=["lead_id", *team.mark_changed(by_id=actor.user_id, at=at)])
        record(TeamChanged(team_id=team.pk), actor=actor, at=at, before=before, after=_facts(team))
    return len(teams)


@transaction.atomic
def archive_team(*, team_id: UUID, by: Actor, at: datetime) -> Team:
    """Take a team out of the lists; what it earned stays. Locks the team; records TeamArchived.

    Raises: NotFound.
    """
    team = lock_team(team_id)
    team.archived_at = at
    changed = team.mark_changed(by_id=by.user_id, at=at)
    team.save(update_fields=["archived_at", *changed])
    record(TeamArchived(team_id=team.pk), actor=by, at=at, before=_facts(team))
    return team


def lock_team(team_id: UUID) -> Team:
    """Return a team that is not archived, locked. Raises: NotFound."""
    rows = Team.objects.select_for_update(no_key=True, of=("self",))
    team = rows.filter(pk=team_id, archived_at=None).first()
    if team is None:
        raise NotFound
    return team


def _check_lead(lead_id: UUID | None) -> None:
    if lead_id is not None and lead_id not in people_by_id([lead_id]):
        raise ValidationFailed.at("/lead_id", "There is no such person.", code="unknown_person")


def _check_name(name: str, *, but: Team | None = None) -> None:
    """Refuse the name of another team; between two who come at once the database decides."""
    others = Team.objects.filter(name=name.strip(), archived_at=None)
    if (others.exclude(pk=but.pk) if but else others).exists():
        raise TeamNameTaken


def _facts(team: Team) -> dict[str, str | None]:
    return {
        "name": team.name,
        "description": team.description,
        "lead_id": str(team.lead_id) if team.lead_id else None,
    }
