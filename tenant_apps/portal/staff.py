"""Rows about people: who they are, what they may do, and since when."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from shared_apps.audit.selectors import EventFilters, list_events
from tenant_apps.access.role_matrix import ScopeKind
from tenant_apps.access.scopes import granted_permissions
from tenant_apps.access.selectors import (
    assignments_of,
    exceeds,
    grants_of_person,
    list_roles,
)
from tenant_apps.accounts.selectors import people_by_id
from tenant_apps.accounts.tokens import InvitationToken
from tenant_apps.teams.selectors import list_teams, teams_of_people

if TYPE_CHECKING:
    from tenant_apps.access.models import Role
    from tenant_apps.accounts.models import User

INVITED = "accounts.invitation_issued"


class StaffRow(NamedTuple):
    """A person of a list with the names of the teams of today."""

    person: "User"
    roles: Sequence["Role"]
    teams: Sequence[str]


class RoleHeld(NamedTuple):
    """A role that a person has; `by` is the name of whoever gave it, "" for the system."""

    role: "Role"
    since: datetime
    by: str


class RoleChoice(NamedTuple):
    """A role as a check box; `is_beyond` when it holds more than the one who would give it."""

    code: str
    name: str
    description: str
    is_beyond: bool


class Invited(NamedTuple):
    """The link that an invited person got last: since when, until when, from whom."""

    at: datetime
    until: datetime
    by: str
    is_over: bool


def staff_rows(people: Iterable["User"], *, on: date) -> list[StaffRow]:
    """Return people that came with their roles as rows. Two queries."""
    names = {team.pk: team.name for team in list_teams()}
    teams = teams_of_people(on)
    return [
        StaffRow(
            person,
            [each.role for each in person.role_assignments.all()],
            sorted(names[team] for team in teams.get(person.pk, ()) if team in names),
        )
        for person in people
    ]


def roles_held(user_id: UUID) -> list[RoleHeld]:
    """Return a person's roles with since when and by whom, the primary one first. Two queries."""
    rows = list(assignments_of(user_id))
    givers = people_by_id(row.assigned_by_id for row in rows if row.assigned_by_id)
    return [
        RoleHeld(
            row.role,
            row.assigned_at,
            givers[row.assigned_by_id].full_name if row.assigned_by_id in givers else "",
        )
        for row in rows
    ]


def role_choices(viewer: "User") -> list[RoleChoice]:
    """Return every role; those that hold more than the viewer are marked."""
    own = granted_permissions(viewer)
    return [
        RoleChoice(role.code, role.name, role.description, exceeds(_grants_of(role), own))
        for role in list_roles()
    ]


def holds_more(person_id: UUID, viewer: "User") -> bool:
    """Return whether a person holds more than the viewer, who then may not act on them."""
    return exceeds(grants_of_person(person_id), granted_permissions(viewer))


def find_invitation(person: "User", *, at: datetime) -> Invited | None:
    """Return the link that an invited person got last; None for everybody else."""
    if person.status != "invited":
        return None
    filters = EventFilters(name=INVITED, subject_type="accounts.user", subject_id=person.pk)
    event = list_events(filters).first()
    if event is None:
        return None
    until = event.recorded_at + InvitationToken.lifetime
    return Invited(event.recorded_at, until, event.actor_label, is_over=until <= at)


def _grants_of(role: "Role") -> list[tuple[str, ScopeKind]]:
    return [(grant.permission, ScopeKind(grant.scope)) for grant in role.grants.all()]
