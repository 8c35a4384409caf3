"""Every view of the product says who may use it and what it takes and gives."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver
from rest_framework.permissions import AllowAny

from shared_apps.web.schema import contract_of
from shared_apps.web.views import ApiViewSet

Route = tuple[str, type[ApiViewSet], dict[str, str]]


def routes(patterns: Any, prefix: str = "") -> Iterator[Route]:
    """Yield address, view and actions of every API view that is mounted."""
    for entry in patterns:
        address = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, address)
        elif isinstance(entry, URLPattern):
            view: Any = getattr(entry.callback, "cls", None)
            if isinstance(view, type) and issubclass(view, ApiViewSet):
                yield address, view, getattr(entry.callback, "actions", {})


def all_routes() -> list[Route]:
    """Return the routes of both kinds of host."""
    return [
        route
        for urlconf in ("config.urls_tenant", "config.urls_public")
        for route in routes(import_module(urlconf).urlpatterns)
    ]


@pytest.fixture(scope="module")
def mounted() -> list[tuple[str, type[ApiViewSet], str, str]]:
    """Address, view, method and action of everything that is mounted."""
    return [
        (address, view, method, action)
        for address, view, actions in all_routes()
        for method, action in actions.items()
    ]


class TestEveryAction:
    def test_says_which_permission_it_asks_for(self, mounted: list[Any]) -> None:
        silent = [
            f"{view.__name__}.{action}"
            for _, view, _, action in mounted
            if action not in view.permissions and AllowAny not in view.permission_classes
        ]

        assert silent == []

    def test_states_its_contract(self, mounted: list[Any]) -> None:
        silent = [
            f"{view.__name__}.{action}"
            for _, view, _, action in mounted
            if not _is_described(getattr(view, action))
        ]

        assert silent == []

    def test_uses_no_put(self, mounted: list[Any]) -> None:
        assert [address for address, _, method, _ in mounted if method == "put"] == []

    def test_is_found(self, mounted: list[Any]) -> None:
        assert len(mounted) > 50


class TestIdempotentActions:
    def test_are_posts(self, mounted: list[Any]) -> None:
        others = [
            f"{method} {view.__name__}.{action}"
            for _, view, method, action in mounted
            if action in view.idempotent_actions and method != "post"
        ]

        assert others == []

    def test_exist(self) -> None:
        for _, view, _ in all_routes():
            assert all(hasattr(view, action) for action in view.idempotent_actions), view


def _is_described(handler: Any) -> bool:
    """Return whether the handler states a contract, or at least what a download is."""
    return contract_of(handler) is not None or "schema" in getattr(handler, "kwargs", {})
