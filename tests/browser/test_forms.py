"""Forms keep what was typed and chosen, whatever becomes of the sending."""

from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Locator, Page, Route, expect

from shared_apps.kernel.clock import utc_now
from tenant_apps.clients.models import Client
from tenant_apps.deals.models import Deal
from tenant_apps.payments.models import Payment
from tests.browser.conftest import Visit, sign_in
from tests.cast import person_named
from tests.factories.clients import ClientFactory
from tests.factories.deals import DealFactory, WonDealFactory
from tests.factories.documents import picture

UNSENT = "This could not be sent"
HALF = "Write all of it, or leave it empty."
IS_HALF = "(input) => input.validity.badInput"


@pytest.fixture
def proof(tmp_path: Path) -> Path:
    path = tmp_path / "receipt.png"
    path.write_bytes(picture(size=(412, 300)))
    return path


def fill_deal(page: Page, name: str, proof: Path, *, paid: str) -> None:
    client = ClientFactory(by=person_named("sam"), at=utc_now())
    page.goto(f"/deals/new/?client={client.code}")
    page.get_by_label("Name", exact=True).fill(name)
    page.locator("select[name=status]").select_option("won")
    page.get_by_label("Description").fill("Website")
    page.get_by_role("textbox", name="Price").fill("1,000.00")
    page.get_by_text("First payment it goes").click()
    page.locator("#f-payment-amount").fill(paid)
    page.locator("#f-payment-method").select_option("bank_transfer")
    page.locator("#f-payment-received_on").fill(utc_now().date().isoformat())
    page.locator("#f-proof").set_input_files(proof)


def half(day: Locator) -> None:
    day.fill("")
    day.press_sequentially("11")


def enter(page: Page) -> None:
    page.get_by_role("button", name="Enter the deal").click()


def sign_out(page: Page) -> None:
    page.goto("/account/")
    page.get_by_role("button", name="Your account and appearance").last.click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/sign-in/")


class TestSignInThatEnds:
    def test_leaves_the_form_to_be_sent_again(self, visit: Visit, proof: Path) -> None:
        page = visit("sam").page
        fill_deal(page, "Kept over a sign-in", proof, paid="612.00")
        other = page.context.new_page()
        sign_out(other)
        enter(page)
        dialog = page.get_by_role("dialog", name="You are signed out")
        expect(dialog).to_contain_text("What you typed is still here.")
        with page.context.expect_page() as opened:
            dialog.get_by_role("link", name="Sign in in a new tab").click()
        sign_in(opened.value, "sam")
        page.bring_to_front()
        dialog.get_by_role("button", name="Send again").click()
        expect(page.get_by_role("heading", name="Kept over a sign-in", level=1)).to_be_visible()
        deal = Deal.objects.get(name="Kept over a sign-in")
        payment = Payment.objects.get(deal=deal)
        assert [each.file.name for each in payment.proofs.select_related("file")] == ["receipt.png"]

    def test_is_told_without_any_cookie(self, visit: Visit) -> None:
        page = visit("sam").page
        page.goto("/clients/new/")
        page.get_by_label("Name", exact=True).first.fill("Fabrikam Cookies")
        page.context.clear_cookies()
        page.get_by_role("button", name="Enter the client").click()
        dialog = page.get_by_role("dialog", name="You are signed out")
        expect(dialog).to_be_visible()
        sign_in(page.context.new_page(), "sam")
        dialog.get_by_role("button", name="Send again").click()
        expect(page.get_by_role("heading", name="Fabrikam Cookies", level=1)).to_be_visible()

    def test_never_sends_in_the_name_of_another(self, visit: Visit) -> None:
        page = visit("sam").page
        page.goto("/clients/new/")
        page.get_by_label("Name", exact=True).first.fill("Litware by whom")
        other = page.context.new_page()
        sign_out(other)
        sign_in(other, "suki")
        page.get_by_role("button", name="Enter the client").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("Somebody else signed in with this browser")
        dialog.get_by_role("button", name="Not now").click()
        expect(dialog).to_have_count(0)
        expect(page.get_by_label("Name", exact=True).first).to_have_value("Litware by whom")
        assert not Client.objects.filter(name="Litware by whom").exists()


