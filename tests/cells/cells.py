"""Every cell of (role, endpoint, place): what the role matrix says, and what a request gets.

An endpoint that names an object is asked for the one of each of the four places; a list is read and
its rows are looked for; any other endpoint is one cell for each role.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import uuid4

from django.db import transaction

from shared_apps.web.schema import contract_of
from tenant_apps.access.role_matrix import RoleDefinition, ScopeKind
from tests.access.test_route_permissions import Route
from tests.cells.cell_bodies import AS_IT_IS, CELL_BODIES, QUERIES, STATES
from tests.cells.cell_stops import STOPS
from tests.cells.cell_tables import BY_ANOTHER, COVERS, DECIDED_BY, LISTS, NARROW, SEEN_ONLY
from tests.cells.four_places import COVERED, FourPlaces, Place
from tests.client import PrsClient
from tests.isolation import routes
from tests.isolation.asking import NOBODY
from tests.isolation.objects import Names

REFUSAL = (403, "permission_denied")


class Outcome(StrEnum):
    """What a request gets."""

    REFUSED = "refused"  # whatever it asks for
    HIDDEN = "hidden"  # like an object that does not exist
    SEEN = "seen and refused"
    FOUND = "done"  # or stopped by what is no question of rights, which STOPS says


class Got(NamedTuple):
    """An answer: its status, the code of a refusal, and the body."""

    status: int
    code: str
    content: str

    @property
    def verdict(self) -> tuple[int, str]:
        """Return what tells two answers apart."""
        return self.status, self.code


@dataclass(frozen=True)
class Cell:
    """One role at one endpoint, for the object of one place; place None where there is none."""

    role: str
    route: Route
    place: Place | None

    def __str__(self) -> str:
        return f"{self.role}, {self.route}, {self.place or 'no object'}"


@dataclass
class Cells:
    """Asks as one role after another; counts the cells and collects what differs."""

    world: FourPlaces
    client: PrsClient
    asked: list[Cell] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    stopped: set[tuple[str, str]] = field(default_factory=set)

    def ask_as(self, role: RoleDefinition, asked: list[Route]) -> None:
        """Ask every endpoint as a role that Anna has now."""
        for route in asked:
            expected = expectations(role, route)
            for cell, got, nobodys in self._answers(role, route, expected):
                self.asked.append(cell)
                self._judge(cell, _outcome_of(cell, got, nobodys), expected[cell.place], got)
            if str(route) in LISTS:
                for cell, outcome, got in self._rows(role, route):
                    self.asked.append(cell)
                    self._judge(cell, outcome, expected[cell.place], got)

    def _judge(self, cell: Cell, outcome: Outcome, wanted: Outcome, got: Got) -> None:
        if outcome is Outcome.FOUND and got.code:
            self.stopped.add((str(cell.route), got.code))
        if outcome is not wanted:
            said = f"{outcome} ({got.status} {got.code})"
            self.wrong.append(f"{cell}: {said}, but the matrix says {wanted}")

    def _answers(
        self, role: RoleDefinition, route: Route, expected: dict[Place | None, Outcome]
    ) -> Iterator[tuple[Cell, Got, Got | None]]:
        is_shut = expected[None] is Outcome.REFUSED
        if is_by_object(route):
            nobodys = None if is_shut else self._send(route, None)
            for place in Place:
                got = self._send(route, place, is_kept=is_shut)
                yield Cell(role.code, route, place), got, nobodys
        elif str(route) not in LISTS:
            got = self._send(route, None, is_kept=is_shut)
            yield Cell(role.code, route, None), got, None

    def _rows(self, role: RoleDefinition, route: Route) -> Iterator[tuple[Cell, Outcome, Got]]:
        got, kind = self._send(route, None, query="?page_size=100"), LISTS[str(route)]
        for place in Place:
            is_shown = self.world.names[place][kind][0] in got.content
            outcome = Outcome.FOUND if is_shown else Outcome.HIDDEN
            refused = got.verdict == REFUSAL
            yield Cell(role.code, route, place), Outcome.REFUSED if refused else outcome, got

    def _send(
        self, route: Route, place: Place | None, *, query: str = "", is_kept: bool = False
    ) -> Got:
        """Send one request and undo what it did, unless it is to be refused."""
        names = self.world.names
        path = path_of(route, names[place] if place else None)
        own = {**names[place or Place.OWN], "colleague": names[Place.TEAM]["person"]}
        body = CELL_BODIES.get(str(route), _nothing)(own)
        if body.get("content_hash") == AS_IT_IS:
            body["content_hash"] = self._hash_at(path) if place and not is_kept else "0" * 64
        asked = f"{path}{query}{QUERIES.get(str(route), '')}"
        with nullcontext() if is_kept else undone():
            got = self._ask(route, asked, body, version='"1"')
            if got.code == "stale_version":
                got = self._ask(route, asked, body, version=self.client.get(path)["ETag"])
        return got

    def _ask(self, route: Route, path: str, body: Mapping[str, Any], *, version: str) -> Got:
        answer = self.client.generic(
            route.method,
            path,
            json.dumps(body),
            content_type="application/json",
            HTTP_IDEMPOTENCY_KEY=str(uuid4()),
            HTTP_IF_MATCH=version,
        )
        content = content_of(answer)
        return Got(answer.status_code, _code_of(content), content)

    def _hash_at(self, path: str) -> str:
        """Return the hash of an object as the role reads it, by itself or in a list."""
        of_object = path.rstrip("/").rpartition("/")[0]
        of_list, _, name = of_object.rpartition("/")
        answer = self.client.get(f"{of_object}/").json().get("data")
        listed = None if answer else self.client.get(f"{of_list}/?page_size=100").json().get("data")
        rows = listed["results"] if listed else [answer or {}]
        found = [row for row in rows if row.get("id", name) == name or answer]
        return str(found[0]["content_hash"]) if found and found[0] else "0" * 64


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever is written inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def expectations(role: RoleDefinition, route: Route) -> dict[Place | None, Outcome]:
    """Return what the matrix says for each place."""
    name, permission = str(route), permission_of(route)
    scope = ScopeKind.OWN if permission is None else role.grants.get(permission)
    if scope is not None and name in BY_ANOTHER:
        another, without = BY_ANOTHER[name]
        scope = role.grants.get(another, without)
    if scope is None or role.code in NARROW.get(name, ()):
        return dict.fromkeys([*Place, None], Outcome.REFUSED)
    covers = COVERS.get(name) or COVERS.get(kind_of(route)) or {}
    covered = covers.get(scope, COVERED[scope])
    found: dict[Place | None, Outcome] = {
        place: Outcome.FOUND if place in covered else Outcome.HIDDEN for place in Place
    }
    seen = SEEN_ONLY.get((role.code, name), ())
    if name in DECIDED_BY and DECIDED_BY[name] not in role.grants:
        seen = tuple(each for each in covered if each is not Place.OWN)
    return {**found, **dict.fromkeys(seen, Outcome.SEEN), None: Outcome.FOUND}


def permission_of(route: Route) -> str | None:
    """Return what an action asks for; None is everybody's, for what is their own."""
    permissions: dict[str, str | None] = getattr(route.view, "permissions", {})
    return permissions[route.action]


