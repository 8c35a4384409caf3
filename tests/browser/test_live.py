"""What changes shows without a reload, and a dropped connection heals and is shown."""

import re
from functools import partial
from uuid import uuid4

from playwright.sync_api import Page, Route, WebSocketRoute, expect

from shared_apps.kernel.clock import utc_now
from tenant_apps.accounts.models import SignInKind, User
from tenant_apps.accounts.services import end_sign_in, open_sign_in
from tenant_apps.notifications.messages import Message
from tenant_apps.notifications.services import notify
from tenant_apps.payments.models import Payment
from tenant_apps.payments.services import (
    Approval,
    Assignment,
    Refusal,
    approve_payment,
    assign_review,
    claim_review,
    reject_payment,
    request_changes,
)
from tests.browser.conftest import Visit, elsewhere, sign_in, work_off
from tests.cast import person_named
from tests.factories.deals import WonDealFactory
from tests.factories.payments import PaymentFactory, SubmittedPaymentFactory

UNREAD = re.compile(r"Notifications, [1-9]\d* unread")
SIGNED_OUT = "You are signed out: sign in in a new tab."
PARAMS = {"payment": "PY-0001", "deal": "DL-0001", "amount": "14.00 USD"}


def tell(name: str) -> None:
    tell_person(person_named(name))


def tell_person(person: User) -> None:
    message = Message(kind="commission_accrued", params=PARAMS)
    told = partial(notify, recipients=[person.pk], event_id=uuid4(), message=message, at=utc_now())
    elsewhere(told)


def end_another_sign_in(name: str) -> None:
    another = open_sign_in(
        person=person_named(name), kind=SignInKind.BROWSER, user_agent="", at=utc_now()
    )
    end_sign_in(sign_in_id=another.pk, at=utc_now())


def await_live(page: Page) -> None:
    expect(page.locator("body")).to_have_attribute("data-live", "on")


def sign_out(page: Page) -> None:
    page.goto("/notifications/")
    page.get_by_role("button", name="Your account and appearance").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/")


def come_back(page: Page) -> None:
    """Do what a browser does once somebody turns to the window again."""
    page.evaluate("dispatchEvent(new Event('focus'))")


def submit() -> Payment:
    """Submit a payment of Sam's, and tell everybody."""
    payment: Payment = SubmittedPaymentFactory(by=person_named("sam"), at=utc_now())
    work_off()
    return payment


def approve(payment: Payment, by: str) -> None:
    checker, now = person_named(by), utc_now()
    approve_payment(payment_id=payment.pk, checker=checker, approval=Approval(), at=now)
    work_off()


def send_back(payment: Payment, by: str) -> None:
    checker, refusal = person_named(by), Refusal(reason="The amount is cut off.")
    request_changes(payment_id=payment.pk, checker=checker, refusal=refusal, at=utc_now())
    work_off()


