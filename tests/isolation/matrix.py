"""Every route x method x {own, another organization's, another team's, nobody's} x role."""

import copy
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from shared_apps.web.schema import contract_of
from tenant_apps.access.role_matrix import ScopeKind
from tests.access.test_route_permissions import NARROWER, TENANT_ROUTES, Route
from tests.isolation import routes
from tests.isolation.asking import (
    FORBIDDEN,
    NOBODY,
    NOT_FOUND,
    REFUSED,
    SAFE,
    Answer,
    Asking,
    changes_between,
    fingerprint,
    is_seen_as_peer,
)
from tests.isolation.bodies import BODIES, TEMPLATES, Body
from tests.isolation.objects import Names

ANY_STATUS = range(100, 600)
# Nobody's is not 404 here: who is no member of the team cannot leave it, whoever it is.
NOBODYS_STATUS = {
    (
        "DELETE /api/business/teams/<str:pk>/members/<str:user_id>/",
        "/api/business/teams/<str:pk>/members/<str:user_id>",
    ): 409
}
NO_BODY: Body = lambda _own: {}  # noqa: E731  a body like the others

Ask = Callable[[str, str], Answer]


@dataclass(frozen=True)
class Place:
    """Where a route takes a name: what it is, which kind it names, how to ask with another one."""

    route: Route
    where: str
    kind: str
    ask: Ask
    nobodys_status: Container[int]


def ask_for_everything(asking: Asking, asked: Iterable[Route] = TENANT_ROUTES) -> None:
    """Ask routes for what others have, in their paths, their bodies and their queries."""
    for route in asked:
        before = _fingerprints(asking)
        for place in _places(asking, route):
            _check(asking, place)
        _ask_for_list(asking, route)
        for slug, tables in _fingerprints(asking).items():
            for table in changes_between(before[slug], tables):
                asking.note(route, "somebody", f"changed {table} of {slug}")


def _fingerprints(asking: Asking) -> dict[str, dict[str, Any]]:
    return {tenant.slug: fingerprint(tenant) for tenant in asking.objects.tenants}


def _places(asking: Asking, route: Route) -> Iterator[Place]:
    yield from _in_path(asking, route)
    yield from _in_body(asking, route)
    yield from _in_query(asking, route)


def _ask_for_list(asking: Asking, route: Route) -> None:
    """Read whole what names nothing: lists, queues, figures; `ask` looks for objects of others."""
    if route.method == "GET" and "<" not in route.path:
        contract = contract_of(getattr(route.view, route.action, None))
        size = "?page_size=100" if contract is not None and contract.many else ""
        for viewer in asking.readers(route):
            asking.ask(viewer, route, route.path + size)


def _check(asking: Asking, place: Place) -> None:
    """Ask as everyone who may use the route; note answers that are not like nobody's."""
    own, found = asking.objects.own[place.kind][0], False
    for viewer, scope in asking.scopes(place.route):
        nobodys = place.ask(viewer, NOBODY)
        if nobodys.status == FORBIDDEN and str(place.route) in NARROWER:
            continue
        found = found or place.ask(viewer, own) != nobodys
        if nobodys.status not in place.nobodys_status:
            asking.note(place.route, viewer, f"{place.where}: nobody's is answered {nobodys}")
        _check_others(asking, place, viewer, scope, nobodys)
        _check_peers(asking, place, viewer, scope)
    if not found:
        asking.note(place.route, "all", f"{place.where}: one's own {place.kind} is like nobody's")


def _check_others(
    asking: Asking, place: Place, viewer: str, scope: ScopeKind, nobodys: Answer
) -> None:
    for whose, name, nobody in asking.others(place.kind, scope, viewer):
        answer = place.ask(viewer, name)
        expected = nobodys if nobody == NOBODY else place.ask(viewer, nobody)
        if answer != expected:
            text = f"{place.where}: {whose} {place.kind} is answered {answer}, nobody's {expected}"
            asking.note(place.route, viewer, text)


def _check_peers(asking: Asking, place: Place, viewer: str, scope: ScopeKind) -> None:
    """Whoever only belongs to a team sees it, and changes nothing of it."""
    is_read = place.route.method in SAFE
    if is_read or scope is ScopeKind.ALL or not is_seen_as_peer(place.kind, viewer):
        return
    answer = place.ask(viewer, asking.objects.team[place.kind][0])
    if place.where in place.route.path and answer.status not in REFUSED:
        asking.note(place.route, viewer, f"{place.where}: changed what peers only see: {answer}")


def _in_path(asking: Asking, route: Route) -> Iterator[Place]:
    """Yield each parameter of the path."""
    body = BODIES.get(str(route), NO_BODY)(asking.objects.own)
    for where in routes.parameters_of(route.path):

        def ask(viewer: str, name: str, where: str = where) -> Answer:
            path = _path(asking.objects.own, route, {where: name})
            return asking.ask(viewer, route, path, body).without(name)

        yield from _place(route, where, ask, (NOBODYS_STATUS.get((str(route), where), NOT_FOUND),))


def _in_body(asking: Asking, route: Route) -> Iterator[Place]:
    """Yield each place of the body that takes an id."""
    own, template = asking.objects.own, TEMPLATES.get(str(route), NO_BODY)
    for where in routes.body_fields(route):

        def ask(viewer: str, name: str, where: str = where) -> Answer:
            body = _put(template(own), where, name)
            return asking.ask(viewer, route, _path(own, route), body).without(name)

        yield from _place(route, where, ask, REFUSED)


def _in_query(asking: Asking, route: Route) -> Iterator[Place]:
    """Yield each id that a list may be filtered by."""
    for where in routes.query_fields(route):

        def ask(viewer: str, name: str, where: str = where) -> Answer:
            path = f"{_path(asking.objects.own, route)}{where}={name}"
            return asking.ask(viewer, route, path).without(name)

        yield from _place(route, where, ask, ANY_STATUS)


def _place(route: Route, where: str, ask: Ask, statuses: Container[int]) -> Iterator[Place]:
    kind = routes.kind_at(route, where)
    if kind is not None and (str(route), where) not in routes.NOT_ASKED:
        yield Place(route, where, kind, ask, statuses)


def _path(own: Names, route: Route, names: dict[str, str] | None = None) -> str:
    """Return a route's path with the given names, and one's own for the other parameters."""
    parts, place = [], ""
    for part in route.path.split("/")[1:]:
        place = f"{place}/{part}"
        is_name = part.startswith("<")
        parts.append(_named(own, route, place, names or {}) if is_name else part)
    return "/" + "/".join(parts)


def _named(own: Names, route: Route, place: str, names: dict[str, str]) -> str:
    if place in names:
        return names[place]
    kind = routes.kind_at(route, place)
    return own[kind][0] if kind else routes.EXAMPLES[place.rsplit("/", 1)[1]]


def _put(body: Any, where: str, name: str) -> Any:
    """Return the body with a name at a JSON pointer; lists of one are there already."""
    *outer, last = [int(part) if part.isdigit() else part for part in where.split("/")[1:]]
    changed = copy.deepcopy(body)
    inner = changed
    for part in outer:
        inner = inner[part]
    inner[last] = name
    return changed
