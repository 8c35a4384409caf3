"""Asking the API for objects of others: each answer must be the one for an object of nobody."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import uuid4

from django.db import connection, transaction

from shared_apps.tenancy.context import Tenant, use_tenant
from tenant_apps.access.role_matrix import ScopeKind
from tenant_apps.access.scopes import granted_permissions
from tests.access.test_route_permissions import Route
from tests.client import PrsClient
from tests.isolation.objects import Names, Objects

# Sam sells in North, Theo leads it (and is a plain member of South), Tim is a member of it; Rita is
# a guest; Adam may do everything in the organization.
VIEWERS = ("sam", "theo", "tim", "rita", "adam")
NARROW = ("sam", "theo", "tim", "rita")
NOBODY = "0197a1b2-0000-7000-8000-00000000dead"
NO_CODE = "-9999"
NOT_FOUND, FORBIDDEN, UNAUTHENTICATED = 404, 403, 401
REFUSED = range(400, 500)
SAFE = ("GET", "HEAD", "OPTIONS")

# What everybody in an organization may name: as a lead, for a share of the credit, in a line.
SHARED = frozenset({"person", "lead", "reviewer", "product", "stage", "tax rate", "policy"})

# What a plain member of a team may see of it, but not change.
SEEN_BY_PEERS = frozenset({"team", "project"})
PEERS_OF_BOTH = frozenset({"theo"})

# Whatever these hold says nothing of an object: who asked, when, and what was answered.
JOURNALS = frozenset({"audit_idempotencykey", "accounts_signin"})
_PASSING = re.compile(rb'"(request_id|timestamp)": ?"[^"]*"')


@dataclass(frozen=True)
class Answer:
    """A status, and the body without what differs from request to request."""

    status: int
    body: bytes

    def without(self, *names: str) -> "Answer":
        """Return the same answer with the names that were asked for masked."""
        body = self.body
        for name in names:
            body = body.replace(name.encode(), b"<name>")
        return Answer(self.status, body)

    def __str__(self) -> str:
        return f"{self.status} {self.body[:160].decode(errors='replace')}"


@dataclass
class Asking:
    """Who asks for what; counts the questions and collects what is wrong with the answers."""

    objects: Objects
    asked: int = 0
    wrong: list[str] = field(default_factory=list)

    @cached_property
    def clients(self) -> dict[str, PrsClient]:
        """Return a signed-in client for each viewer."""
        people, home = self.objects.people, self.objects.home
        return {name: PrsClient.signed_in(people[name], tenant=home) for name in VIEWERS}

    @cached_property
    def grants(self) -> dict[str, Any]:
        """Return what each viewer may do, and to whose objects."""
        with use_tenant(self.objects.home):
            return {name: dict(granted_permissions(self.objects.people[name])) for name in VIEWERS}

    def scopes(self, route: Route) -> Iterator[tuple[str, ScopeKind]]:
        """Yield who may use a route at all, and for whose objects.

        A route that declares that it asks for no permission is everybody's, for what is their own.
        """
        permissions = getattr(route.view, "permissions", {})
        permission = permissions.get(route.action)
        is_everybodys = route.action in permissions and permission is None
        for viewer in VIEWERS:
            scope = ScopeKind.OWN if is_everybodys else self.grants[viewer].get(permission)
            if scope is not None:
                yield viewer, scope

    def readers(self, route: Route) -> list[str]:
        """Return who may use a route; everybody where it asks for no permission."""
        permission = getattr(route.view, "permissions", {}).get(route.action)
        return [name for name in VIEWERS if permission is None or permission in self.grants[name]]

    def ask(self, viewer: str, route: Route, path: str, body: Any = None) -> Answer:
        """Send one request as a viewer; what it changes is undone unless it was refused."""
        self.asked += 1
        client = self.clients[viewer]
        with transaction.atomic():
            response = client.generic(
                route.method,
                path,
                json.dumps({} if body is None else body),
                content_type="application/json",
                HTTP_IDEMPOTENCY_KEY=str(uuid4()),
                HTTP_IF_MATCH='"1"',
            )
            content = _content_of(response)
            transaction.set_rollback(response.status_code not in REFUSED)
        if response.status_code not in REFUSED:
            self._look_for_leaks(viewer, route, content)
        elif response.status_code == UNAUTHENTICATED:
            self.note(route, viewer, "is not signed in: the case shows nothing")
        return Answer(response.status_code, _PASSING.sub(b"", content))

    @cached_property
    def hidden(self) -> dict[str, dict[bytes, str]]:
        """Return for each viewer the ids that no answer may show them, with what they name."""
        foreign = {
            names[0].encode(): f"another organization's {kind}"
            for kind, names in self.objects.foreign.items()
        }
        found = {viewer: dict(foreign) for viewer in VIEWERS}
        own = {name for names in self.objects.own.values() for name in names}
        for viewer in NARROW:
            for kind, names in self.objects.team.items():
                is_seen = kind in SHARED or is_seen_as_peer(kind, viewer) or names[0] in own
                found[viewer] |= {} if is_seen else {names[0].encode(): f"another team's {kind}"}
        return found

    def _look_for_leaks(self, viewer: str, route: Route, content: bytes) -> None:
        for name, kind in self.hidden[viewer].items():
            if name in content:
                self.note(route, viewer, f"the answer shows {kind} {name.decode()}")

    def note(self, route: Route, viewer: str, what: str) -> None:
        """Note something wrong."""
        self.wrong.append(f"{route} as {viewer}: {what}")

    def others(self, kind: str, scope: ScopeKind, viewer: str) -> Iterator[tuple[str, str, str]]:
        """Yield (whose, a name, a name of nobody of the same form) that the viewer may not see."""
        for name in ids_of(self.objects.foreign, kind):
            yield "another organization's", name, NOBODY
        if scope is ScopeKind.ALL or kind in SHARED or is_seen_as_peer(kind, viewer):
            return
        own, team = self.objects.own.get(kind, ()), self.objects.team.get(kind, ())
        for name in set(team) - set(own):
            yield "another team's", name, nobody_like(name)


def is_seen_as_peer(kind: str, viewer: str) -> bool:
    """Return whether a viewer sees the other team's object because they belong to both."""
    return kind in SEEN_BY_PEERS and viewer in PEERS_OF_BOTH


def ids_of(names: Names, kind: str) -> tuple[str, ...]:
    """Return the id of an object: codes of two organizations are the same."""
    return names.get(kind, ())[:1]


def nobody_like(name: str) -> str:
    """Return an id or a code, whichever the name is, that nothing has."""
    return NOBODY if len(name) == len(NOBODY) else re.sub(r"-[^-]*$", NO_CODE, name)


def fingerprint(tenant: Tenant) -> dict[str, Any]:
    """Return a value for each table of an organization that changes with any of its rows."""
    with use_tenant(tenant), connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        parts = [
            f"SELECT '{name}', count(*), sum(hashtextextended(t::text, 0)) FROM \"{name}\" t"  # noqa: S608
            for name in sorted(set(tables) - JOURNALS)
        ]
        cursor.execute(" UNION ALL ".join(parts))
        return {name: (count, total) for name, count, total in cursor.fetchall()}


def changes_between(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return the tables that differ."""
    return sorted(name for name in after if after[name] != before.get(name))


def _content_of(response: Any) -> bytes:
    if getattr(response, "streaming", False):
        return b"".join(response.streaming_content)
    content: bytes = response.content
    return content
