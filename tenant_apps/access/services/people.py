"""What administrators do with people, where roles have a say."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shared_apps.kernel.errors import Gathering, PermissionRefused, check_filled
from shared_apps.organizations.selectors import local_day_of
from tenant_apps.access.scopes import has_permission
from tenant_apps.access.selectors import OWNER, grants_of_person, roles_of
from tenant_apps.access.services.assignments import (
    OwnMembership,
    lock_roles,
    refuse_beyond_own,
    refuse_last_owner,
    set_roles,
)
from tenant_apps.accounts.services import (
    NewPerson,
    PersonChanges,
    check_invitable,
    invite_person,
    issue_invitation,
    reactivate_person,
    require_password_change,
    revoke_invitation,
    suspend_person,
    update_person,
)
from tenant_apps.teams.services import add_member, leave_all_teams

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


@dataclass(frozen=True, kw_only=True)
class NewInvitation:
    """Who is invited, with which roles, and into which teams."""

    person: NewPerson
    roles: tuple[str, ...] = ()
    teams: tuple[UUID, ...] = ()


@transaction.atomic
def invite_with_roles(
    *, invitation: NewInvitation, by: "User", at: datetime, so_far: Gathering | None = None
) -> "User":
    """Enter a person with roles and teams, a member from today on, and have the invitation sent.

    Records PersonInvited, RoleAssigned for each role, MemberAdded for each team, InvitationIssued.
    What was found wrong before, `so_far`, is said with all that is wrong here; nothing is done.
    Raises: EmailTaken, ExternalIdTaken, ValidationFailed, UnknownRole, GrantBeyondOwn, NotFound for
    a team that is not there, PermissionRefused when roles or teams are given without the right to.
    """
    if invitation.roles and not has_permission(by, "roles.manage"):
        raise PermissionRefused
    if invitation.teams and not has_permission(by, "teams.manage"):
        raise PermissionRefused
    together = so_far or Gathering()
    with together.part():
        check_invitable(invitation.person)
    with together.part():
        lock_roles(invitation.roles)
    together.refuse()
    person = invite_person(new=invitation.person, by=by.actor, at=at)
    set_roles(user_id=person.pk, roles=invitation.roles, by=by, at=at)
    today = local_day_of(at)
    for team_id in sorted(set(invitation.teams)):
        add_member(team_id=team_id, user_id=person.pk, valid_from=today, by=by.actor, at=at)
    return issue_invitation(user_id=person.pk, by=by.actor, at=at)


@transaction.atomic
def invite_member_again(*, user_id: UUID, by: "User", at: datetime) -> "User":
    """Send an invited person a new link, but not one who will hold more than oneself.

    Records InvitationIssued. Raises: NotFound, WrongStatus, GrantBeyondOwn.
    """
    refuse_beyond_own(grants_of_person(user_id), by=by)
    return issue_invitation(user_id=user_id, by=by.actor, at=at)


@transaction.atomic
def take_invitation_back(*, user_id: UUID, by: "User", at: datetime) -> None:
    """Take back the invitation of one who does not hold more than oneself, with roles and teams.

    Records RoleRemoved and MemberRemoved for each, InvitationRevoked.
    Raises: NotFound, WrongStatus, GrantBeyondOwn.
    """
    refuse_beyond_own(grants_of_person(user_id), by=by)
    revoke_invitation(user_id=user_id, by=by.actor, at=at)
    set_roles(user_id=user_id, roles=(), by=by, at=at)
    leave_all_teams(user_id=user_id, on=local_day_of(at), by=by.actor, at=at)


@transaction.atomic
def edit_member(
    *, user_id: UUID, changes: PersonChanges, expected_version: int, by: "User", at: datetime
) -> "User":
    """Change a person's names, but not those of one who holds more than oneself.

    Records PersonChanged. Raises: NotFound, StaleVersion, GrantBeyondOwn.
    """
    refuse_beyond_own(grants_of_person(user_id), by=by)
    return update_person(
        user_id=user_id, changes=changes, expected_version=expected_version, by=by.actor, at=at
    )


def check_suspension(user_id: UUID, *, by: "User") -> None:
    """Refuse whom nobody, or not this person, may suspend.

    Raises: GrantBeyondOwn, LastOwner, OwnMembership.
    """
    refuse_beyond_own(grants_of_person(user_id), by=by)
    if OWNER in roles_of(user_id):
        refuse_last_owner(user_id)
    if user_id == by.pk:
        raise OwnMembership


@transaction.atomic
def suspend_member(*, user_id: UUID, reason: str, by: "User", at: datetime) -> "User":
    """Suspend a person, but never the last owner, nor one who holds more than oneself.

    Locks the owner's role, so that nobody becomes the only owner meanwhile. Records
    PersonSuspended with the reason. Raises: NotFound, WrongStatus, LastOwner, GrantBeyondOwn,
    OwnMembership, ValidationFailed without a reason.
    """
    check_filled(reason, at="/reason")
    lock_roles({OWNER})
    check_suspension(user_id, by=by)
    return suspend_person(user_id=user_id, by=by.actor, at=at, reason=reason.strip())


@transaction.atomic
def reactivate_member(*, user_id: UUID, by: "User", at: datetime) -> "User":
    """Let a suspended person in again, but not one who holds more than oneself.

    Records PersonReactivated. Raises: NotFound, WrongStatus, GrantBeyondOwn.
    """
    refuse_beyond_own(grants_of_person(user_id), by=by)
    return reactivate_person(user_id=user_id, by=by.actor, at=at)


@transaction.atomic
def force_password_change(*, user_id: UUID, by: "User", at: datetime) -> "User":
    """Make a person choose a new password, but not one who holds more than oneself.

    Ends their sign-ins; records PasswordChangeRequired. Raises: NotFound, GrantBeyondOwn.
    """
    refuse_beyond_own(grants_of_person(user_id), by=by)
    return require_password_change(user_id=user_id, by=by.actor, at=at)
