"""Operators let each other in by a link, and keep each other out."""

import io
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant, use_platform
from tenant_apps.accounts.models import PersonStatus, User
from tenant_apps.accounts.services import NewPerson, create_operator, invite_operator
from tenant_apps.accounts.totp import code_at_step, step_of
from tests.cast import PASSWORD, STAGEHAND
from tests.platform_admin.conftest import platform_browser

GIVEN = {"first_name": "Quinn", "last_name": "Quick", "email": "quinn@platform.example"}
OPERATORS = "/console/accounts/user/"


@pytest.fixture
def other(pat: User) -> User:
    """Another operator."""
    new = NewPerson(email="olli@platform.example", first_name="Olli", last_name="Other")
    return create_operator(new=new, password=PASSWORD, by=STAGEHAND, at=utc_now())


def path_of(link: str) -> str:
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}"


class TestLink:
    def test_of_the_console_leads_through_the_door(self, pats: Client, pat: User) -> None:
        page = pats.post(f"{OPERATORS}new/", {**GIVEN, "reason": "Second shift"})
        link = page.context["link"]
        quinn = User.objects.get(email=GIVEN["email"])
        event = EventRecord.objects.get(subject_id=quinn.pk)
        assert (event.actor_id, event.reason) == (str(pat.pk), "Second shift")

        browser = platform_browser()
        assert "Welcome, Quinn Quick" in browser.get(path_of(link)).content.decode()
        (token,) = parse_qs(urlsplit(link).query)["token"]
        step = browser.post("/welcome/", {"token": token, "password": PASSWORD})
        assert "Set up a second factor" in step.content.decode()
        assert browser.get("/console/").status_code == 302
        offer, typed = step.context["offer"], step.context["form"].typed
        code = code_at_step(offer.secret, step_of(utc_now()))
        given = {**typed, "setup": offer.setup, "code": code}
        assert len(browser.post("/sign-in/second-factor/", given).context["codes"]) == 10

    def test_is_good_once(self, pat: User) -> None:
        link = link_of(GIVEN["email"])
        (token,) = parse_qs(urlsplit(link).query)["token"]
        browser = platform_browser()
        assert browser.post("/welcome/", {"token": token, "password": PASSWORD}).status_code == 200
        assert browser.post("/welcome/", {"token": token, "password": PASSWORD}).status_code == 401
        page = browser.get(path_of(link))
        assert page.status_code == 401
        assert "It was used already" in page.content.decode()

    def test_is_of_the_platform_alone(self, pat: User, acme: Tenant) -> None:
        link = link_of(GIVEN["email"])
        assert Client(SERVER_NAME=acme.host).get(path_of(link)).status_code == 401

    def test_of_nobody_says_so(self, nobodys: Client) -> None:
        assert nobodys.get("/welcome/?token=made-up").status_code == 401


def link_of(email: str) -> str:
    out = io.StringIO()
    call_command("create_super_admin", "--email", email, "--link", stdout=out)
    return next(line for line in out.getvalue().splitlines() if line.startswith("http"))


class TestCommand:
    def test_takes_one_way_or_the_other(self, pat: User) -> None:
        with pytest.raises(CommandError):
            call_command("create_super_admin", "--email", "x@y.z", "--link", "--password-stdin")

    def test_refuses_an_address_that_is_taken(self, pat: User) -> None:
        with pytest.raises(CommandError) as refusal:
            call_command("create_super_admin", "--email", pat.email, "--link")
        assert refusal.value.returncode == 2


class TestSuspending:
    def test_ends_every_sign_in_and_is_written_down(
        self, pats: Client, pat: User, other: User
    ) -> None:
        answer = pats.post(f"{OPERATORS}{other.pk}/step/suspend/", {"reason": "Left us"})
        assert answer.status_code == 303
        other.refresh_from_db()
        assert other.status == PersonStatus.SUSPENDED
        event = EventRecord.objects.filter(subject_id=other.pk).latest("recorded_at", "id")
        assert (event.actor_id, event.reason) == (str(pat.pk), "Left us")
        pats.post(f"{OPERATORS}{other.pk}/step/reactivate/", {"reason": "Came back"})
        other.refresh_from_db()
        assert other.status == PersonStatus.ACTIVE

    def test_is_refused_for_oneself(self, pats: Client, pat: User) -> None:
        page = pats.post(f"{OPERATORS}{pat.pk}/step/suspend/", {"reason": "Tired"})
        assert page.status_code == 400
        assert "nobody suspends themselves" in page.content.decode()


def test_an_operator_is_made_on_the_platform_alone(acme: Tenant) -> None:
    with pytest.raises(RuntimeError):
        invite_operator(new=NewPerson(email="x@y.example"), by=STAGEHAND, at=utc_now(), reason="")
    with use_platform():
        assert not User.objects.filter(email="x@y.example").exists()
