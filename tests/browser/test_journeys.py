"""The main job in the browser, from the client to the explained commission."""

import re
from pathlib import Path

from playwright.sync_api import FilePayload, Page, expect

from shared_apps.kernel.clock import utc_now
from tenant_apps.payments.models import Payment, Status
from tests.browser.conftest import Visit, work_off
from tests.cast import person_named
from tests.factories.deals import WonDealFactory
from tests.factories.documents import picture
from tests.factories.payments import SubmittedPaymentFactory


def enter_client(page: Page) -> None:
    page.get_by_role("link", name="Clients", exact=True).click()
    page.get_by_role("link", name="New client").first.click()
    page.get_by_label("Name", exact=True).first.fill("Harbour Works")
    page.get_by_label("E-mail optional").first.fill("billing@harbour.example")
    page.get_by_label("Street and number").fill("Hafenstrasse 1")
    page.get_by_label("City").fill("Hamburg")
    page.get_by_label("Country").select_option("DE")
    page.get_by_role("button", name="Enter the client").click()
    expect(page.get_by_role("heading", name="Harbour Works", level=1)).to_be_visible()


def enter_deal(page: Page, proof: Path) -> None:
    page.get_by_role("link", name="New deal").first.click()
    page.get_by_label("Name", exact=True).fill("Website relaunch")
    page.locator("select[name=status]").select_option("won")
    page.get_by_label("Description").fill("Website")
    page.get_by_role("textbox", name="Price").fill("1,000.00")
    page.get_by_label("Quantity").focus()
    expect(page.locator("#totals")).to_contain_text("Total $1,000.00")
    page.get_by_text("Credit without any").click()
    for number, (name, share) in enumerate((("Sam Seller", "70"), ("Suki Seller", "30"))):
        page.get_by_role("button", name="Add a person").click()
        page.locator(f"#f-splits-{number}-payee").select_option(label=name)
        page.locator(f"#f-splits-{number}-share_percent").fill(share)
    page.get_by_text("First payment it goes").click()
    page.locator("#f-payment-amount").fill("400.00")
    page.locator("#f-payment-method").select_option("bank_transfer")
    page.locator("#f-payment-received_on").fill(utc_now().date().isoformat())
    page.locator("#f-proof").set_input_files(proof)
    expect(page.locator("[data-names]")).to_have_text("receipt.png")
    page.get_by_role("button", name="Enter the deal").click()
    expect(page.get_by_role("heading", name="Website relaunch", level=1)).to_be_visible()


def approve(page: Page, client: str) -> None:
    page.goto("/queue/")
    page.get_by_role("row").filter(has_text=client).get_by_role("link").click()
    expect(page.get_by_role("img", name="The proof receipt.png")).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_label("Amount that you found")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="is approved")).to_be_visible()


BEHIND = "document.activeElement !== document.body && !document.activeElement.closest('dialog')"


class TestMainJob:
    def test_goes_from_the_client_to_the_explained_commission(
        self, visit: Visit, tmp_path: Path
    ) -> None:
        proof = tmp_path / "receipt.png"
        proof.write_bytes(picture(size=(400, 300)))
        sam, vera = visit("sam").page, visit("vera").page
        enter_client(sam)
        enter_deal(sam, proof)
        expect(sam.locator("#payments")).to_contain_text("Awaiting verification")
        deal_url = sam.url

        work_off()
        approve(vera, "Harbour Works")

        work_off()  # the deal's page shows it without a reload
        expect(sam.locator("#payments")).to_contain_text("Verified")
        expect(sam.locator("#figures")).to_contain_text("$600.00")
        expect(sam.locator("#invoices")).to_contain_text("INV-")
        assert sam.url == deal_url

        sam.get_by_role("link", name="Commission", exact=True).click()
        code = deal_url.rstrip("/").rpartition("/")[2]  # other tests sell the same
        sam.get_by_role("row").filter(has_text=code).get_by_role("link").click()
        expect(sam.get_by_role("heading", level=1)).to_have_text("$14.00 for Sam Seller")
        sam.get_by_text("What the ladder earns now, rounded").click()
        expect(sam.get_by_text("The rate applied to the credited base")).to_be_visible()

    def test_refused_forms_keep_what_was_typed(self, visit: Visit) -> None:
        page = visit("sam").page
        page.goto("/clients/new/")
        page.get_by_label("Name", exact=True).first.fill("Contoso")
        page.get_by_label("Satisfaction").fill("9")
        page.get_by_role("button", name="Enter the client").click()
        alert = page.get_by_role("alert")
        expect(alert).to_be_focused()
        expect(page.get_by_label("Name", exact=True).first).to_have_value("Contoso")
        alert.get_by_role("link").click()
        expect(page.get_by_label("Satisfaction")).to_be_focused()

    def test_a_file_that_is_too_large_is_said_before_it_is_sent(self, visit: Visit) -> None:
        page = visit("sam").page
        page.goto("/payments/new/")
        page.get_by_label("Reference").fill("Slip 7")
        large = FilePayload(name="slip.png", mimeType="image/png", buffer=bytes(11 * 1024 * 1024))
        chosen = page.get_by_label("Proof", exact=True)
        chosen.set_input_files(large)
        said = page.get_by_text("This is larger than 10 MB; choose a smaller file.")
        expect(said).to_be_visible()
        page.get_by_role("button", name="Submit for verification").click()
        expect(chosen).to_be_focused()  # nothing was sent
        chosen.set_input_files([])
        expect(said).to_be_hidden()
        expect(page.get_by_label("Reference")).to_have_value("Slip 7")

    def test_steps_are_asked_for_in_a_dialog(self, visit: Visit) -> None:
        deal = WonDealFactory(by=person_named("sam"), at=utc_now())
        page = visit("sam").page
        page.goto(f"/deals/{deal.code}/")
        page.get_by_role("button", name="Reopen").click()
        dialog = page.get_by_role("dialog", name="Reopen this deal?")
        expect(dialog).to_be_visible()
        for _ in range(9):  # the page behind is out of reach
            page.keyboard.press("Tab")
            assert page.evaluate(BEHIND) is False
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        expect(page.get_by_role("button", name="Reopen")).to_be_focused()
        page.get_by_role("button", name="Reopen").click()
        dialog.get_by_role("button", name="Reopen").click()
        said = page.get_by_role("status").filter(has_text="The deal is open again.")
        expect(said).to_be_visible()


