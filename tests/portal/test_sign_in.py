"""The door in a browser."""

from datetime import timedelta

import pytest
from django.test import Client

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.accounts.services import require_password_change
from tenant_apps.accounts.totp import code_at_step, step_of
from tests.accounts.factors import give_app
from tests.cast import PASSWORD
from tests.portal.conftest import browser_at

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

    def test_is_set_up_at_the_door_once_the_time_is_over(self, vera: User, nobodys: Client) -> None:
        vera.second_factor_asked_at = utc_now() - timedelta(days=30)
        vera.save(update_fields=["second_factor_asked_at"])
        page = nobodys.post(DOOR, {"email": vera.email, "password": PASSWORD})
        assert "Set up a second factor" in page.content.decode()
        offer, typed = page.context["offer"], page.context["form"].typed
        given = {**typed, "setup": offer.setup, "code": "000000"}
        assert nobodys.post("/sign-in/second-factor/", given).status_code == 400
        given["code"] = code_at_step(offer.secret, step_of(utc_now()))
        codes = nobodys.post("/sign-in/second-factor/", given)
        assert len(codes.context["codes"]) == 10
        assert nobodys.get("/queue/").status_code == 302


class TestSignOut:
    def test_ends_the_session(self, sams: Client) -> None:
        assert sams.get("/deals/").status_code == 200
        assert sams.post("/sign-out/")["Location"] == DOOR
        assert sams.get("/deals/").status_code == 302

    def test_without_a_session_leads_to_the_door(self, acme: Tenant, db: None) -> None:
        assert browser_at(acme).post("/sign-out/")["Location"] == DOOR
