"""Reads of roles and of who has them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet

from shared_apps.kernel.errors import NotFound
from tenant_apps.access.models import Grant, Role, RoleAssignment
from tenant_apps.access.role_matrix import (
    ADMINISTERING,
    DECIDING,
    PERMISSIONS,
    PLATFORM,
    ScopeKind,
)
from tenant_apps.accounts.selectors import list_people

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

OWNER = "owner"


def list_roles() -> QuerySet[Role]:
    """Return the roles in use with their grants and the number of people, by rank and id."""
    grants = Prefetch("grants", Grant.objects.order_by("permission", "pk"))
    roles = Role.objects.filter(archived_at=None).prefetch_related(grants)
    return roles.annotate(people_count=Count("assignments")).order_by("rank", "pk")


def roles_among(ids: Collection[UUID]) -> QuerySet[Role]:
    """Return the roles with these ids, whoever asks: what the audit log calls them."""
    return Role.objects.filter(pk__in=ids).order_by("pk")


def get_role(code: str) -> Role:
    """Return one role with its grants and the number of people. Raises: NotFound."""
    role = list_roles().filter(code=code).first()
    if role is None:
        raise NotFound
    return role


def role_name(code: str) -> str:
    """Return what a role is called, an archived one too; the code of one that is unknown."""
    return Role.objects.filter(code=code).values_list("name", flat=True).first() or code


def find_role(code: str) -> Role | None:
    """Return the role with this code, unless it was archived."""
    return Role.objects.filter(code=code, archived_at=None).first()


def people_in_role(role_id: UUID) -> list[UUID]:
    """Return who has the role, in order of id."""
    rows = RoleAssignment.objects.filter(role_id=role_id).order_by("user_id")
    return list(rows.values_list("user_id", flat=True))


def people_in_roles(codes: Collection[str]) -> list[UUID]:
    """Return who has one of the roles, in order of id."""
    rows = RoleAssignment.objects.filter(role__code__in=codes).order_by("user_id")
    return list(rows.values_list("user_id", flat=True).distinct())


def list_assignments(code: str) -> QuerySet[RoleAssignment]:
    """Return who was given a role, in order of id."""
    return RoleAssignment.objects.filter(role__code=code).order_by("user_id")


def list_people_with_roles(
    *, search: str = "", status: str = "", role: str = "", external_id: str = ""
) -> "QuerySet[User]":
    """Return the people who are not archived with their roles, by name and id."""
    people = list_people(search=search, status=status)
    if role:
        people = people.filter(role_assignments__role__code=role)
    if external_id:
        people = people.filter(external_id=external_id)
    return people.prefetch_related(_roles_by_rank())


def get_person_with_roles(user_id: UUID) -> "User":
    """Return one person with the roles. Raises: NotFound."""
    person = list_people().filter(pk=user_id).prefetch_related(_roles_by_rank()).first()
    if person is None:
        raise NotFound
    return person


def list_people_in_role(code: str) -> "QuerySet[User]":
    """Return the people who have the role, by name and id. Raises: NotFound."""
    if find_role(code) is None:
        raise NotFound
    return list_people_with_roles(role=code)


def roles_of(user_id: UUID) -> list[str]:
    """Return the codes of a person's roles, the primary one first."""
    assignments = RoleAssignment.objects.filter(user_id=user_id).order_by("role__rank", "pk")
    return list(assignments.values_list("role__code", flat=True))


def list_administering() -> QuerySet[RoleAssignment]:
    """Return the assignments that let people administer, by person and rank; of archived roles or
    people none.
    """
    held = Grant.objects.filter(role_id=OuterRef("role_id"), permission__in=ADMINISTERING)
    rows = RoleAssignment.objects.filter(
        Exists(held), role__archived_at=None, user__archived_at=None
    )
    return rows.select_related("role", "user").order_by("user_id", "role__rank", "pk")


def assignments_of(user_id: UUID) -> QuerySet[RoleAssignment]:
    """Return a person's roles with since when and by whom, the primary one first."""
    rows = RoleAssignment.objects.select_related("role").filter(user_id=user_id)
    return rows.order_by("role__rank", "pk")


def exceeds(grants: Iterable[tuple[str, ScopeKind]], own: Mapping[str, ScopeKind]) -> bool:
    """Return whether these grants hold anything beyond one's own."""
    return any(name not in own or own[name].width < kind.width for name, kind in grants)


def grants_of_person(user_id: UUID) -> Sequence[tuple[str, ScopeKind]]:
    """Return every grant of a person's roles, suspended people's too."""
    rows = Grant.objects.filter(role__assignments__user_id=user_id).order_by("pk")
    return [(name, ScopeKind(scope)) for name, scope in rows.values_list("permission", "scope")]


def grants_of_role(role: Role) -> Sequence[tuple[str, ScopeKind]]:
    """Return every grant of a role."""
    rows = Grant.objects.filter(role=role).order_by("pk")
    return [(name, ScopeKind(scope)) for name, scope in rows.values_list("permission", "scope")]


def is_deciding_role(code: str) -> bool:
    """Return whether the role grants to decide on what others made, an archived one too."""
    return Grant.objects.filter(role__code=code, permission__in=DECIDING).exists()


@dataclass(frozen=True, kw_only=True)
class Holding:
    """A person holds a permission through a role."""

    user_id: UUID
    permission: str
    scope: ScopeKind
    role: str


def list_holdings(permissions: Collection[str]) -> list[Holding]:
    """Return who holds these permissions through which roles, suspended people's too. One query."""
    rows = Grant.objects.filter(permission__in=permissions, role__assignments__isnull=False)
    found = rows.order_by("role__rank", "pk", "role__assignments__user_id").values_list(
        "role__assignments__user_id", "permission", "scope", "role__code"
    )
    return [
        Holding(user_id=user_id, permission=permission, scope=ScopeKind(scope), role=role)
        for user_id, permission, scope, role in found
    ]


def _roles_by_rank() -> "Prefetch[str, QuerySet[RoleAssignment], str]":
    rows = RoleAssignment.objects.select_related("role").order_by("role__rank", "pk")
    return Prefetch("role_assignments", rows)


@dataclass(frozen=True)
class MatrixRow:
    """A permission and the scope that each role has of it."""

    permission: str
    description: str
    scopes: Mapping[str, str]


def list_matrix() -> list[MatrixRow]:
    """Return every permission of an organization with its scope by role, as the roles are now."""
    scopes: dict[str, dict[str, str]] = {}
    rows = Grant.objects.order_by("role__rank", "pk")
    for permission, role, scope in rows.values_list("permission", "role__code", "scope"):
        scopes.setdefault(permission, {})[role] = scope
    return [
        MatrixRow(name, description, scopes.get(name, {}))
        for name, description in PERMISSIONS.items()
        if name not in PLATFORM
    ]
