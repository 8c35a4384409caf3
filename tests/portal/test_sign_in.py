"""The door in a browser."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.accounts.services import require_password_change
from tenant_apps.accounts.totp import code_at_step, step_of
from tests.accounts.factors import give_app
from tests.accounts.passkey_device import Passkey
from tests.cast import PASSWORD
from tests.portal.conftest import browser_at


def origin_of(tenant: Tenant) -> str:
    """Return where a browser at an organization's pages is."""
    return f"http://{tenant.host}:8000"


def asked(browser: Client) -> str:
    """Return the question that the button of a page fetches."""
    answer = browser.post("/api/auth/login/passkey/begin/")
    return json.dumps(answer.json()["data"])


def answer_of(device: Passkey, question: str, *, make: bool = False) -> dict[str, str]:
    """Return what the page's script sends of a passkey's answer."""
    told = json.loads(question)
    answer = (device.make if make else device.use)(told["options"])
    return {"ceremony": told["ceremony"], "credential": json.dumps(answer)}


NEW_PASSWORD = "another battery staple 8"
DOOR = "/sign-in/"


class TestSignIn:
    def test_opens_a_session_and_leads_to_the_start(self, sam: User, nobodys: Client) -> None:
        answer = nobodys.post(DOOR, {"email": sam.email, "password": PASSWORD})
        assert (answer.status_code, answer["Location"]) == (303, "/")
        page = nobodys.get("/", follow=True)
        assert page.context["shell"].person == sam

    def test_leads_back_to_the_page_that_was_asked_for(self, sam: User, nobodys: Client) -> None:
        to_door = nobodys.get("/deals/?status=won")
        assert to_door["Location"] == "/sign-in/?next=%2Fdeals%2F%3Fstatus%3Dwon"
        form = {"email": sam.email, "password": PASSWORD, "next": "/deals/?status=won"}
        assert nobodys.post(DOOR, form)["Location"] == "/deals/?status=won"

    @pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example/", "javascript:x"])
    def test_leads_to_no_other_host(self, sam: User, nobodys: Client, to: str) -> None:
        form = {"email": sam.email, "password": PASSWORD, "next": to}
        assert nobodys.post(DOOR, form)["Location"] == "/"

    def test_keeps_the_address_and_says_why_not(self, sam: User, nobodys: Client) -> None:
        page = nobodys.post(DOOR, {"email": sam.email, "password": "wrong"})
        assert page.status_code == 400
        assert sam.email in page.content.decode()
        assert "wrong, or the account is not active" in page.content.decode()
        assert "wrong" not in page.context["form"].typed.values()

    def test_is_of_one_organization_only(self, sam: User, nobodys: Client, globex: Tenant) -> None:
        nobodys.post(DOOR, {"email": sam.email, "password": PASSWORD})
        nobodys.defaults["SERVER_NAME"] = globex.host
        assert nobodys.get("/deals/").status_code == 302

    def test_needs_a_csrf_token(self, sam: User, acme: Tenant) -> None:
        strict = Client(SERVER_NAME=acme.host, enforce_csrf_checks=True)
        answer = strict.post(DOOR, {"email": sam.email, "password": PASSWORD})
        assert answer.status_code == 403
        assert answer["Content-Type"].startswith("text/html")


