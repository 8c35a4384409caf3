"""Signing up in the browser: from the first page to the organization's dashboard."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from shared_apps.kernel.clock import utc_now
from shared_apps.organizations.models import Organization, SignUp
from shared_apps.organizations.selectors import get_tenant
from shared_apps.organizations.services import go_on_with
from shared_apps.organizations.services.sign_up import code_of
from shared_apps.tenancy.context import use_platform
from tests.browser.conftest import NARROW, Site, Visit, elsewhere
from tests.cast import PASSWORD
from tests.organizations import drop_organization


@pytest.fixture
def slug() -> Iterator[str]:
    """A subdomain to be had; what came of it is dropped afterwards."""
    slug = f"initech-{uuid4().hex[:8]}"
    yield slug
    with use_platform():
        SignUp.objects.filter(slug=slug).delete()
        row = Organization.objects.filter(slug=slug).first()
        if row is not None:
            drop_organization(get_tenant(row.pk))


def code_for(slug: str) -> str:
    """Return the code that was mailed."""
    with use_platform():
        return code_of(SignUp.objects.get(slug=slug))


def found(slug: str) -> None:
    """Do what a worker does for an organization that was asked for."""
    with use_platform():
        assert go_on_with(Organization.objects.get(slug=slug).pk, at=utc_now())


def state_wish(page: Page, slug: str) -> None:
    page.get_by_label("Name of the organization").fill("Initech")
    page.get_by_label("Subdomain").fill(slug)
    expect(page.locator("#slug-check")).to_contain_text(f"{slug} is free")
    page.get_by_label("Your first name").fill("Olga")
    page.get_by_label("Your last name").fill("Owner")
    page.get_by_label("Your e-mail address").fill(f"olga@{slug}.example")
    page.get_by_label("Currency").select_option("USD")
    page.get_by_role("button", name="Send me the code").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()


@pytest.mark.parametrize("has_font", [True, False])
def test_the_way_in_stands_in_one_line_on_a_phone(
    visit: Visit, site: Site, *, has_font: bool
) -> None:
    page = visit("", NARROW, base_url=site.platform, locale="de").page
    if not has_font:
        page.route("**/*.woff2", lambda route: route.fulfill(status=404))
    page.goto("/")
    links = page.locator(".site-top a")
    boxes = [link.bounding_box() for link in links.all()]
    middles = {round(box["y"] + box["height"] / 2) for box in boxes if box}
    assert len(boxes) == 3
    assert max(middles) - min(middles) <= 2, boxes
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_is_typed_is_no_placeholder(visit: Visit, site: Site) -> None:
    page = visit("", base_url=site.platform).page
    page.goto("/signup/")
    colour = "(input) => getComputedStyle(input).color"
    named = page.get_by_label("Name of the organization").evaluate(colour)
    assert page.get_by_label("Subdomain").evaluate(colour) == named


class TestSignUp:
    @pytest.mark.parametrize("size", [{"width": 1440, "height": 900}, NARROW])
    def test_ends_signed_in_at_ones_own_organization(
        self, visit: Visit, site: Site, slug: str, size: dict[str, int]
    ) -> None:
        page = visit("", size, base_url=site.platform).page
        page.goto("/")
        page.get_by_role("main").get_by_role("link", name="Create your organization").click()

        page.get_by_label("Subdomain").fill("www")
        expect(page.locator("#slug-check")).to_contain_text("reserved")
        page.get_by_label("Subdomain").fill(site.tenant.slug)
        expect(page.locator("#slug-check")).to_contain_text("taken")
        state_wish(page, slug)

        page.get_by_label("Code").fill("000000" if code_for(slug) != "000000" else "000001")
        page.get_by_role("button", name="Create it").click()
        expect(page.get_by_role("alert").first).to_contain_text("The code is wrong")
        page.get_by_label("Code").fill(code_for(slug))
        page.get_by_role("button", name="Create it").click()

        expect(page.locator(".founding .now")).to_contain_text("A worker has taken it up")
        elsewhere(lambda: found(slug))
        page.wait_for_url(f"**://{slug}.localhost:*/welcome/**")
        expect(page.get_by_role("heading", name="Welcome, Olga Owner")).to_be_visible()
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Keep it and go on").click()
        page.wait_for_url(f"**://{slug}.localhost:*/dashboard/")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_text("Olga Owner").first).to_be_attached()

    def test_is_refused_at_the_field_and_keeps_what_was_typed(
        self, visit: Visit, site: Site
    ) -> None:
        page = visit("", base_url=site.platform).page
        page.goto("/signup/")
        page.get_by_label("Name of the organization").fill("Initech")
        page.get_by_label("Subdomain").fill(site.tenant.slug)
        page.get_by_label("Your first name").fill("Olga")
        page.get_by_label("Your last name").fill("Owner")
        page.get_by_label("Your e-mail address").fill("olga@initech.example")
        page.get_by_role("button", name="Send me the code").click()
        expect(page.locator("#f-slug-e")).to_contain_text("taken")
        expect(page.get_by_label("Name of the organization")).to_have_value("Initech")


class TestFinding:
    def test_says_the_same_of_every_address(self, visit: Visit, site: Site) -> None:
        page = visit("", base_url=site.platform).page
        page.goto("/")
        page.get_by_role("link", name="Find my workspace").click()
        page.get_by_label("Your e-mail address").fill(f"nobody-{uuid4().hex}@example.com")
        page.get_by_role("button", name="Send me the list").click()
        expect(page.get_by_role("status")).to_contain_text("Look into your mail")
        page.get_by_role("link", name="Try another address").click()
        expect(page.get_by_label("Your e-mail address")).to_be_focused()
