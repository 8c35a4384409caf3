"""What programs do with roles: an import gives its people theirs."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from shared_apps.kernel.errors import PermissionRefused
from shared_apps.kernel.events import Actor
from tenant_apps.access.selectors import OWNER
from tenant_apps.access.services.assignments import give_role, lock_roles
from tenant_apps.accounts.selectors import get_person


@transaction.atomic
def assign_role_by_program(*, user_id: UUID, role: str, by: Actor, at: datetime) -> None:
    """Give a person a role on behalf of nobody; never the owner's. Locks the role.

    Records RoleAssigned. Raises: NotFound, UnknownRole, PermissionRefused.
    """
    if by.kind != "system" or role == OWNER:
        raise PermissionRefused
    (found,) = lock_roles({role})
    give_role(get_person(user_id), found, actor=by, at=at)