class TestQueueByKeyboardAlone:
    def test_has_a_sheet_of_its_keys(self, visit: Visit) -> None:
        payment = SubmittedPaymentFactory(by=person_named("sam"), at=utc_now())
        page = visit("vera").page
        page.goto(f"/queue/{payment.code}/")
        page.keyboard.press("?")
        sheet = page.get_by_role("dialog", name="By keyboard")
        expect(sheet).to_be_visible()
        page.keyboard.press("Escape")
        expect(sheet).to_be_hidden()

    def test_takes_the_words_of_a_refused_decision_for_words(self, visit: Visit) -> None:
        payment = SubmittedPaymentFactory(by=person_named("sam"), at=utc_now())
        page = visit("vera").page
        page.goto(f"/queue/{payment.code}/")
        page.keyboard.press("c")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_be_visible()
        expect(page.get_by_label("What should change")).to_be_focused()
        page.keyboard.type("visa")  # a letter of it is a key of its own
        expect(page.get_by_label("What should change")).to_have_value("visa")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status").filter(has_text="went back")).to_be_visible()
        payment.refresh_from_db()
        assert payment.status == Status.CHANGES_REQUESTED

    def test_decides_one_after_the_other(self, visit: Visit) -> None:
        sam = person_named("sam")
        payments = [SubmittedPaymentFactory(by=sam, at=utc_now()) for _ in range(3)]
        page = visit("vera").page
        page.goto(f"/queue/{payments[0].code}/")
        page.keyboard.press("c")
        page.keyboard.type("Which account did it come from?")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status").filter(has_text="went back")).to_be_visible()

        page.goto(f"/queue/{payments[1].code}/")
        page.keyboard.press("r")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        page.keyboard.type("Nothing came")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status").filter(has_text="is rejected")).to_be_visible()

        page.keyboard.press("q")
        page.wait_for_url("**/queue/")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"/queue/PY-\d+/$"))

        states = dict(Payment.objects.values_list("code", "status"))
        assert states[payments[0].code] == Status.CHANGES_REQUESTED
        assert states[payments[1].code] == Status.REJECTED

    def test_escape_leaves_the_field_of_an_opened_part(self, visit: Visit) -> None:
        payment = SubmittedPaymentFactory(by=person_named("sam"), at=utc_now())
        page = visit("vera").page
        page.goto(f"/queue/{payment.code}/")
        chosen = page.get_by_label("What is wrong")
        for _ in range(2):
            page.keyboard.press("r")
            expect(chosen).to_be_focused()
            page.keyboard.press("Escape")
            expect(chosen).to_be_hidden()
        page.keyboard.press("c")
        page.keyboard.type("Which account?")
        page.keyboard.press("Escape")
        page.keyboard.press("c")
        expect(page.get_by_label("What should change")).to_have_value("Which account?")
        page.keyboard.press("Escape")
        page.keyboard.press("q")
        page.wait_for_url("**/queue/")

    def test_the_slash_searches(self, visit: Visit) -> None:
        page = visit("vera").page
        page.keyboard.press("/")
        page.keyboard.type("nothing of this name")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Nothing found")).to_be_visible()
