"""Who gets to the console: operators who proved a second factor, at the platform's host."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver

from shared_apps.kernel.clock import utc_now
from shared_apps.platform_admin.console import urls
from shared_apps.tenancy.context import Tenant, use_platform
from tenant_apps.accounts.models import SignIn, User
from tenant_apps.accounts.services import NewPerson, create_operator, suspend_person
from tenant_apps.accounts.totp import code_at_step, step_of
from tests.access.test_route_permissions import example_of
from tests.accounts.factors import App
from tests.cast import PASSWORD, STAGEHAND
from tests.platform_admin.conftest import DOOR, pass_door, platform_browser
from tests.portal.conftest import signed_in


def addresses() -> list[str]:
    """Return every address of the console: our own pages, and Django's."""
    own = [f"/console/{each.pattern}" for each in urls.urlpatterns]
    return own + list(_walk(urls.SITE[0], "/console/"))


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> list[str]:
    found = []
    for pattern in patterns:
        path = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            found += _walk(list(pattern.url_patterns), path)
        elif "(?P" not in path:
            found.append(path)
    return found


ADDRESSES = [example_of(path) for path in addresses()]
OPEN = {"/console/login/", "/console/logout/"}


def test_the_console_has_pages() -> None:
    assert len(ADDRESSES) > 25


@pytest.mark.parametrize("address", ADDRESSES)
class TestEveryPage:
    def test_leads_strangers_to_the_door(self, nobodys: Client, address: str) -> None:
        for method in (nobodys.get, nobodys.post):
            answer = method(address)
            assert answer.status_code == 302, answer
            assert answer["Location"].startswith(("/console/login/", DOOR)) or address in OPEN

    def test_is_not_there_at_an_organization(self, sam: User, acme: Tenant, address: str) -> None:
        for browser in (signed_in(sam, acme), Client(SERVER_NAME=acme.host)):
            assert browser.get(address).status_code == 404
            assert browser.post(address).status_code == 404


class TestPeopleOfAnOrganization:
    def test_have_no_account_here(self, sam: User, nobodys: Client) -> None:
        answer = nobodys.post(DOOR, {"email": sam.email, "password": PASSWORD})
        assert answer.status_code == 400
        assert "prs_session" not in nobodys.cookies

    def test_bring_no_session_along(self, sam: User, acme: Tenant) -> None:
        browser = signed_in(sam, acme)
        browser.defaults["SERVER_NAME"] = "localhost"
        assert browser.get("/console/").status_code == 302


class TestOperators:
    def test_never_come_without_a_second_factor(self, pat: User, nobodys: Client) -> None:
        page = nobodys.post(DOOR, {"email": pat.email, "password": PASSWORD})
        assert "Set up a second factor" in page.content.decode()
        assert nobodys.get("/console/").status_code == 302
        offer, typed = page.context["offer"], page.context["form"].typed
        given = {**typed, "setup": offer.setup}
        given["code"] = code_at_step(offer.secret, step_of(utc_now()))
        assert len(nobodys.post("/sign-in/second-factor/", given).context["codes"]) == 10

    def test_a_session_without_the_factor_opens_nothing(self, pat: User, pats: Client) -> None:
        SignIn.objects.filter(user=pat).update(proofs="password")
        assert pats.get("/console/").status_code == 302

    def test_reach_the_page_that_they_asked_for(self, pat: User, pats_app: App) -> None:
        browser = platform_browser()
        login = browser.get("/console/jobs/", follow=False)["Location"]
        assert login == "/console/login/?next=/console/jobs/"
        assert browser.get(login)["Location"] == f"{DOOR}?next=%2Fconsole%2Fjobs%2F"
        pass_door(browser, pat, pats_app, to="/console/jobs/")
        assert browser.get("/console/jobs/").status_code == 200

    def test_are_out_at_once_when_suspended(self, pat: User, pats: Client) -> None:
        suspend_person(user_id=pat.pk, by=STAGEHAND, at=utc_now())
        assert pats.get("/console/").status_code == 302

    def test_sign_out(self, pats: Client) -> None:
        assert pats.get("/console/").status_code == 200
        assert pats.post("/console/logout/")["Location"] == DOOR
        assert pats.get("/console/").status_code == 302

    def test_are_nobody_at_an_organization(self, pat: User, pats: Client, acme: Tenant) -> None:
        pats.defaults["SERVER_NAME"] = acme.host
        answer = pats.get("/dashboard/")
        assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=%2Fdashboard%2F")
        answer = pats.post(DOOR, {"email": pat.email, "password": PASSWORD})
        assert answer.status_code == 400

    def test_have_their_failures_counted(self, pat: User, nobodys: Client) -> None:
        new = NewPerson(email=f"{uuid4().hex}@platform.example")
        other = create_operator(new=new, password=PASSWORD, by=STAGEHAND, at=utc_now())
        given = {"email": other.email, "password": "wrong"}
        for _ in range(settings.SIGN_IN_MAX_FAILURES):
            assert nobodys.post(DOOR, given).status_code == 400
        page = nobodys.post(DOOR, {**given, "password": PASSWORD})
        assert "Too many failed sign-ins" in page.content.decode()


class TestPolicy:
    def test_gives_up_no_more_than_evaluating_text(self, pats: Client) -> None:
        for address in ("/console/", "/console/organizations/organization/", "/console/jobs/"):
            policy = pats.get(address)["Content-Security-Policy"]
            assert policy.count("unsafe") == 1
            assert "script-src 'self' 'unsafe-eval';" in policy
            assert "style-src 'self';" in policy

    @pytest.mark.parametrize("address", [one for one in ADDRESSES if "dead" not in one])
    def test_needs_no_inline_script_or_style(self, pats: Client, address: str) -> None:
        html = pats.get(address).content.decode()
        assert "<style" not in html
        assert " style=" not in html
        assert "<script>" not in html
        assert " onclick=" not in html

    def test_leaves_the_door_under_the_strict_one(self, nobodys: Client) -> None:
        assert "unsafe" not in nobodys.get(DOOR)["Content-Security-Policy"]


def test_an_old_proof_is_asked_for_again(pat: User, pats: Client, acme: Tenant) -> None:
    address = f"/console/organizations/organization/{acme.id}/step/suspend/"
    assert "code" not in pats.get(address).context["form"].fields
    with use_platform():
        SignIn.objects.filter(user=pat).update(proved_at=utc_now() - timedelta(hours=1))
    assert "code" in pats.get(address).context["form"].fields
    refused = pats.post(address, {"reason": "no invoice was paid", "code": "000000"})
    assert refused.status_code == 400
    assert refused.context["form"].errors["code"]
