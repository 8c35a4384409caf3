"""Every page says who may open it; a new one without a word fails here."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern

from shared_apps.tenancy.context import Tenant
from tenant_apps.access.role_matrix import ORGANIZATION_ROLES, PERMISSIONS
from tenant_apps.portal.pages import Page
from tenant_apps.portal.urls import urlpatterns
from tests.access.test_role_matrix import PLAYED_BY
from tests.access.test_route_permissions import example_of
from tests.cast import person_named
from tests.portal.conftest import signed_in

# Whoever asks is answered: the door itself.
PUBLIC = {
    *("NoSuchPage", "SignInPage", "PasskeyPage", "CodePage", "SetupPage", "RequiredPasswordPage"),
    *("SignOut", "ForgottenPassword", "NewPassword", "Invitation", "Welcome"),
    *("ProviderPage", "ArrivalPage", "Visit"),
}
METHODS = ("get", "post")


class Route(NamedTuple):
    """One method of one page."""

    method: str
    path: str
    view: type[Page]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def permission(self) -> str | None:
        """Return what the page asks for."""
        return self.view.permissions[self.method]


def routes() -> Iterator[Route]:
    """Yield every method of every page of the portal."""
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        view: Any = getattr(pattern.callback, "view_class", None)
        assert issubclass(view or object, Page), f"{pattern} is no page"
        for method in METHODS:
            if hasattr(view, method):
                yield Route(method, f"/{pattern.pattern}", view)


ROUTES = list(routes())
GUARDED = [route for route in ROUTES if not route.view.is_public]
NAMED = [route for route in GUARDED if route.view.permissions.get(route.method)]


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_a_page_declares_who_may_open_it(route: Route) -> None:
    if route.view.is_public:
        assert route.view.__name__ in PUBLIC
        return
    declared = route.view.permissions
    assert route.method in declared, f"{route.view.__name__}.{route.method} declares nothing"
    assert declared[route.method] is None or declared[route.method] in PERMISSIONS


def test_a_page_answers_no_other_methods() -> None:
    others = {"put", "patch", "delete"}
    assert not [route.view for route in ROUTES if others & set(vars(route.view))]


@pytest.mark.parametrize("route", GUARDED, ids=str)
def test_a_page_leads_to_the_door(route: Route, nobodys: Client) -> None:
    answer = getattr(nobodys, route.method)(example_of(route.path))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("route", NAMED, ids=str)
def test_a_page_is_closed_to_every_role_without_the_permission(
    route: Route, cast: None, acme: Tenant
) -> None:
    for role in ORGANIZATION_ROLES:
        browser = signed_in(person_named(PLAYED_BY[role.code]), acme)
        with transaction.atomic():  # what one role did must not stop the next at the door
            answer = getattr(browser, route.method)(example_of(route.path))
            transaction.set_rollback(True)
        is_refused = answer.status_code == 403
        assert is_refused is (route.permission not in role.grants), (role.code, answer.status_code)


class TestNavigation:
    def test_shows_only_rooms_that_open(self, cast: None, acme: Tenant) -> None:
        for role in ORGANIZATION_ROLES:
            browser = signed_in(person_named(PLAYED_BY[role.code]), acme)
            page = browser.get("/notifications/")
            rooms = page.context["shell"].rooms
            assert [browser.get(room.url).status_code for room in rooms] == [200] * len(rooms)

    def test_leads_to_the_first_room_of_each_role(self, cast: None, acme: Tenant) -> None:
        for role in ORGANIZATION_ROLES:
            browser = signed_in(person_named(PLAYED_BY[role.code]), acme)
            page = browser.get("/", follow=True)
            assert page.status_code == 200, role.code
