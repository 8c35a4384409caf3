"""Every route of every action says who may use it; a new one without a word fails here."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.urls import URLPattern, URLResolver
from django.urls.resolvers import RegexPattern
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView

from shared_apps.tenancy.context import Tenant
from tenant_apps.access.permissions import RolePermission
from tenant_apps.access.role_matrix import ORGANIZATION_ROLES, PERMISSIONS
from tests.access.test_role_matrix import PLAYED_BY
from tests.cast import person_named
from tests.client import PrsClient

# Whoever asks is answered: these either hand out credentials, take one as their input, or are
# public knowledge.
PUBLIC = {
    "LoginView",
    "TokenViewSet",
    "PasskeyLoginView",
    "PasswordViewSet",
    "ProviderView",
    "FindView",
    "SecondStepView",
    "SpectacularAPIView",
    "SpectacularSwaggerView",
    "SpectacularSwaggerSplitView",
}

# The service asks for more than the permission of the route: what, and why.
NARROWER = {
    "GET /api/business/deals/<str:reference>/payments/": "deals.view too, for the deal",
    "GET /api/business/projects/<str:reference>/clients/": "projects.view too, for the project",
    "GET /api/business/projects/<str:reference>/figures/": "projects.view too, for the project",
    "GET /api/business/invoices/series/<str:series_type>/<int:year>/certificate/": (
        "scope all: a series is the organization's"
    ),
    "GET /api/business/invoices/series/<str:series_type>/<int:year>/export/": (
        "scope all: a series is the organization's"
    ),
}


@dataclass(frozen=True)
class Route:
    """One method of one address."""

    path: str
    method: str
    action: str
    view: type[APIView]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def routes_of(urlconf: str) -> list[Route]:
    """Return every API route of a URL configuration; of two with one address the first answers."""
    first: dict[str, type[APIView]] = {}
    routes = list(_walk(import_module(urlconf).urlpatterns, "/"))
    for route in routes:
        first.setdefault(route.path, route.view)
    return sorted((route for route in routes if first[route.path] is route.view), key=str)


def _walk(patterns: list[Any], prefix: str) -> Iterator[Route]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern.pattern, RegexPattern):
            continue  # short paths lead to the same views
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield from _routes_at(path, pattern.callback)


def _routes_at(path: str, callback: Any) -> Iterator[Route]:
    view = getattr(callback, "cls", None)
    if view is None:
        return
    actions = getattr(callback, "actions", None) or {
        method: method for method in view.http_method_names if hasattr(view, method)
    }
    for method, action in actions.items():
        yield Route(path=path, method=method.upper(), action=action, view=view)


TENANT_ROUTES = routes_of(settings.ROOT_URLCONF)
PLATFORM_ROUTES = [
    route for route in routes_of(settings.PUBLIC_SCHEMA_URLCONF) if route not in TENANT_ROUTES
]
GUARDED = [route for route in TENANT_ROUTES if route.view.__name__ not in PUBLIC]
NAMED = [route for route in GUARDED if getattr(route.view, "permissions", {}).get(route.action)]


@pytest.mark.parametrize("route", [*TENANT_ROUTES, *PLATFORM_ROUTES], ids=str)
def test_a_route_declares_who_may_use_it(route: Route) -> None:
    if route.view.__name__ in PUBLIC:
        assert route.view.permission_classes[0] is AllowAny
        return
    assert route.view.permission_classes == [RolePermission]
    declared = getattr(route.view, "permissions", {})
    assert route.action in declared, f"{route.view.__name__}.{route.action} declares nothing"
    assert declared[route.action] is None or declared[route.action] in PERMISSIONS


@pytest.mark.django_db
@pytest.mark.parametrize("route", GUARDED, ids=str)
def test_a_route_asks_who_is_there(route: Route, anyone: PrsClient) -> None:
    answer = anyone.generic(route.method, example_of(route.path))
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "not_authenticated")


@pytest.mark.django_db
@pytest.mark.parametrize("route", NAMED, ids=str)
def test_a_route_is_closed_to_every_role_without_the_permission(
    route: Route, cast: None, acme: Tenant
) -> None:
    permission = route.view.permissions[route.action]  # type: ignore[attr-defined]  # ApiViewSet
    for role in ORGANIZATION_ROLES:
        client = PrsClient.signed_in(person_named(PLAYED_BY[role.code]), tenant=acme)
        with transaction.atomic():  # what one role did must not stop the next at the door
            answer = client.generic(route.method, example_of(route.path))
            transaction.set_rollback(True)
        refused = answer.status_code == 403 and answer.json()["error"]["code"] == (
            "permission_denied"
        )
        if permission not in role.grants or str(route) not in NARROWER:
            assert refused is (permission not in role.grants), (role.code, answer.content)


def test_the_narrower_routes_exist() -> None:
    assert set(NARROWER) <= {str(route) for route in NAMED}


def example_of(path: str) -> str:
    """Return an address of this form that names nothing which exists."""
    parts = []
    for part in path.split("/"):
        converter, _, _ = part.strip("<>").partition(":")
        example = {"int": "1", "slug": "nothing"}.get(
            converter, "0197a1b2-0000-7000-8000-00000000dead"
        )
        parts.append(example if part.startswith("<") else part)
    return "/".join(parts)
