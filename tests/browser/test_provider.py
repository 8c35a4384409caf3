"""Sign in with the organization's provider: a browser, our web process and theirs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from shared_apps.kernel.clock import utc_now
from tenant_apps.sso.models import Connection
from tenant_apps.sso.services import create_connection, enable_connection
from tests.browser.conftest import PATIENCE_MS, Site, serving
from tests.cast import person_named
from tests.sso.conftest import new_connection
from tests.sso.provider_process import know, provider_process


@dataclass
class Way:
    """The provider, and the portal whose links name their own port."""

    issuer: str
    portal: str


@pytest.fixture(scope="module")
def way(site: Site, tmp_path_factory: Any) -> Iterator[Way]:
    with provider_process() as issuer:
        variables = {
            "BASE_DOMAIN": "localhost:{port}",
            "OUTBOUND_INTERNAL_HOSTS": issuer.removeprefix("http://"),
        }
        with serving(tmp_path_factory.mktemp("provider"), **variables) as port:
            yield Way(issuer, f"http://{site.tenant.host}:{port}")


@pytest.fixture
def connection(way: Way, settings: Settings) -> Iterator[Connection]:
    settings.OUTBOUND_INTERNAL_HOSTS = [way.issuer.removeprefix("http://")]
    olga = person_named("olga")
    domain = olga.email.partition("@")[2]
    code = f"c-{uuid4().hex[:8]}"
    new = new_connection(way.issuer, code=code, name="Contoso", allowed_domains=(domain,))
    made = create_connection(new=new, by=olga, at=utc_now())
    yield enable_connection(connection_id=made.pk, by=olga, at=utc_now())
    Connection.objects.filter(pk=made.pk).update(is_enabled=False, is_required=False)


@pytest.fixture
def page(chromium: Browser, way: Way) -> Iterator[Page]:
    context = chromium.new_context(base_url=way.portal)
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def test_a_person_comes_back_signed_in_to_the_page_that_was_asked_for(
    way: Way, connection: Connection, page: Page
) -> None:
    sam = person_named("sam")
    know(way.issuer, "sam", email=sam.email, email_verified=True)
    page.goto("/deals/")
    page.get_by_role("link", name="Sign in with Contoso").click()
    page.locator("input[name=sub]").fill("sam")
    page.locator("input[name=sub]").press("Enter")
    expect(page.get_by_role("heading", name="Deals", level=1)).to_be_visible()
    assert page.url == f"{way.portal}/deals/"
    expect(page.locator(".user")).to_contain_text("Sam Seller")


def test_whoever_is_not_admitted_hears_it_on_the_sign_in_page(
    way: Way, connection: Connection, page: Page
) -> None:
    Connection.objects.filter(pk=connection.pk).update(is_required=True)
    know(way.issuer, "eve", email="eve@elsewhere.example", email_verified=True)
    page.goto("/sign-in/")
    expect(page.get_by_label("Password")).to_be_hidden()
    page.get_by_role("link", name="Sign in with Contoso").click()
    page.locator("input[name=sub]").fill("eve")
    page.locator("input[name=sub]").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Contoso did not let you in here")
    page.get_by_text("Owners: sign in with a password").click()
    expect(page.get_by_label("Password")).to_be_visible()
