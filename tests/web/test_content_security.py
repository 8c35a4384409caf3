"""No answer and no line of the product allows what a strict policy forbids."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from shared_apps.tenancy.context import Tenant
from tests.access.test_route_permissions import example_of, routes_of
from tests.cast import person_named
from tests.portal.conftest import browser_at, signed_in
from tests.portal.test_routes import ROUTES

CHECKOUT = Path(settings.CHECKOUT)
# The operators' console is django-unfold's, whose script evaluates expressions of its templates;
# it answers on the platform's host alone.
CONSOLE = {"shared_apps/platform_admin/console/site.py"}
SOURCES = ("tenant_apps", "shared_apps", "config", "docker")


def texts() -> list[Path]:
    endings = {".py", ".html", ".js", ".css", ".conf", ".txt", ".yml", ".yaml"}
    files = [path for folder in SOURCES for path in (CHECKOUT / folder).rglob("*")]
    return [path for path in files if path.suffix in endings and path.is_file()]


def test_no_source_allows_unsafe_anything() -> None:
    found = texts()
    assert len(found) > 300
    unsafe = {path for path in found if "unsafe-" in path.read_text(encoding="utf-8")}
    assert {path.relative_to(CHECKOUT).as_posix() for path in unsafe} <= CONSOLE


@pytest.mark.parametrize("name", ["", "sam", "vera", "olga"])
def test_no_answer_allows_unsafe_anything(name: str, cast: None, acme: Tenant) -> None:
    browser: Client = signed_in(person_named(name), acme) if name else browser_at(acme)
    paths = [route.path for route in ROUTES if route.method == "get"]
    paths += [each.path for each in routes_of(settings.ROOT_URLCONF) if each.method == "GET"]
    policies = {path: policy_of(browser, path) for path in paths}
    assert [path for path, policy in policies.items() if "unsafe-" in policy] == []
    portal = [policies[route.path] for route in ROUTES if route.method == "get"]
    assert all("default-src 'none'" in policy for policy in portal)


def policy_of(browser: Client, path: str) -> str:
    answer = browser.get(example_of(path))
    return str(answer.headers.get("Content-Security-Policy", ""))