class TestRequiredPassword:
    @pytest.fixture
    def challenge(self, sam: User, nobodys: Client) -> str:
        require_password_change(user_id=sam.pk, by=sam.actor, at=utc_now())
        page = nobodys.post(DOOR, {"email": sam.email, "password": PASSWORD})
        assert "Choose a new password" in page.content.decode()
        return str(page.context["form"].typed["challenge"])

    def test_replaces_the_password_before_a_session_opens(
        self, sam: User, nobodys: Client, challenge: str
    ) -> None:
        assert nobodys.get("/deals/").status_code == 302
        form = {"challenge": challenge, "new_password": NEW_PASSWORD}
        answer = nobodys.post("/sign-in/password/", form)
        assert (answer.status_code, answer["Location"]) == (303, DOOR)
        page = nobodys.post(DOOR, {"email": sam.email, "password": NEW_PASSWORD})
        assert page.status_code == 303

    def test_says_at_the_field_why_not(self, nobodys: Client, challenge: str) -> None:
        form = {"challenge": challenge, "new_password": "short"}
        page = nobodys.post("/sign-in/password/", form)
        assert page.status_code == 400
        assert page.context["form"].errors("/new_password")
        assert page.context["form"].typed["challenge"] == challenge

    def test_is_refused_with_a_challenge_of_nobody(self, nobodys: Client) -> None:
        form = {"challenge": "made up", "new_password": NEW_PASSWORD}
        page = nobodys.post("/sign-in/password/", form)
        assert page.status_code == 400
        assert page.context["form"].notice


class TestSecondFactor:
    def test_asks_for_the_code_before_a_session_opens(self, sam: User, nobodys: Client) -> None:
        app = give_app(sam)
        page = nobodys.post(DOOR, {"email": sam.email, "password": PASSWORD, "next": "/deals/"})
        assert "Six digits from your authenticator app" in page.content.decode()
        assert nobodys.get("/deals/").status_code == 302
        given = {**page.context["form"].typed, "code": app.code()}
        assert nobodys.post("/sign-in/code/", given)["Location"] == "/deals/"
        assert nobodys.get("/deals/").status_code == 200

    def test_takes_a_recovery_code_instead(self, sam: User, nobodys: Client) -> None:
        app = give_app(sam)
        page = nobodys.post(DOOR, {"email": sam.email, "password": PASSWORD})
        given = {**page.context["form"].typed, "code": app.recovery_codes[0]}
        assert nobodys.post("/sign-in/code/", given).status_code == 303

    def test_says_why_not_and_can_be_tried_again(self, sam: User, nobodys: Client) -> None:
        app = give_app(sam)
        page = nobodys.post(DOOR, {"email": sam.email, "password": PASSWORD})
        wrong = nobodys.post("/sign-in/code/", {**page.context["form"].typed, "code": "000000"})
        assert wrong.status_code == 400
        assert "The code is wrong" in wrong.content.decode()
        again = {**wrong.context["form"].typed, "code": app.code()}
        assert nobodys.post("/sign-in/code/", again).status_code == 303

    def test_says_what_to_try_after_a_wrong_recovery_code(self, sam: User, nobodys: Client) -> None:
        app = give_app(sam)
        page = nobodys.post(DOOR, {"email": sam.email, "password": PASSWORD})
        typed = page.context["form"].typed
        wrong = nobodys.post("/sign-in/code/", {**typed, "code": "abcd-efgh"})
        assert "This recovery code is wrong or has been used already" in wrong.content.decode()
        short = nobodys.post("/sign-in/code/", {**typed, "code": app.code()[:5]})
        assert "wait for the next one" in short.content.decode()

    def test_is_set_up_at_the_door_once_the_time_is_over(self, vera: User, nobodys: Client) -> None:
        vera.second_factor_asked_at = utc_now() - timedelta(days=30)
        vera.save(update_fields=["second_factor_asked_at"])
        page = nobodys.post(DOOR, {"email": vera.email, "password": PASSWORD})
        assert "Set up a second factor" in page.content.decode()
        offer, typed = page.context["offer"], page.context["form"].typed
        given = {**typed, "setup": offer.setup, "code": "000000"}
        wrong = nobodys.post("/sign-in/second-factor/", given)
        assert wrong.status_code == 400
        assert wrong.context["offer"].secret == offer.secret
        given["code"] = code_at_step(offer.secret, step_of(utc_now()))
        codes = nobodys.post("/sign-in/second-factor/", given)
        assert len(codes.context["codes"]) == 10
        assert codes.context["to"] == "/"
        assert nobodys.get("/queue/").status_code == 200

    def test_may_be_a_passkey_instead(self, vera: User, nobodys: Client, acme: Tenant) -> None:
        vera.second_factor_asked_at = utc_now() - timedelta(days=30)
        vera.save(update_fields=["second_factor_asked_at"])
        page = nobodys.post(DOOR, {"email": vera.email, "password": PASSWORD})
        made = answer_of(Passkey(origin_of(acme)), page.context["question"], make=True)
        codes = nobodys.post("/sign-in/second-factor/", {**page.context["form"].typed, **made})
        assert len(codes.context["codes"]) == 10
        assert nobodys.get("/queue/").status_code == 200


