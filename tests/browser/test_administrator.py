"""The administrator's day in the browser: invite, accept, give roles, settings, the log."""

import re

from playwright.sync_api import Page, expect

from tenant_apps.accounts.selectors import find_person_by_email
from tenant_apps.accounts.services.invitations import make_invitation_token
from tests.browser.conftest import Visit
from tests.cast import email_of

PASSWORD = "tangerine submarine 42"


def invite(page: Page, email: str) -> None:
    page.get_by_role("link", name="People", exact=True).click()
    page.get_by_role("link", name="Invite").first.click()
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("First name").fill("Nora")
    page.get_by_label("Last name").fill("Newcomer")
    page.get_by_label("Salesperson").check()
    page.get_by_label("North").check()
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("heading", name="Nora Newcomer", level=1)).to_be_visible()
    expect(page.locator("main")).to_contain_text("Invited by Adam Admin")


def accept(page: Page, email: str) -> None:
    person = find_person_by_email(email)
    assert person is not None
    page.goto(f"/invitations/accept/?token={make_invitation_token(person)}")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Accept the invitation").click()
    expect(page.get_by_role("button", name="Accept the invitation")).to_have_count(0)
    page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    expect(page.locator(".side")).to_contain_text("Nora Newcomer")


def give_role(page: Page) -> None:
    page.get_by_role("link", name="Change roles").click()
    page.get_by_label("Auditor").check()
    page.get_by_role("button", name="Save").click()
    said = page.get_by_role("status").filter(has_text="The roles are changed")
    expect(said).to_be_visible()
    expect(page.locator("main")).to_contain_text("Auditor")


def change_working_time(page: Page) -> None:
    page.get_by_role("link", name="Settings", exact=True).click()
    page.get_by_role("link", name="Working time").click()
    page.get_by_label("Friday").uncheck()
    page.get_by_label("Opens").fill("08:00")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="The settings are saved")).to_be_visible()
    expect(page.get_by_label("Friday")).not_to_be_checked()
    expect(page.get_by_label("Opens")).to_have_value("08:00")


def read_the_log(page: Page) -> None:
    page.get_by_role("link", name="Audit log").first.click()
    page.get_by_label("Kind").select_option("settings")
    expect(page.locator("#list")).to_contain_text("Settings changed")
    expect(page.locator("#list")).not_to_contain_text("Signed in")
    page.locator("#list").get_by_role("link", name="Settings changed").first.click()
    expect(page.get_by_role("row").filter(has_text="working_hours")).to_contain_text("08:00")


class TestAdministrator:
    def test_invites_gives_roles_changes_settings_and_reads_what_happened(
        self, visit: Visit
    ) -> None:
        email = email_of("nora")
        adams = visit("adam").page
        invite(adams, email)

        accept(visit("").page, email)

        adams.reload()
        expect(adams.locator(".head")).to_contain_text("Active")
        give_role(adams)
        change_working_time(adams)
        read_the_log(adams)

    def test_finds_conflicting_grants_and_goes_to_the_person(self, visit: Visit) -> None:
        page = visit("adam").page
        page.get_by_role("link", name="Controls").first.click()
        row = page.locator("#conflicts").get_by_role("row").filter(has_text="Olga Owner").first
        expect(row).to_contain_text(re.compile("High risk|Medium risk"))
        row.get_by_role("link").first.click()
        expect(page.get_by_role("heading", name="Olga Owner", level=1)).to_be_visible()
