"""The first steps of a new organization: put away and shown again without losing one's place."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant, use_tenant
from tests.browser.conftest import Site, Visit, elsewhere, sign_in
from tests.cast import make_cast
from tests.organizations import drop_organization, found_organization


@pytest.fixture
def newcomer(site: Site, fresh_tenant: Tenant) -> Iterator[str]:
    """The address of an organization that has its people and nothing else."""
    founded: list[Tenant] = []

    def found() -> None:
        at = utc_now()
        slug = f"fresh-{uuid4().hex[:8]}"
        founded.append(found_organization(slug=slug, currency="EUR", timezone="UTC", at=at))
        with use_tenant(founded[0]):
            make_cast(at=at)

    elsewhere(found)
    try:
        with use_tenant(founded[0]):
            yield f"http://{founded[0].host}:{site.port}"
    finally:
        elsewhere(lambda: drop_organization(founded[0]))


def steps_of(page: Page) -> list[str]:
    return page.locator("#first-steps .todo a").all_inner_texts()


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}])
def test_hidden_steps_come_back_and_the_focus_follows(
    visit: Visit, newcomer: str, options: dict[str, bool]
) -> None:
    page = visit("", base_url=newcomer, **options).page
    sign_in(page, "sam")
    page.goto("/dashboard/?period=year")
    before = steps_of(page)
    page.get_by_role("button", name="Hide first steps").click()
    again = page.get_by_role("button", name="Show first steps")
    expect(again).to_be_focused()
    assert steps_of(page) == []
    again.press("Enter")
    expect(page.get_by_role("heading", name="First steps")).to_be_focused()
    assert steps_of(page) == before != []
    assert "period=year" in page.url
