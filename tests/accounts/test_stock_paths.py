"""The packages' own routes and views: none is mounted, and none would open anything if it were."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import override_settings
from django.urls import Resolver404, include, path, resolve
from django.views import View

from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tests.accounts.stock import PACKAGES, stock_paths, stock_views, url_modules
from tests.accounts.test_door import opens_nothing
from tests.accounts.test_sign_in import module_of
from tests.cast import PASSWORD
from tests.client import PrsClient

pytestmark = pytest.mark.django_db

URLCONFS = (settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF)
OURS = ("tenant_apps.", "shared_apps.", "config.")
# Where people mount them: what the packages' own pages say, and where our routes are.
PREFIXES = (
    "",
    "accounts/",
    "_allauth/",
    "auth/",
    "dj-rest-auth/",
    "dj-rest-auth/registration/",
    "api/auth/",
    "api/auth/registration/",
    "api/platform/auth/",
)
WAYS = ("get", "form", "json")


def bodies_of(person: User) -> dict[str, Any]:
    """Return everything that one of the views might ask for, of a person who may come in."""
    return {
        "email": person.email,
        "username": person.email,
        "login": person.email,
        "password": PASSWORD,
        "password1": PASSWORD,
        "password2": PASSWORD,
        "new_password1": PASSWORD,
        "new_password2": PASSWORD,
        "code": "000000",
        "key": uuid4().hex,
        "token": uuid4().hex,
        "uid": str(person.pk),
        "remember": "on",
    }


def ask(client: PrsClient, address: str, way: str, body: dict[str, Any]) -> Any:
    """Ask one way; a view that cannot work here answers 500."""
    client.raise_request_exception = False
    if way == "get":
        return client.get(address)
    return client.post(address, body, format="multipart" if way == "form" else "json")


def check_nothing_opens(acme: Tenant, address: str, person: User) -> None:
    """Ask an address every way, each in a browser of its own."""
    for way in WAYS:
        client = PrsClient(host=acme.host)
        answer = ask(client, address, way, bodies_of(person))
        opens_nothing(client, answer, person)


class TestWhatIsMounted:
    def test_the_packages_have_routes(self) -> None:
        names = {module.__name__ for module in url_modules()}
        assert {"allauth.urls", "allauth.headless.urls", "allauth.mfa.urls"} <= names
        assert {"dj_rest_auth.urls", "dj_rest_auth.registration.urls"} <= names
        assert len(stock_paths()) > 300
        assert len(stock_views()) > 100

    @pytest.mark.parametrize("urlconf", URLCONFS)
    def test_is_none_of_them(self, urlconf: str) -> None:
        led_astray = [
            f"/{prefix}{stock.path}: {module}"
            for stock in stock_paths()
            for prefix in PREFIXES
            if not (module := owner_of(f"/{prefix}{stock.path}", urlconf)).startswith(OURS)
        ]
        assert led_astray == []


def owner_of(address: str, urlconf: str) -> str:
    """Return the module of the view that answers an address; where none does, it is ours."""
    try:
        return module_of(resolve(address, urlconf).func)
    except Resolver404:
        return "config."


class TestWhatWouldBeMounted:
    """Every route under a prefix of its module, every view under its name."""

    @pytest.fixture(autouse=True)
    def _mounted(self) -> Iterator[None]:
        with override_settings(ROOT_URLCONF=__name__):
            yield

    @pytest.mark.parametrize("module", sorted({stock.module for stock in stock_paths()}))
    def test_no_route_opens_anything_to_a_person_who_may_come_in(
        self, module: str, person: User, acme: Tenant
    ) -> None:
        for stock in stock_paths():
            if stock.module == module:
                check_nothing_opens(acme, f"/stock/{stock.module}/{stock.path}", person)

    @pytest.mark.parametrize("package", PACKAGES)
    def test_no_view_opens_anything_to_a_person_who_may_come_in(
        self, package: str, person: User, acme: Tenant
    ) -> None:
        views = [name for name in stock_views() if name.startswith(f"{package}.")]
        assert views, f"{package} has no views any more: take it out of tests/accounts/stock.py"
        for name in views:
            check_nothing_opens(acme, f"/views/{name}/", person)


def _mount(view: type[View]) -> Any:
    wanted = {"template_name": "portal/base.html"} if hasattr(view, "template_name") else {}
    return view.as_view(**wanted)


urlpatterns: list[Any] = [
    path("api/auth/", include("tenant_apps.accounts.api.urls")),
    *(path(f"stock/{module.__name__}/", include(module.__name__)) for module in url_modules()),
    *(path(f"views/{name}/", _mount(view)) for name, view in stock_views().items()),
]
