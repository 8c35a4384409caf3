"""The door with real second factors: an authenticator app, and the browser's own passkeys."""

from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from shared_apps.kernel.clock import utc_now
from tenant_apps.accounts.models import User
from tenant_apps.accounts.selectors import list_passkeys
from tenant_apps.accounts.totp import code_at_step, step_of
from tests.accounts.factors import App, give_app
from tests.browser.conftest import Visit
from tests.browser.test_live import await_live, tell_person
from tests.cast import PASSWORD
from tests.factories.accounts import PersonFactory

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def person() -> User:
    """Somebody whose second factors no other test touches."""
    return PersonFactory(at=utc_now())


class Device:
    """The browser's own authenticator, in software: Chromium signs with it as with any other."""

    def __init__(self, page: Page) -> None:
        self.session: CDPSession = page.context.new_cdp_session(page)
        self.session.send("WebAuthn.enable")
        added = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        self.id = added["authenticatorId"]

    def credentials(self) -> list[Any]:
        """Return the passkeys on it."""
        asked = {"authenticatorId": self.id}
        found: list[Any] = self.session.send("WebAuthn.getCredentials", asked)["credentials"]
        return found

    def refuse(self) -> None:
        """Have the next finger not be recognized."""
        asked = {"authenticatorId": self.id, "isUserVerified": False}
        self.session.send("WebAuthn.setUserVerified", asked)


def give_password(page: Page, person: User) -> None:
    page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Your account and appearance").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/")


@pytest.fixture
def page(visit: Visit) -> Page:
    """A browser before the door."""
    return visit("").page


def test_what_is_shown_once_is_not_asked_for_again(page: Page, person: User) -> None:
    Device(page)
    give_password(page, person)
    page.goto("/account/passkeys/new/")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    await_live(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    tell_person(person)
    expect(page.get_by_role("status").filter(has_text="Commission of $14.00")).to_be_visible()
    page.wait_for_timeout(1000)  # the page gathers changes for 300 ms
    assert asked == []


class TestPasskey:
    @pytest.fixture
    def device(self, page: Page, person: User) -> Device:
        """The browser's device, with a passkey that the person has just made in the settings."""
        device = Device(page)
        give_password(page, person)
        page.goto("/account/security/")
        page.get_by_role("link", name="Add a passkey").click()
        page.get_by_label("Name").fill("My laptop")
        page.get_by_role("button", name="Make the passkey").click()
        expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
        expect(page.locator(".codes li")).to_have_count(10)
        page.get_by_role("link", name="I have kept them").click()
        expect(page.get_by_role("heading", name="My laptop")).to_be_visible()
        return device

    def test_is_made_for_this_host_and_opens_the_door_alone(
        self, page: Page, person: User, device: Device
    ) -> None:
        (made,) = device.credentials()
        assert made["isResidentCredential"]
        assert made["rpId"] in page.url
        sign_out(page)
        page.goto("/sign-in/?next=/account/security/")
        page.get_by_role("button", name="Sign in with a passkey").click()
        page.wait_for_url("**/account/security/")
        expect(page.get_by_text("This one", exact=True)).to_be_visible()
        expect(page.get_by_role("main").get_by_text(person.email)).to_be_visible()
        assert list_passkeys(person.pk).get().data["sign_count"] > 0

    def test_is_the_second_factor_after_the_password(
        self, page: Page, person: User, device: Device
    ) -> None:
        sign_out(page)
        give_password(page, person)
        expect(page.get_by_role("heading", name="Your second factor")).to_be_visible()
        page.get_by_role("button", name="Use a passkey").click()
        page.wait_for_url(lambda url: "/sign-in/" not in url)

    def test_that_does_not_recognize_its_owner_opens_nothing(
        self, page: Page, device: Device
    ) -> None:
        sign_out(page)
        device.refuse()
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_role("alert").filter(has_text="No passkey answered")).to_be_visible()
        page.goto("/account/security/")
        assert "/sign-in/" in page.url

    def test_is_renamed_and_removed(self, page: Page, person: User, device: Device) -> None:
        page.get_by_role("button", name="Rename").click()
        page.get_by_role("dialog").get_by_label("Name").fill("Old laptop")
        page.get_by_role("dialog").get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", name="Old laptop")).to_be_visible()
        page.get_by_role("button", name="Remove").click()
        page.get_by_role("dialog").get_by_role("button", name="Remove").click()
        expect(page.get_by_text("You have none yet.")).to_be_visible()


class TestApp:
    def test_is_set_up_in_the_settings_and_asked_for_at_the_door(
        self, page: Page, person: User
    ) -> None:
        give_password(page, person)
        page.goto("/account/security/")
        page.get_by_role("link", name="Set up").click()
        image = page.get_by_role("img", name="The secret as a QR code")
        assert image.evaluate("(image) => image.complete && image.naturalWidth > 100")
        app = App(page.locator(".secret code").inner_text())
        page.get_by_label("Code that the app shows").fill(
            code_at_step(app.secret, step_of(utc_now()))
        )
        page.get_by_role("button", name="Keep this app").click()
        expect(page.locator(".codes li")).to_have_count(10)
        recovery = page.locator(".codes li").first.inner_text()
        sign_out(page)

        give_password(page, person)
        page.get_by_label("Code").fill("000000")
        page.get_by_role("button", name="Go on").click()
        expect(page.get_by_role("alert").filter(has_text="The code is wrong")).to_be_visible()
        page.get_by_label("Code").fill(code_at_step(app.secret, step_of(utc_now()) + 1))
        page.get_by_role("button", name="Go on").click()
        page.wait_for_url(lambda url: "/sign-in/" not in url)
        sign_out(page)

        give_password(page, person)
        page.get_by_label("Code").fill(recovery)
        page.get_by_role("button", name="Go on").click()
        page.wait_for_url(lambda url: "/sign-in/" not in url)

    def test_confirms_what_cannot_be_taken_back(self, page: Page, person: User) -> None:
        app = give_app(person)
        give_password(page, person)
        page.get_by_label("Code").fill(app.code())
        page.get_by_role("button", name="Go on").click()
        page.wait_for_url(lambda url: "/sign-in/" not in url)
        person.sign_ins.update(proved_at=None)
        page.goto("/account/security/")
        page.get_by_role("button", name="New codes").click()
        page.get_by_role("dialog").get_by_role("button", name="Make new codes").click()
        expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
        page.get_by_label("Code").fill(app.code())
        page.get_by_role("button", name="Confirm").click()
        expect(page.locator(".codes li")).to_have_count(10)
