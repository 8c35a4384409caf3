"""Give and take roles of many people at once: all of it, or nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shared_apps.kernel.errors import FieldProblem, ValidationFailed
from tenant_apps.access.models import Role
from tenant_apps.access.selectors import grants_of_role
from tenant_apps.access.services.assignments import (
    give_role,
    lock_roles,
    refuse_beyond_own,
    take_role,
)
from tenant_apps.accounts.selectors import list_people

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

NOBODY = "There is no such person."


@dataclass(frozen=True, kw_only=True)
class BulkAssignment:
    """Whom it is about, the roles that they receive and those that they lose, by code."""

    user_ids: Sequence[UUID]
    add: Collection[str] = ()
    remove: Collection[str] = ()


@transaction.atomic
def assign_roles(*, wanted: BulkAssignment, by: "User", at: datetime) -> None:
    """Give and take roles of many people; whoever has, or lacks, a role already stays as they are.

    All of it or nothing, and a second time changes nothing. Locks the roles in order of id; records
    RoleAssigned and RoleRemoved, one for each change.
    Raises: ValidationFailed (unknown people), UnknownRole, GrantBeyondOwn, LastOwner.
    """
    people = _find_people(wanted.user_ids)
    roles = lock_roles({*wanted.add, *wanted.remove})
    for role in roles:
        refuse_beyond_own(grants_of_role(role), by=by)
    for person in people:
        for role in roles:
            _apply(person, role, wanted, by=by, at=at)


def _apply(person: "User", role: Role, wanted: BulkAssignment, *, by: "User", at: datetime) -> None:
    if role.code in wanted.add:
        give_role(person, role, actor=by.actor, at=at)
    else:
        take_role(person, role, actor=by.actor, at=at)


def _find_people(user_ids: Sequence[UUID]) -> list["User"]:
    """Return the people in order of id. Raises: ValidationFailed, which names each unknown one."""
    found = {person.pk: person for person in list_people().filter(pk__in=set(user_ids))}
    problems = [
        FieldProblem(field=f"/user_ids/{n}", code="unknown_person", message=NOBODY)
        for n, user_id in enumerate(user_ids)
        if user_id not in found
    ]
    if problems:
        raise ValidationFailed(problems=problems)
    return [found[user_id] for user_id in sorted(found)]
