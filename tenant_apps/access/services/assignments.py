"""Give and take roles: nobody gives what they lack, and an owner always remains."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError, NotFound, ValidationFailed
from shared_apps.kernel.events import Actor
from shared_apps.kernel.wording import worded
from tenant_apps.access.events import RoleAssigned, RoleRemoved
from tenant_apps.access.models import Role, RoleAssignment
from tenant_apps.access.role_matrix import ScopeKind
from tenant_apps.access.scopes import read_grants
from tenant_apps.access.selectors import OWNER, exceeds, grants_of_person, grants_of_role, roles_of
from tenant_apps.accounts.selectors import active_people_among, get_person

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


class GrantBeyondOwn(DomainError):
    """The role, or the person, holds more than the one who acts."""

    code = "permission_denied"
    status = 403
    message = (
        "You cannot give or take rights that you do not hold, nor act on a person who holds them."
        " Ask somebody who holds them."
    )


class LastOwner(DomainError):
    """Without this person the organization would have no owner who can sign in."""

    code = "last_owner"
    message = "This is the last owner; make another person an owner first."


class OwnMembership(DomainError):
    """Somebody would lock themselves out of the organization."""

    code = "own_membership"
    message = "You cannot suspend yourself; ask another administrator."


class UnknownRole(ValidationFailed):
    """There is no role of this code."""

    @classmethod
    def named(cls, code: str) -> "UnknownRole":
        """Return the error for one code."""
        problem = ValidationFailed.at(
            "/roles", worded("There is no role '%(code)s'.", code=code), code="unknown_role"
        )
        return cls(problems=problem.problems)


@transaction.atomic
def assign_role(*, user_id: UUID, role: str, by: "User", at: datetime) -> None:
    """Give a person a role; a person who has it keeps it. Locks the role; records RoleAssigned.

    Raises: NotFound, UnknownRole, GrantBeyondOwn.
    """
    set_roles(user_id=user_id, roles={*roles_of(user_id), role}, by=by, at=at)


@transaction.atomic
def remove_role(*, user_id: UUID, role: str, by: "User", at: datetime) -> None:
    """Take a role from a person who may not have it. Locks the role; records RoleRemoved.

    Raises: NotFound, UnknownRole, GrantBeyondOwn, LastOwner.
    """
    set_roles(user_id=user_id, roles=set(roles_of(user_id)) - {role}, by=by, at=at)


@transaction.atomic
def set_roles(*, user_id: UUID, roles: Collection[str], by: "User", at: datetime) -> None:
    """Make these exactly a person's roles. Locks the roles that come or go, in order of id.

    Records RoleAssigned and RoleRemoved, one for each change.
    Raises: NotFound, UnknownRole, GrantBeyondOwn, LastOwner.
    """
    person = get_person(user_id)
    if person.is_service_account:
        raise NotFound
    refuse_beyond_own(grants_of_person(user_id), by=by)
    held, wanted = set(roles_of(user_id)), set(roles)
    changing = lock_roles(held ^ wanted)
    for role in changing:
        refuse_beyond_own(grants_of_role(role), by=by)
        if role.code in wanted:
            give_role(person, role, actor=by.actor, at=at)
        else:
            take_role(person, role, actor=by.actor, at=at)


@transaction.atomic
def make_first_owner(*, user_id: UUID, by: Actor, at: datetime) -> None:
    """Give the owner's role to the first person of a new organization. Records RoleAssigned."""
    (owner,) = lock_roles({OWNER})
    give_role(get_person(user_id), owner, actor=by, at=at)


def lock_roles(codes: Iterable[str]) -> list[Role]:
    """Return the roles, locked in order of id. Raises: UnknownRole."""
    wanted = set(codes)
    rows = Role.objects.select_for_update(no_key=True, of=("self",))
    roles = list(rows.filter(code__in=wanted, archived_at=None).order_by("pk"))
    for code in sorted(wanted - {role.code for role in roles}):
        raise UnknownRole.named(code)
    return roles


def refuse_beyond_own(grants: Iterable[tuple[str, ScopeKind]], *, by: "User") -> None:
    """Refuse to handle rights that the acting person lacks. Raises: GrantBeyondOwn."""
    if exceeds(grants, read_grants(by)):
        raise GrantBeyondOwn


def refuse_last_owner(user_id: UUID) -> None:
    """Refuse what would leave no owner who can sign in; the owner's role is locked.

    Raises: LastOwner.
    """
    others = RoleAssignment.objects.filter(role__code=OWNER).exclude(user_id=user_id)
    if not active_people_among(others.order_by("pk").values_list("user_id", flat=True)):
        raise LastOwner


def give_role(person: "User", role: Role, *, actor: Actor, at: datetime) -> None:
    """Give a locked role to a person who may have it already; records RoleAssigned once."""
    _, is_new = RoleAssignment.objects.get_or_create(
        user=person,
        role=role,
        defaults={
            "assigned_at": at,
            "assigned_by_id": actor.user_id,
        },
    )
    if is_new:
        event = RoleAssigned(user_id=person.pk, role=role.code)
        record(event, actor=actor, at=at, before={"role": None}, after={"role": role.code})


def take_role(person: "User", role: Role, *, actor: Actor, at: datetime) -> None:
    """Take a locked role from a person who may not have it; records RoleRemoved once.

    Raises: LastOwner.
    """
    if role.code == OWNER:
        refuse_last_owner(person.pk)
    deleted, _ = RoleAssignment.objects.filter(user=person, role=role).delete()
    if deleted:
        event = RoleRemoved(user_id=person.pk, role=role.code)
        record(event, actor=actor, at=at, before={"role": role.code}, after={"role": None})
