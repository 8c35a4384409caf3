"""The operators' console in the browser: the door, an organization's life, what was given up."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from shared_apps.audit.models import Delivery, DeliveryState
from tenant_apps.access.services import tell_administrators
from tests.browser.conftest import NARROW, Site, Visit
from tests.browser.operators import Operator, new_operator, pass_door
from tests.browser.platform_screens import give_up_a_letter
from tests.cast import PASSWORD


@pytest.fixture
def operator() -> Operator:
    """Pat, whose codes no other test uses."""
    return new_operator()


@pytest.fixture
def page(visit: Visit, site: Site, operator: Operator) -> Page:
    """Pat at the console."""
    page = visit("", base_url=site.platform).page
    pass_door(page, operator)
    expect(page.get_by_role("link", name="Organizations").first).to_be_visible()
    return page


@pytest.fixture
def letter() -> Iterator[Delivery]:
    """An e-mail of the organization that was given up."""
    found = give_up_a_letter()
    yield found
    Delivery.objects.filter(pk=found.pk).update(state=DeliveryState.DONE)


def go_to(page: Page, name: str) -> None:
    """Follow a link of the navigation."""
    page.get_by_role("link", name=name, exact=True).first.click()


def open_organization(page: Page, site: Site) -> None:
    go_to(page, "Organizations")
    page.get_by_placeholder("Type to search").fill(site.tenant.slug)
    page.keyboard.press("Enter")
    page.get_by_role("link", name=site.tenant.slug, exact=True).click()
    expect(page.get_by_role("link", name="Act as somebody")).to_be_visible()


def give_reason(page: Page, reason: str, button: str) -> None:
    page.get_by_label("Reason").fill(reason)
    page.get_by_role("button", name=button).click()


def go_in_as_vera(page: Page) -> None:
    """Begin a visit with a reason, and follow its link."""
    page.get_by_role("link", name="Act as somebody").click()
    person = page.get_by_label("Person")
    vera = person.locator("option").filter(has_text="Vera Verifier").get_attribute("value")
    person.select_option(vera)
    give_reason(page, "Ticket 4711: the queue is empty", "Begin")
    page.get_by_role("link", name="Go in as Vera Verifier").click()


class TestLife:
    def test_is_stopped_and_begins_again(self, page: Page, site: Site, visit: Visit) -> None:
        open_organization(page, site)
        page.get_by_role("link", name="Suspend").click()
        give_reason(page, "No invoice was paid since March", "Suspend")
        expect(page.get_by_text("Suspend: done.")).to_be_visible()

        adams = visit("adam").page
        expect(adams.get_by_text("This organization is suspended").first).to_be_visible()

        page.get_by_role("link", name="Reactivate").click()
        give_reason(page, "They paid", "Reactivate")
        expect(page.get_by_text("Reactivate: done.")).to_be_visible()
        page.get_by_role("link", name="Audit").last.click()
        expect(page.get_by_text("They paid")).to_be_visible()
        row = page.get_by_role("row").filter(has_text="organizations.organization_suspended")
        expect(row).to_contain_text("Organization suspended")
        expect(row).to_contain_text(site.tenant.slug)

    def test_has_hosts(self, page: Page, site: Site) -> None:
        host = f"crm.{site.tenant.slug}.example"
        open_organization(page, site)
        page.get_by_role("link", name="Add a host").click()
        page.get_by_label("Host").fill(host)
        give_reason(page, "Their own domain", "Add the host")
        row = page.get_by_role("row").filter(has_text=host)
        expect(row).to_be_visible()
        go_to(page, "Hosts")
        expect(page.get_by_text(host)).to_be_visible()
        page.go_back()
        row.get_by_role("link", name="Remove").click()
        give_reason(page, "It was a mistake", "Remove")
        expect(page.get_by_text(f"{host}: done.")).to_be_visible()
        expect(row).to_have_count(0)


class TestDeadLetters:
    def test_are_sent_again(self, page: Page, site: Site, letter: Delivery) -> None:
        go_to(page, "Dead letters")
        page.get_by_role("link", name=site.tenant.name, exact=True).click()
        row = page.get_by_role("row").filter(has_text="accounts.send_invitation").first
        expect(row).to_contain_text("SMTPServerDisconnected")
        expect(row).not_to_contain_text("hung up")
        row.get_by_role("link", name="Send again").click()
        give_reason(page, "The mail server is back", "Send again")
        expect(page.get_by_text("On its way again.")).to_be_visible()
        letter.refresh_from_db()
        assert (letter.state, letter.attempts) == (DeliveryState.READY, 0)
        go_to(page, "Audit")
        expect(page.get_by_text("The mail server is back").first).to_be_visible()


class TestVisit:
    def test_is_begun_with_a_reason_seen_by_all_and_ended(
        self, page: Page, site: Site, operator: Operator
    ) -> None:
        open_organization(page, site)
        go_in_as_vera(page)
        page.wait_for_url(f"{site.url}/**")

        banner = page.locator(".banner.visit")
        expect(banner).to_contain_text("Pat Platform acts as Vera Verifier")
        expect(banner).to_contain_text("Ticket 4711")
        page.goto(f"{site.url}/payments/")
        expect(banner).to_be_visible()
        answer = page.goto(f"{site.url}/queue/")
        assert answer is not None
        assert answer.status == 403
        expect(page.locator("main")).to_contain_text("You act as somebody else")
        page.goto(f"{site.url}/account/password/")
        page.get_by_label("Present password").fill(PASSWORD)
        page.get_by_label("New password").fill("tangerine submarine 42")
        page.get_by_role("button", name="Change password").click()
        refusal = page.get_by_role("dialog")
        expect(refusal).to_contain_text("You act as somebody else")
        refusal.get_by_role("button", name="Not now").click()
        banner.get_by_role("button", name="End the visit").click()
        expect(page.get_by_text("The visit is over")).to_be_visible()
        page.goto(f"{site.url}/payments/")
        assert "/sign-in/" in page.url


class TestLooks:
    def test_the_menu_of_ones_name_works_by_keyboard(self, page: Page) -> None:
        opener = page.get_by_role("button", name="Pat Platform")
        opener.focus()
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Dark", exact=True).click()
        expect(page.locator("html")).to_have_class(re.compile(r"\bdark\b"))
        page.get_by_role("link", name="Password and second factors").click()
        expect(page.get_by_role("heading", name="Account", level=1)).to_be_visible()
        page.get_by_role("link", name="Console", exact=True).first.click()
        expect(page.get_by_role("link", name="Overview", exact=True).first).to_be_visible()

    def test_navigation_is_folded_away_on_a_phone(self, page: Page) -> None:
        page.set_viewport_size(NARROW)
        page.goto("/console/")
        expect(
            page.get_by_role("link", name="Dead letters", exact=True).first
        ).not_to_be_in_viewport()

    def test_labels_of_cells_are_written_as_they_are_on_a_phone(self, page: Page) -> None:
        page.set_viewport_size(NARROW)
        page.goto("/console/accounts/user/")
        cell = page.locator('td[data-label="Last sign-in (UTC)"]').first
        expect(cell).to_be_visible()
        label = cell.evaluate("""cell => {
            const look = getComputedStyle(cell, '::before');
            return [look.content, look.textTransform];
        }""")
        assert label == ['"Last sign-in (UTC)"', "none"]


class TestAdministrators:
    def test_are_found_by_name(self, page: Page, site: Site) -> None:
        tell_administrators()
        go_to(page, "Administrators")
        page.get_by_label("Name or address").fill("adam")
        page.get_by_label("Organization", exact=True).fill(site.tenant.slug)
        page.get_by_role("button", name="Search").click()
        row = page.get_by_role("row").filter(has_text="Adam Admin")
        expect(row).to_contain_text("Organization Admin")
        expect(page.get_by_text("Olga Owner")).to_have_count(0)
        go_to(page, "Audit")
        expect(page.get_by_text("organizations.administrators_read").first).to_be_visible()