class TestPasskey:
    @pytest.fixture
    def known(self, sam: User, sams: Client, acme: Tenant) -> Passkey:
        """A passkey of Sam's."""
        device = Passkey(origin_of(acme))
        question = sams.get("/account/passkeys/new/").context["question"]
        made = answer_of(device, question, make=True)
        assert sams.post("/account/passkeys/new/", {**made, "name": "Laptop"}).status_code == 200
        return device

    def test_opens_a_session_alone(self, sam: User, nobodys: Client, known: Passkey) -> None:
        given = {**answer_of(known, asked(nobodys)), "next": "/deals/"}
        assert nobodys.post("/sign-in/passkey/", given)["Location"] == "/deals/"
        assert nobodys.get("/deals/").context["shell"].person == sam

    def test_is_good_as_a_second_factor(self, sam: User, nobodys: Client, known: Passkey) -> None:
        page = nobodys.post(DOOR, {"email": sam.email, "password": PASSWORD})
        assert "Use your passkey" in page.content.decode()
        typed = page.context["form"].typed
        given = {**typed, **answer_of(known, asked(nobodys))}
        assert nobodys.post("/sign-in/code/", given).status_code == 303
        assert nobodys.get("/deals/").status_code == 200

    def test_asks_nobody_without_an_app_to_wait_for_a_code(
        self, sam: User, nobodys: Client, known: Passkey
    ) -> None:
        page = nobodys.post(DOOR, {"email": sam.email, "password": PASSWORD})
        for code in ("abcd-efgh", "123456"):
            wrong = nobodys.post("/sign-in/code/", {**page.context["form"].typed, "code": code})
            html = wrong.content.decode()
            assert "This recovery code is wrong or has been used already" in html
            assert "wait for the next one" not in html

    @pytest.mark.parametrize("credential", ["", "{", "{}", "[]", '{"id": 1}', "null"])
    def test_that_is_none_is_refused_in_words(
        self, nobodys: Client, credential: str, acme: Tenant
    ) -> None:
        ceremony = json.loads(asked(nobodys))["ceremony"]
        given = {"ceremony": ceremony, "credential": credential}
        page = nobodys.post("/sign-in/passkey/", given)
        assert page.status_code == 400
        assert page.context["form"].said
        assert nobodys.get("/deals/").status_code == 302

    def test_of_another_place_is_refused(
        self, nobodys: Client, known: Passkey, globex: Tenant
    ) -> None:
        known.origin = origin_of(globex)
        page = nobodys.post("/sign-in/passkey/", answer_of(known, asked(nobodys)))
        assert "does not open this account" in page.content.decode()


class TestSignOut:
    def test_ends_the_session(self, sams: Client) -> None:
        assert sams.get("/deals/").status_code == 200
        assert sams.post("/sign-out/")["Location"] == DOOR
        assert sams.get("/deals/").status_code == 302

    def test_without_a_session_leads_to_the_door(self, acme: Tenant, db: None) -> None:
        assert browser_at(acme).post("/sign-out/")["Location"] == DOOR


@pytest.mark.parametrize("sent", [{}, {"ceremony": "c"}, {"credential": "{}"}])
def test_a_passkey_that_says_nothing_is_told_so(nobodys: Client, sent: dict[str, str]) -> None:
    page = nobodys.post("/sign-in/passkey/", sent)
    form = page.context["form"]
    assert page.status_code == 400
    assert form.notice == "No passkey answered. Try again, or use another way."
    assert form.problems == []