def is_by_object(route: Route) -> bool:
    """Return whether the address names an object of a kind that the world has."""
    return any(routes.kind_at(route, where) for where in routes.parameters_of(route.path))


def kind_of(route: Route) -> str:
    """Return the kind of the object that an endpoint is about, "" without one."""
    if str(route) in LISTS:
        return LISTS[str(route)]
    kinds = [routes.kind_at(route, where) for where in routes.parameters_of(route.path)]
    return next((kind for kind in kinds if kind), "")


def is_list(route: Route) -> bool:
    """Return whether an endpoint lists rows and names no object."""
    contract = contract_of(getattr(route.view, route.action, None))
    return route.method == "GET" and "<" not in route.path and bool(contract and contract.many)


def path_of(route: Route, names: dict[str, tuple[str, ...]] | None) -> str:
    """Return the address with the names of one place, or with nobody's."""
    parts, where = [], ""
    for part in route.path.split("/")[1:]:
        where = f"{where}/{part}"
        kind = routes.kind_at(route, where) if part.startswith("<") else None
        if kind:
            parts.append(names[STATES.get(str(route), kind)][0] if names else NOBODY)
        else:
            parts.append(routes.EXAMPLES.get(part, "1") if part.startswith("<") else part)
    return "/" + "/".join(parts)


def content_of(answer: Any) -> str:
    """Return the body as text."""
    whole = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return bytes(whole).decode(errors="replace")


def _code_of(content: str) -> str:
    try:
        return str(json.loads(content)["error"]["code"])
    except (ValueError, KeyError, TypeError):
        return ""


def _outcome_of(cell: Cell, got: Got, nobodys: Got | None) -> Outcome:
    """Tell what is shut, an object that is not there for the role, and one that is."""
    if nobodys is None or nobodys.verdict == REFUSAL:
        if got.verdict == REFUSAL:
            return Outcome.REFUSED
    elif got.verdict == nobodys.verdict:
        return Outcome.HIDDEN
    is_stopped = cell.place in STOPS.get(str(cell.route), {}).get(got.code, ())
    return Outcome.FOUND if got.status < 400 or is_stopped else Outcome.SEEN


def _nothing(_own: Names) -> dict[str, Any]:
    return {}
