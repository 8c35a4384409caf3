"""Every change asks for the version it is based on, every idempotent POST for its key."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from inspect import getsource
from typing import Any

import pytest
from django.urls import URLResolver, get_resolver

from tests.client import PrsClient, error

NOBODY = "01a20000-0000-4000-8000-000000000000"
URLCONFS = ("config.urls_tenant", "config.urls_public")
FORMS = {"/api/business/files/": "multipart"}
READS_IF_MATCH = re.compile(r"self\.(expected_version|require_match)\(")


@dataclass(frozen=True)
class Route:
    """One address and the handler of one method there."""

    path: str
    view: type[Any]
    action: str

    def __str__(self) -> str:
        return self.path

    @property
    def is_idempotent(self) -> bool:
        """Return whether the view promises to run the action once per key."""
        return self.action in getattr(self.view, "idempotent_actions", ())


def routes(urlconf: str, method: str) -> list[Route]:
    """Return what answers to a method, at its long path and with an id of nobody."""
    return list(_walk(get_resolver(urlconf).url_patterns, "/", method))


def _walk(patterns: Any, prefix: str, method: str) -> Iterator[Route]:
    for pattern in patterns:
        path = prefix + re.sub(r"<[^>]+>", NOBODY, str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            if "^" not in path:  # a short path leads to the same views
                yield from _walk(pattern.url_patterns, path, method)
            continue
        view = getattr(pattern.callback, "cls", getattr(pattern.callback, "view_class", object))
        action = getattr(pattern.callback, "actions", {}).get(method, method)
        if path.startswith("/api/") and hasattr(view, action):
            yield Route(path, view, action)


IDEMPOTENT = [route for route in routes(URLCONFS[0], "post") if route.is_idempotent]


@pytest.mark.parametrize("urlconf", URLCONFS)
class TestPatch:
    def test_reads_if_match_in_every_handler(self, urlconf: str) -> None:
        found = routes(urlconf, "patch")
        careless = [
            str(route)
            for route in found
            if not READS_IF_MATCH.search(getsource(getattr(route.view, route.action)))
        ]

        assert found
        assert careless == []

    def test_has_no_put_beside_it(self, urlconf: str) -> None:
        assert routes(urlconf, "put") == []


class TestPatchOfOneself:
    def test_without_if_match_is_428(self, as_sam: PrsClient) -> None:
        refused = error(as_sam.patch("/api/auth/me/", {"first_name": "Samuel"}), 428)

        assert refused["code"] == "precondition_required"


class TestPost:
    @pytest.mark.parametrize("path", sorted({route.path for route in IDEMPOTENT}))
    def test_that_runs_once_needs_a_key(self, as_olga: PrsClient, path: str) -> None:
        refused = error(as_olga.post(path, {}, key=None, format=FORMS.get(path)), 428)

        assert refused["code"] == "idempotency_key_required"

    def test_that_runs_once_has_an_address(self) -> None:
        promised = {action for route in IDEMPOTENT for action in route.view.idempotent_actions}

        assert promised == {route.action for route in IDEMPOTENT}
