"""Bring the built-in roles in line with the role matrix."""

import json
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.events import Actor
from shared_apps.tenancy.context import current_tenant
from tenant_apps.access.events import RoleMatrixApplied
from tenant_apps.access.models import Grant, Role
from tenant_apps.access.role_matrix import ORGANIZATION_ROLES, RoleDefinition

Grants = dict[str, dict[str, str]]

_COMPARED = (
    *(f"role__{name}" for name in ("code", "name", "description", "rank")),
    "permission",
    "scope",
)


@transaction.atomic
def seed_roles(*, by: Actor, at: datetime) -> bool:
    """Make the built-in roles and their grants what the role matrix says; leave custom roles alone.

    Locks the built-in roles. Records RoleMatrixApplied with what differed; doing it again changes
    and records nothing. Returns whether anything changed.
    """
    _insert_missing_roles()
    roles = {role.code: role for role in _lock_builtin_roles()}
    before = _read_grants(roles)
    after: Grants = {
        each.code: {k: str(v) for k, v in each.grants.items()} for each in ORGANIZATION_ROLES
    }
    differing = [code for code in after if before[code] != after[code]]
    for code in differing:
        _replace_grants(roles[code], after[code])
    renamed = [_describe(roles[each.code], each) for each in ORGANIZATION_ROLES]
    if differing or any(renamed):
        record(
            RoleMatrixApplied(organization_id=current_tenant().id, roles=tuple(differing)),
            actor=by,
            at=at,
            before={code: before[code] for code in differing},
            after={code: after[code] for code in differing},
        )
    return bool(differing) or any(renamed)


class BuiltInRoles:
    """The built-in roles as a part that stands in every organization: migrations bring them."""

    def text(self) -> str:
        """Return the role matrix."""
        return json.dumps(sorted(self._wanted()))

    def is_in_line(self) -> bool:
        """Return whether the roles of the schema at work are those of the matrix. One query."""
        grants = Grant.objects.filter(role__is_builtin=True).order_by()
        return set(grants.values_list(*_COMPARED)) == self._wanted()

    def bring_in_line(self, *, at: datetime) -> None:
        """Apply the matrix; records RoleMatrixApplied."""
        seed_roles(by=Actor.system("migrate"), at=at)

    def _wanted(self) -> set[tuple[object, ...]]:
        return {
            (role.code, role.name, role.description, role.rank, permission, str(kind))
            for role in ORGANIZATION_ROLES
            for permission, kind in role.grants.items()
        }


BUILT_IN_ROLES = BuiltInRoles()


def _insert_missing_roles() -> None:
    Role.objects.bulk_create(
        (
            Role(
                code=each.code,
                name=each.name,
                description=each.description,
                rank=each.rank,
                is_builtin=True,
            )
            for each in ORGANIZATION_ROLES
        ),
        ignore_conflicts=True,
    )


def _lock_builtin_roles() -> list[Role]:
    roles = Role.objects.select_for_update(no_key=True, of=("self",))
    codes = [each.code for each in ORGANIZATION_ROLES]
    return list(roles.filter(code__in=codes).order_by("pk"))


def _read_grants(roles: Mapping[str, Role]) -> Grants:
    grants: Grants = {code: {} for code in roles}
    rows = Grant.objects.filter(role__in=roles.values()).order_by("pk")
    for code, permission, scope in rows.values_list("role__code", "permission", "scope"):
        grants[code][permission] = scope
    return grants


def _replace_grants(role: Role, grants: Mapping[str, str]) -> None:
    Grant.objects.filter(role=role).delete()
    Grant.objects.bulk_create(
        Grant(role=role, permission=permission, scope=scope) for permission, scope in grants.items()
    )


def _describe(role: Role, definition: RoleDefinition) -> bool:
    """Give a role the matrix's name, description and rank; return whether they differed."""
    wanted = (definition.name, definition.description, definition.rank, True)
    if (role.name, role.description, role.rank, role.is_builtin) == wanted:
        return False
    role.name, role.description, role.rank, role.is_builtin = wanted
    role.save(update_fields=["name", "description", "rank", "is_builtin"])
    return True
