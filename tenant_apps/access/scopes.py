"""What a person may do, and to whose objects."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.errors import DomainError, PermissionRefused
from shared_apps.organizations.selectors import local_day_of
from shared_apps.tenancy.context import is_platform
from tenant_apps.access.impersonation import is_open_to_operators
from tenant_apps.access.models import Grant
from tenant_apps.access.role_matrix import DECIDING, FOR_KEYS, OPERATOR, OWN, ScopeKind
from tenant_apps.accounts.selectors import active_people_among, people_blocked_from_deciding
from tenant_apps.teams.selectors import members_of_led_teams, members_of_my_teams

if TYPE_CHECKING:
    from tenant_apps.accounts.models import ApiKey, User


class ApprovalsBlocked(DomainError):
    """The person's second factors were reset less than a day ago."""

    code = "approvals_blocked"
    status = 403
    message = "Your second factor was reset; you can decide again 24 hours after that."


@dataclass(frozen=True)
class Scope:
    """To whose objects a permission applies: `user_ids` are their owners, None is everyone."""

    kind: ScopeKind
    user_ids: frozenset[UUID] | None

    def covers(self, user_id: UUID | None) -> bool:
        """Return whether an object of this person is within the scope."""
        return self.user_ids is None or user_id in self.user_ids


def granted_permissions(user: "User") -> Mapping[str, ScopeKind]:
    """Return what the person's roles grant, each permission with its widest scope.

    Read once per request: RolePermission keeps the answer on the row of the request.
    """
    if user.granted is not None:
        return {name: ScopeKind(scope) for name, scope in user.granted.items()}
    return read_grants(user)


def read_grants(user: "User") -> dict[str, ScopeKind]:
    """Return what the person's roles grant at this moment. One query.

    A person whose second factors were reset decides nothing for a day: those grants rest. Of a
    person as whom an operator acts, only those are left that operators may use.
    """
    if not user.is_active:
        return {}
    if is_platform():
        return dict(OPERATOR.grants) if user.is_operator else {}
    if user.is_service_account:
        return _read_grants_of_key(user.api_key)
    grants = _read_grants_of_roles(user)
    if user.impersonation is not None:
        grants = {name: kind for name, kind in grants.items() if is_open_to_operators(name)}
    if is_blocked_from_deciding(user):
        return {name: kind for name, kind in grants.items() if name not in DECIDING}
    return grants


def _read_grants_of_roles(user: "User") -> dict[str, ScopeKind]:
    grants: dict[str, ScopeKind] = {}
    rows = Grant.objects.filter(role__assignments__user_id=user.pk).order_by("pk")
    for permission, scope in rows.values_list("permission", "scope"):
        grants[permission] = max(
            ScopeKind(scope), grants.get(permission, OWN), key=lambda kind: kind.width
        )
    return grants


def _read_grants_of_key(key: "ApiKey | None") -> dict[str, ScopeKind]:
    """Return what a key holds now: never more than whoever issued it does at this moment."""
    if key is None:
        return {}
    issuers = read_grants(key.issued_by)
    return {
        name: min(ScopeKind(scope), issuers[name], key=lambda kind: kind.width)
        for name, scope in key.grants.items()
        if name in issuers and name in FOR_KEYS
    }


def is_blocked_from_deciding(user: "User") -> bool:
    """Return whether the person's approvals rest."""
    until = user.approvals_blocked_until
    return until is not None and utc_now() < until


def refuse_blocked(user: "User") -> None:
    """Refuse a person whose approvals rest: the one place that every four-eyes decision asks.

    Raises: ApprovalsBlocked.
    """
    if is_blocked_from_deciding(user):
        raise ApprovalsBlocked


def has_permission(user: "User", permission: str) -> bool:
    """Return whether the person holds the permission at any scope."""
    return permission in granted_permissions(user)


def scope_of(viewer: "User", permission: str, *, on: date | None = None) -> Scope:
    """Return to whose objects the viewer's permission applies.

    Team scope is the viewer and the members of the teams that the viewer leads; peers are those of
    the teams the viewer belongs to as well. Both on the day `on` (default: today in the
    organization's zone). Raises: PermissionRefused when no role grants the permission,
    ApprovalsBlocked when it rests.
    """
    kind = granted_permissions(viewer).get(permission)
    if kind is None:
        if permission in DECIDING:
            refuse_blocked(viewer)
        raise PermissionRefused
    if kind is ScopeKind.ALL:
        return Scope(kind, None)
    own = frozenset({viewer.pk})
    if kind is ScopeKind.OWN:
        return Scope(kind, own)
    day = on or local_day_of(utc_now())
    read_people = members_of_led_teams if kind is ScopeKind.TEAM else members_of_my_teams
    return Scope(kind, own | read_people(viewer.pk, day))


def people_with(permission: str) -> list[UUID]:
    """Return the active people who hold the permission for objects of others as well.

    A person who holds it for their own objects only is not counted: asked "who can verify this",
    they are no answer.
    """
    holders = Grant.objects.filter(permission=permission).exclude(scope=OWN)
    ids = holders.order_by("pk").values_list("role__assignments__user_id", flat=True)
    people = active_people_among(user_id for user_id in ids if user_id is not None)
    if permission not in DECIDING:
        return people
    blocked = people_blocked_from_deciding(at=utc_now())
    return [person for person in people if person not in blocked]