class TestLive:
    def test_a_message_rings_and_shows_itself(self, visit: Visit) -> None:
        page = visit("tim").page
        await_live(page)
        tell("tim")
        expect(page.get_by_role("status").filter(has_text="Commission of $14.00")).to_be_visible()
        expect(page.get_by_role("button", name=UNREAD)).to_be_visible()
        page.get_by_role("button", name=UNREAD).click()
        expect(page.locator("#inbox-list")).to_contain_text("Commission of $14.00")

    def test_what_changes_during_a_fetch_takes_nothing_from_it(self, visit: Visit) -> None:
        page = visit("viktor").page
        page.goto("/queue/")
        await_live(page)
        payment = SubmittedPaymentFactory(by=person_named("sam"), at=utc_now())
        held: list[Route] = []
        hold = lambda route: held.append(route)  # noqa: E731, PLW0108  Playwright marks its handler
        page.route("**/queue/", hold, times=1)
        with page.expect_request("**/queue/"):
            work_off()
        tell("viktor")
        expect(page.get_by_role("status").filter(has_text="Commission of $14.00")).to_be_visible()
        page.wait_for_timeout(600)  # the page gathers changes for 300 ms
        held[0].continue_()
        expect(page.locator("#list").get_by_text(payment.code)).to_be_visible()

    def test_what_is_typed_during_a_fetch_stays(self, visit: Visit) -> None:
        deal = WonDealFactory(by=person_named("sam"), at=utc_now())
        page = visit("sam").page
        page.goto(f"/deals/{deal.code}/")
        await_live(page)
        held: list[Route] = []
        hold = lambda route: held.append(route)  # noqa: E731, PLW0108  Playwright marks its handler
        page.route(f"**/deals/{deal.code}/", hold, times=1)
        with page.expect_request(f"**/deals/{deal.code}/"):
            SubmittedPaymentFactory(by=person_named("sam"), at=utc_now(), deal=deal)
            work_off()
        page.get_by_label("Add a note").fill("They called.")
        page.get_by_role("button", name="Reopen").click()
        held[0].continue_()
        expect(page.locator("#payments .pill").last).to_be_visible()
        expect(page.get_by_role("dialog", name="Reopen this deal?")).to_be_visible()
        expect(page.get_by_label("Add a note")).to_have_value("They called.")

    def test_the_queue_fills_by_itself(self, visit: Visit) -> None:
        page = visit("viktor").page
        page.goto("/queue/")
        await_live(page)
        payment = SubmittedPaymentFactory(by=person_named("sam"), at=utc_now())
        expect(page.get_by_text(payment.code)).to_have_count(0)
        work_off()
        expect(page.locator("#list").get_by_text(payment.code)).to_be_visible()

    def test_the_head_of_a_page_changes_with_its_object(self, visit: Visit) -> None:
        page = visit("sam").page
        payment = SubmittedPaymentFactory(by=person_named("sam"), at=utc_now())
        work_off()
        page.goto(f"/payments/{payment.code}/")
        await_live(page)
        expect(page.locator("#head").get_by_role("button", name="Withdraw")).to_be_visible()
        refusal = Refusal(reason="Nothing came.")
        reject_payment(
            payment_id=payment.pk, checker=person_named("vera"), refusal=refusal, at=utc_now()
        )
        work_off()
        expect(page.locator("#head .pill").first).to_have_text("Rejected")
        expect(page.locator("#head").get_by_role("button", name="Withdraw")).to_have_count(0)

    def test_the_tiles_and_a_list_change_by_themselves(self, visit: Visit) -> None:
        pages = [visit("viktor").page, visit("sam").page]
        for page, path in zip(pages, ("/dashboard/", "/payments/"), strict=True):
            page.goto(path)
            await_live(page)
        before = pages[0].locator("#figures").inner_text()
        payment = SubmittedPaymentFactory(by=person_named("sam"), at=utc_now())
        work_off()
        expect(pages[0].locator("#figures")).not_to_have_text(before, use_inner_text=True)
        expect(pages[1].locator("#list").get_by_text(payment.code)).to_be_visible()

    def test_a_page_stays_live_when_another_device_is_signed_out(self, visit: Visit) -> None:
        page = visit("tim").page
        await_live(page)
        with page.expect_websocket():
            elsewhere(partial(end_another_sign_in, "tim"))
        await_live(page)
        tell("tim")
        expect(page.locator(".toast")).to_contain_text("Commission of $14.00")

    def test_a_network_that_is_gone_is_shown_and_heals(self, visit: Visit) -> None:
        page = visit("tim").page
        await_live(page)
        page.context.set_offline(True)
        expect(page.locator("#live-state")).to_have_text("Connection lost. Reconnecting…")
        page.context.set_offline(False)
        await_live(page)
        tell("tim")
        expect(page.locator(".toast")).to_contain_text("Commission of $14.00")

    def test_a_connection_that_falls_silent_is_lost(self, visit: Visit) -> None:
        page = visit("tim").page
        page.clock.install()
        page.goto("/notifications/")
        await_live(page)
        page.clock.fast_forward("01:00")
        expect(page.locator("#live-state")).to_have_text("Connection lost. Reconnecting…")
        page.clock.fast_forward("01:00")
        await_live(page)

    def test_a_dropped_connection_is_shown_and_heals(self, visit: Visit) -> None:
        page = visit("tim").page
        sockets: list[WebSocketRoute] = []

        def pass_on(socket: WebSocketRoute) -> None:
            sockets.append(socket)
            socket.connect_to_server()

        page.route_web_socket("**/ws/notifications/", pass_on)
        page.goto("/notifications/")
        await_live(page)
        sockets[-1].close(code=1011)
        expect(page.locator("#live-state")).to_have_text("Connection lost. Reconnecting…")
        tell("tim")
        await_live(page)
        expect(page.locator("#live-state")).to_have_text("")
        expect(page.locator(".toast")).to_contain_text("Commission of $14.00")

    def test_signing_in_again_elsewhere_heals_the_page(self, visit: Visit) -> None:
        page = visit("tim").page
        await_live(page)
        other = page.context.new_page()
        sign_out(other)
        expect(page.locator("#live-state")).to_have_text(SIGNED_OUT)
        sign_in(other, "tim")
        come_back(page)
        await_live(page)
        expect(page.locator("#live-state")).to_have_text("")
        tell("tim")
        expect(page.locator(".toast")).to_contain_text("Commission of $14.00")

    def test_a_page_is_not_live_for_another_person(self, visit: Visit) -> None:
        page = visit("tim").page
        await_live(page)
        other = page.context.new_page()
        sign_out(other)
        expect(page.locator("#live-state")).to_have_text(SIGNED_OUT)
        sign_in(other, "sam")
        with page.expect_websocket():
            come_back(page)
        await_live(other)
        tell("sam")
        expect(other.locator(".toast")).to_be_visible()
        expect(page.locator("body")).to_have_attribute("data-live", "off")
        expect(page.locator("#live-state")).to_have_text(SIGNED_OUT)
        expect(page.locator(".toast")).to_have_count(0)


