"""Roles of the organization's own: nobody makes one that can more than they."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import (
    DomainError,
    FieldProblem,
    NotFound,
    StaleVersion,
    ValidationFailed,
)
from shared_apps.kernel.wording import worded
from tenant_apps.access.events import RoleArchived, RoleChanged, RoleCreated
from tenant_apps.access.models import Grant, Role
from tenant_apps.access.role_matrix import DECIDING, EVERYDAY, ScopeKind
from tenant_apps.access.selectors import grants_of_role, people_in_role
from tenant_apps.access.services.assignments import refuse_beyond_own
from tenant_apps.access.sign_in_policy import read_policy

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

# the roles of an organization's own come after all built-in ones
RANK = 100
# words that stand in the place of a code in an address
RESERVED = frozenset({"bulk-assign"})


class BuiltInRole(DomainError):
    """The role comes with the product; what it grants is the role matrix's to say."""

    code = "role_is_built_in"
    message = "This role comes with the product and stays as it is; make a role of your own."


class RoleNameTaken(DomainError):
    """Another role, perhaps an archived one, has the name."""

    code = "role_name_taken"
    message = "Another role has this name, perhaps an archived one; choose another."
    field = "/name"


class RoleInUse(DomainError):
    """Somebody has the role, or the sign-in policy names it."""

    code = "role_in_use"
    message = "Take the role from everybody, and out of the sign-in policy, before archiving it."


@dataclass(frozen=True, kw_only=True)
class RoleTerms:
    """What a role is called and grants: permission -> scope. None leaves a value as it is."""

    name: str | None = None
    description: str | None = None
    grants: Mapping[str, str] | None = None


@transaction.atomic
def create_role(*, terms: RoleTerms, by: "User", at: datetime) -> Role:
    """Make a role with rights that one holds oneself; its code follows from its name.

    Records RoleCreated. Raises: ValidationFailed, GrantBeyondOwn, RoleNameTaken.
    """
    grants = terms.grants or {}
    _refuse_impossible(grants)
    _refuse_beyond_own(grants, by=by)
    name = (terms.name or "").strip()
    role = Role(code=_code_of(name), name=name, description=terms.description or "", rank=RANK)
    try:
        with transaction.atomic():
            role.save(force_insert=True)
    except IntegrityError:
        raise RoleNameTaken from None
    _insert_grants(role, grants)
    event = RoleCreated(role_id=role.pk, role=role.code)
    record(event, actor=by.actor, at=at, after=_facts(role))
    return role


@transaction.atomic
def change_role(
    *, code: str, terms: RoleTerms, expected_version: int, by: "User", at: datetime
) -> Role:
    """Change a role whose rights one holds, before and after. It works on the next request.

    Locks the role. Records RoleChanged, whose reaction closes the sockets of those who have it.
    Raises: NotFound, BuiltInRole, StaleVersion, ValidationFailed, GrantBeyondOwn.
    """
    role = _lock_own_role(code)
    if role.version != expected_version:
        raise StaleVersion
    before, granted = _facts(role), dict(grants_of_role(role))
    refuse_beyond_own(granted.items(), by=by)
    if terms.grants is not None:
        _refuse_impossible(terms.grants)
        _refuse_beyond_own(terms.grants, by=by)
        Grant.objects.filter(role=role).delete()
        _insert_grants(role, terms.grants)
    role.name = role.name if terms.name is None else terms.name.strip()
    role.description = role.description if terms.description is None else terms.description
    role.version += 1
    role.save(update_fields=["name", "description", "version"])
    gained = _approvals_gained(granted, dict(grants_of_role(role)))
    event = RoleChanged(role_id=role.pk, role=role.code, gained=gained)
    record(event, actor=by.actor, at=at, before=before, after=_facts(role))
    return role


@transaction.atomic
def archive_role(*, code: str, by: "User", at: datetime) -> None:
    """Put a role away that nobody has. Locks the role; records RoleArchived.

    Raises: NotFound, BuiltInRole, GrantBeyondOwn, RoleInUse.
    """
    role = _lock_own_role(code)
    refuse_beyond_own(grants_of_role(role), by=by)
    if people_in_role(role.pk) or role.code in read_policy().roles:
        raise RoleInUse
    role.archived_at = at
    role.version += 1
    role.save(update_fields=["archived_at", "version"])
    event = RoleArchived(role_id=role.pk, role=role.code)
    record(event, actor=by.actor, at=at, before=_facts(role))


def _lock_own_role(code: str) -> Role:
    rows = Role.objects.select_for_update(no_key=True, of=("self",))
    role = rows.filter(code=code, archived_at=None).first()
    if role is None:
        raise NotFound
    if role.is_builtin:
        raise BuiltInRole
    return role


def _refuse_beyond_own(grants: Mapping[str, str], *, by: "User") -> None:
    refuse_beyond_own(((name, ScopeKind(scope)) for name, scope in grants.items()), by=by)


def _refuse_impossible(grants: Mapping[str, str]) -> None:
    """Refuse permissions that no role of an organization's own grants. Raises: ValidationFailed."""
    problems = [
        FieldProblem(field=f"/grants/{n}/{field}", code=code, message=message)
        for n, (name, scope) in enumerate(grants.items())
        for field, code, message in _problems_of(name, scope)
    ]
    if problems:
        raise ValidationFailed(problems=problems)


def _problems_of(permission: str, scope: str) -> list[tuple[str, str, str]]:
    if permission not in EVERYDAY:
        message = worded(
            "There is no permission '%(name)s' that a role could grant.", name=permission
        )
        return [("permission", "unknown_permission", message)]
    if scope == ScopeKind.PEERS and not permission.endswith(".view"):
        message = "Plain members of a team only read what it works on; choose another scope."
        return [("scope", "peers_only_read", message)]
    return []


def _approvals_gained(
    before: Mapping[str, ScopeKind], after: Mapping[str, ScopeKind]
) -> tuple[str, ...]:
    """Return the rights to decide on others' work that came, or apply to more of it now."""
    return tuple(
        name
        for name in DECIDING
        if name in after and (name not in before or before[name].width < after[name].width)
    )


def _code_of(name: str) -> str:
    code = slugify(name)[:50]
    if not code:
        raise ValidationFailed.at("/name", "Use at least one letter or digit.")
    if code in RESERVED:
        raise RoleNameTaken
    return code


def _insert_grants(role: Role, grants: Mapping[str, str]) -> None:
    Grant.objects.bulk_create(
        Grant(role=role, permission=name, scope=scope) for name, scope in sorted(grants.items())
    )


def _facts(role: Role) -> dict[str, Any]:
    grants = {name: str(scope) for name, scope in sorted(grants_of_role(role))}
    return {"name": role.name, "description": role.description, "grants": grants}