class TestRefusedForm:
    def test_keeps_its_files(self, visit: Visit, proof: Path) -> None:
        page, other = visit("sam").page, proof.with_name("slip.png")
        other.write_bytes(picture(size=(413, 300)))  # no proof is one of two payments
        fill_deal(page, "Refused once", other, paid="735.00")
        page.get_by_role("textbox", name="Price").fill("much")
        enter(page)
        expect(page.get_by_role("alert")).to_be_focused()
        expect(page.get_by_role("link", name="Price: Write the amount in digits")).to_be_visible()
        expect(page.locator("[data-names]")).to_have_text("slip.png")
        expect(page.get_by_text("Choose again")).to_have_count(0)
        expect(page.get_by_role("button", name="Enter the deal")).not_to_have_attribute(
            "aria-busy", "true"
        )
        page.get_by_role("textbox", name="Price").fill("1,000.00")
        page.get_by_label("Quantity").focus()
        expect(page.locator("#totals")).to_contain_text("Total $1,000.00")
        enter(page)
        expect(page.get_by_role("heading", name="Refused once", level=1)).to_be_visible()
        deal = Deal.objects.get(name="Refused once")
        assert Payment.objects.get(deal=deal).proofs.count() == 1

    def test_of_a_payment_keeps_them_as_well(self, visit: Visit, proof: Path) -> None:
        """Its field of that name is not the method by which the form is sent."""
        page, other = visit("sam").page, proof.with_name("bank.png")
        other.write_bytes(picture(size=(414, 300)))
        deal = WonDealFactory(by=person_named("sam"), at=utc_now())
        page.goto(f"/payments/new/?deal={deal.code}")
        page.get_by_label("Amount", exact=True).fill("417.005")
        page.locator("select[name=method]").select_option("bank_transfer")
        page.locator("[name=received_on]").fill(utc_now().date().isoformat())
        page.locator("input[type=file]").set_input_files(other)
        submit = page.get_by_role("button", name="Submit for verification")
        submit.click()
        expect(page.get_by_role("alert")).to_be_focused()
        expect(page.locator("[data-names]")).to_have_text("bank.png")
        page.get_by_label("Amount", exact=True).fill("417.00")
        submit.click()
        expect(page.get_by_role("heading", name="$417.00 from", level=1)).to_be_visible()
        assert Payment.objects.get(deal=deal).proofs.count() == 1

    def test_is_no_page_to_go_back_to(self, visit: Visit) -> None:
        page = visit("sam").page
        page.goto("/clients/")
        page.goto("/clients/new/")
        title = page.title()
        page.get_by_label("Name", exact=True).first.fill("Contoso")
        page.get_by_label("Satisfaction").fill("9")
        page.get_by_role("button", name="Enter the client").click()
        expect(page.get_by_role("alert")).to_be_focused()
        assert page.url.endswith("/clients/new/")
        assert page.title() == title
        page.go_back()
        expect(page.get_by_role("heading", name="Clients", level=1)).to_be_visible()
        page.go_forward()
        expect(page.get_by_role("heading", name="New client", level=1)).to_be_visible()

    def test_is_left_behind_once_it_was_taken(self, visit: Visit) -> None:
        page = visit("sam").page
        page.goto("/clients/")
        page.goto("/clients/new/")
        page.get_by_label("Name", exact=True).first.fill("Contoso Once")
        page.get_by_role("button", name="Enter the client").click()
        expect(page.get_by_role("heading", name="Contoso Once", level=1)).to_be_visible()
        page.go_back()
        expect(page.get_by_role("heading", name="Clients", level=1)).to_be_visible()
        assert Client.objects.filter(name="Contoso Once").count() == 1


def test_whoever_follows_a_link_meanwhile_arrives_there(visit: Visit) -> None:
    page = visit("sam").page
    page.goto("/clients/new/")
    page.get_by_label("Name", exact=True).first.fill("Tailspin Meanwhile")
    held: list[Route] = []
    hold = lambda route: held.append(route)  # noqa: E731, PLW0108  Playwright marks its handler
    page.route("**/deals/", hold, times=1)
    page.get_by_role("button", name="Enter the client").click()
    rooms = page.get_by_role("navigation", name="Main navigation")
    rooms.get_by_role("link", name="Deals", exact=True).click(no_wait_after=True)
    page.wait_for_timeout(1000)
    held[0].continue_()
    expect(page.get_by_role("heading", name="Deals", level=1)).to_be_visible()


def test_a_form_that_does_not_arrive_is_kept_and_sent_once(visit: Visit) -> None:
    visitor = visit("sam")
    page = visitor.page
    page.goto("/clients/new/")
    page.get_by_label("Name", exact=True).first.fill("Proseware Offline")
    page.context.set_offline(True)
    page.get_by_role("button", name="Enter the client").click()
    dialog = page.get_by_role("dialog", name=UNSENT)
    expect(dialog).to_contain_text("The server cannot be reached.")
    page.context.set_offline(False)
    visitor.complaints.clear()  # the browser's own words on a network that is gone
    dialog.get_by_role("button", name="Send again").dblclick()
    expect(page.get_by_role("heading", name="Proseware Offline", level=1)).to_be_visible()
    assert Client.objects.filter(name="Proseware Offline").count() == 1