class TestReview:
    def test_shows_what_the_holder_decides_and_leads_on(self, visit: Visit) -> None:
        first, second = submit(), submit()
        claim_review(payment_id=first.pk, by=person_named("vera"), at=utc_now())
        page = visit("viktor").page
        page.goto(f"/queue/{first.code}/")
        await_live(page)
        expect(page.locator("#lease")).to_contain_text("Vera Verifier reviews this payment until")
        approve(first, "vera")
        expect(page.locator("#lease")).to_contain_text("Vera Verifier decided on this payment")
        expect(page.locator("#head .pill").first).to_have_text("Verified")
        expect(page.get_by_role("heading", name="Decisions so far")).to_be_visible()
        expect(page.get_by_role("heading", name="Your decision")).to_have_count(0)
        page.keyboard.press("n")
        page.wait_for_url(lambda url: first.code not in url)
        reject_payment(
            payment_id=second.pk,
            checker=person_named("vera"),
            refusal=Refusal(reason="Nothing came."),
            at=utc_now(),
        )

    def test_that_was_typed_in_stays_and_says_who_decided_meanwhile(self, visit: Visit) -> None:
        payment, page = submit(), visit("viktor").page
        page.goto(f"/queue/{payment.code}/")
        await_live(page)
        expect(page.locator("#lease")).to_contain_text("You hold this payment")
        page.keyboard.press("c")
        page.get_by_label("What should change").fill("The date is cut off.")
        vera, now = person_named("vera"), utc_now()
        given = Assignment(reviewer_id=vera.pk)
        assign_review(payment_id=payment.pk, assignment=given, by=person_named("adam"), at=now)
        send_back(payment, "vera")
        said = page.locator("#lease").filter(has_text="Vera Verifier decided on this payment")
        expect(said).to_contain_text("Changes requested")
        expect(page.get_by_label("What should change")).to_have_value("The date is cut off.")
        page.get_by_role("button", name="Send it back").click()
        expect(page.locator(".alert[role=alert]")).to_contain_text(
            "does not wait for your decision"
        )

    def test_keeps_what_is_looked_at_while_others_work(self, visit: Visit) -> None:
        payment, page = submit(), visit("viktor").page
        page.goto(f"/queue/{payment.code}/")
        await_live(page)
        expect(page.locator("#lease")).to_contain_text("You hold this payment")
        page.evaluate("document.querySelector('.proof figure').kept = true")
        page.locator("summary").filter(has_text="Reject").click()
        before = page.locator("#head .crumb").inner_text()
        submit()
        expect(page.locator("#head .crumb")).not_to_have_text(before, use_inner_text=True)
        expect(page.get_by_label("What is wrong")).to_be_visible()
        assert page.evaluate("document.querySelector('.proof figure').kept")
        assert page.evaluate("document.activeElement.textContent").startswith("Reject")
        page.keyboard.press("c")
        expect(page.get_by_label("What should change")).to_be_focused()


class TestMoney:
    def test_shows_where_it_went_and_what_it_earned(self, visit: Visit) -> None:
        payment, pages = submit(), [visit("sam").page, visit("fay").page, visit("sam").page]
        paths = (f"/payments/{payment.code}/", "/invoices/", "/commissions/")
        for page, path in zip(pages, paths, strict=True):
            page.goto(path)
            await_live(page)
        count = pages[1].locator("#count").inner_text()
        approve(payment, "vera")
        for heading in ("Where the money went", "Decisions", "Money that goes back"):
            expect(pages[0].get_by_role("heading", name=heading)).to_be_visible()
        expect(pages[0].get_by_role("link", name="Refund")).to_be_visible()
        expect(pages[1].locator("#count")).not_to_have_text(count, use_inner_text=True)
        expect(pages[2].locator("#list").get_by_text(payment.code)).to_be_visible()

    def test_is_not_said_to_wait_once_it_came_back(self, visit: Visit) -> None:
        draft, page = PaymentFactory(by=person_named("sam"), at=utc_now()), visit("sam").page
        page.goto(f"/payments/{draft.code}/")
        await_live(page)
        page.locator("#head").get_by_role("button", name="Submit").click()
        page.get_by_role("dialog").get_by_role("button", name="Submit").click()
        said = page.get_by_role("status").filter(has_text="The payment waits for verification.")
        expect(said).to_be_visible()
        await_live(page)
        with page.expect_response(f"**/payments/{draft.code}/"):
            work_off()  # the page hears of what it did itself
        submit()
        page.wait_for_timeout(600)
        expect(said).to_be_visible()
        send_back(draft, "vera")
        expect(page.locator("#head .pill").first).to_have_text("Changes requested")
        expect(said).to_have_count(0)

    def test_is_counted_by_the_filter_that_is_set(self, visit: Visit) -> None:
        page = visit("sam").page
        page.goto("/payments/")
        page.get_by_label("Search in payments").fill("no such payment")
        expect(page.locator("#list")).to_contain_text("Nothing matches")
        expect(page.locator("#count")).to_have_text("0 payments")
