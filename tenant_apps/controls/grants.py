"""What the roles of today let one person do alone, and what hangs on one person. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from tenant_apps.access.role_matrix import DECIDING, OWN, PERMISSIONS
from tenant_apps.access.selectors import Holding
from tenant_apps.controls.duties import CONFLICTS, DUTIES, HIGH, KEY_DUTIES, Conflict
from tenant_apps.controls.names import Names
from tenant_apps.controls.reports import ConflictFound, Coverage

Times = Mapping[tuple[str, str], int]


def find_conflicts(
    holdings: Iterable[Holding], *, names: Names, times: Times
) -> list[ConflictFound]:
    """Return every person who holds both duties of a conflict, the used and the risky first.

    Suspended and archived people can do nothing and are left out; invited ones will. `times` is
    (actor id, event name) -> number.
    """
    roles = _roles_by_person(holdings)
    found = [
        _found(conflict, user_id, held, names=names, times=times)
        for user_id, held in roles.items()
        if names.may_act(user_id)
        for conflict in _conflicts_of(held)
    ]
    return sorted(found, key=_most_urgent)


def find_coverage(
    holdings: Sequence[Holding], *, names: Names, blocked: Collection[UUID]
) -> list[Coverage]:
    """Return who can do each key duty today for the work of others.

    Whoever holds it for their own objects only, cannot sign in, or must not decide for a day after
    a reset of their second factors (`blocked`) is no cover.
    """
    holders: dict[str, set[UUID]] = defaultdict(set)
    for holding in holdings:
        rests = holding.permission in DECIDING and holding.user_id in blocked
        if holding.scope != OWN and names.is_active(holding.user_id) and not rests:
            holders[holding.permission].add(holding.user_id)
    return [
        Coverage(
            duty=duty,
            people=tuple(
                sorted(
                    (names.of(user_id) for user_id in holders[duty.permission]),
                    key=lambda person: (person.full_name, person.id),
                )
            ),
        )
        for duty in KEY_DUTIES
        if duty.permission in PERMISSIONS
    ]


def _roles_by_person(holdings: Iterable[Holding]) -> dict[UUID, dict[str, list[str]]]:
    roles: dict[UUID, dict[str, list[str]]] = {}
    for each in holdings:
        roles.setdefault(each.user_id, {}).setdefault(each.permission, []).append(each.role)
    return roles


def _conflicts_of(held: Mapping[str, object]) -> Iterator[Conflict]:
    return (each for each in CONFLICTS if all(name in held for name in each.permissions))


def _found(
    conflict: Conflict,
    user_id: UUID,
    held: Mapping[str, list[str]],
    *,
    names: Names,
    times: Times,
) -> ConflictFound:
    roles = dict.fromkeys(role for name in conflict.permissions for role in held[name])
    first, second = (_times(user_id, name, times) for name in conflict.permissions)
    return ConflictFound(
        person=names.of(user_id), conflict=conflict, roles=tuple(roles), times=(first, second)
    )


def _times(user_id: UUID, permission: str, times: Times) -> int:
    return sum(times.get((str(user_id), event), 0) for event in DUTIES[permission].events)


def _most_urgent(found: ConflictFound) -> tuple[bool, bool, str, UUID, str]:
    return (
        not found.is_used,
        found.conflict.risk != HIGH,
        found.person.full_name,
        found.person.id,
        found.conflict.code,
    )