class TestWhatIsMissing:
    def test_is_said_at_every_field_at_once_by_the_product(self, visit: Visit) -> None:
        page = visit("sam").page
        page.goto("/payments/new/")
        page.get_by_role("button", name="Submit for verification").click()
        problems = page.get_by_role("alert").get_by_role("link")
        expect(problems.first).to_be_visible()
        assert problems.count() > 1
        expect(page.locator("#f-amount-e")).to_be_visible()

    def test_of_a_day_is_said_with_all_the_rest(self, visit: Visit) -> None:
        page = visit("sam").page
        page.goto("/deals/new/")
        half(page.get_by_label("Expected to close"))
        part = page.locator("details").filter(has_text="First payment")
        part.locator("summary").click()
        half(page.locator("#f-payment-received_on"))
        part.locator("summary").click()
        enter(page)
        links = page.get_by_role("alert").get_by_role("link")
        expect(links.first).to_be_visible()
        said = links.all_inner_texts()
        assert [each.split(":")[0] for each in said if each.endswith(HALF)] == [
            "Expected to close",
            "First payment, Received on",
        ]
        assert "Name: This field is required." in said
        paid = page.locator("#f-payment-received_on")
        expect(paid).to_be_visible()  # its part is open again
        assert paid.evaluate(IS_HALF)

    def test_of_a_day_goes_once_it_is_put_right(self, visit: Visit) -> None:
        page = visit("sam").page
        page.goto("/deals/new/")
        day = page.get_by_label("Expected to close")
        half(day)
        enter(page)
        expect(day).to_have_attribute("aria-invalid", "true")
        name = page.get_by_label("Name", exact=True)
        name.fill("Put right")
        name.press("Tab")
        expect(page.locator("#f-name-e")).to_be_hidden()
        expect(name).not_to_have_attribute("aria-invalid", "true")
        expect(day).to_have_attribute("aria-invalid", "true")
        day.fill("2026-04-01")
        day.press("Tab")
        expect(page.get_by_text(HALF).and_(page.locator(".error"))).to_have_count(0)
        expect(page.locator("#f-expected_close_on-e")).to_be_hidden()
        expect(day).not_to_have_attribute("aria-invalid", "true")


def test_what_is_typed_while_a_form_is_sent_stays(visit: Visit) -> None:
    page = visit("sam").page
    page.goto("/clients/new/")
    name = page.get_by_label("Name", exact=True).first
    name.fill("Contoso Early")
    page.get_by_label("Satisfaction").fill("9")
    held: list[Route] = []
    hold = lambda route: held.append(route)  # noqa: E731, PLW0108  Playwright marks its handler
    page.route("**/clients/new/", hold, times=1)
    page.get_by_role("button", name="Enter the client").click()
    name.fill("Contoso Late")
    page.get_by_label("Remarks").fill("Typed meanwhile")
    held[0].continue_()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(name).to_have_value("Contoso Late")
    expect(page.get_by_label("Remarks")).to_have_value("Typed meanwhile")
    expect(page.get_by_label("Satisfaction")).to_have_value("9")


def test_a_refused_picture_takes_nothing_from_the_account(visit: Visit) -> None:
    page = visit("suki").page
    page.goto("/account/")
    page.get_by_label("Phone").fill("+49 30 1234")
    wrong = FilePayload(name="me.png", mimeType="image/png", buffer=b"no picture")
    page.locator("#f-file").set_input_files(wrong)
    page.get_by_role("button", name="Use this picture").click()
    expect(page.locator("#f-file-e")).to_be_visible()
    expect(page.get_by_label("Phone")).to_have_value("+49 30 1234")
    right = FilePayload(name="me.png", mimeType="image/png", buffer=picture(size=(300, 300)))
    page.locator("#f-file").set_input_files(right)
    expect(page.locator("#f-file-e")).to_be_hidden()


def test_a_question_that_is_answered_too_shortly_is_answered_again(visit: Visit) -> None:
    """It comes back in place of the page it was asked on, whose address is another."""
    deal = DealFactory(by=person_named("sam"), at=utc_now(), status="open")
    page = visit("sam").page
    page.goto(f"/deals/{deal.code}/")
    page.get_by_role("button", name="Lose", exact=True).click()
    page.get_by_role("button", name="Lose", exact=True).last.click()
    why = page.get_by_role("textbox", name="Why")
    for _ in range(2):
        expect(why).to_have_attribute("aria-invalid", "true")
        page.get_by_role("button", name="Lose", exact=True).click()
    why.fill("Too dear.")
    page.get_by_role("button", name="Lose", exact=True).click()
    expect(page.get_by_text("The deal is lost.", exact=True)).to_be_visible()
    deal.refresh_from_db()
    assert deal.status == "lost"
