"""The browser's session: host-only, guarded by CSRF, ended with its sign-in."""

import pytest

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import SignIn, User
from tenant_apps.accounts.services import suspend_person
from tests.cast import PASSWORD, STAGEHAND
from tests.client import PrsClient, error, ok

pytestmark = pytest.mark.django_db

ME = "/api/auth/me/"


@pytest.fixture
def browser(person: User, acme: Tenant) -> PrsClient:
    """A browser that checks what a browser checks, signed in."""
    client = PrsClient(host=acme.host)
    client.handler.enforce_csrf_checks = True
    given = {"email": person.email, "password": PASSWORD, "session": True}
    assert ok(client.post("/api/auth/login/", given))["status"] == "signed_in"
    return client


def csrf_of(browser: PrsClient) -> dict[str, str]:
    return {"X-CSRFToken": browser.cookies["prs_csrf"].value}


def test_opens_the_api_without_a_token(browser: PrsClient, person: User) -> None:
    assert ok(browser.get(ME))["email"] == person.email
    assert SignIn.objects.get(user=person).kind == "browser"


def test_belongs_to_this_very_host(browser: PrsClient) -> None:
    cookie = browser.cookies["prs_session"]
    assert cookie["domain"] == ""
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert browser.cookies["prs_csrf"]["domain"] == ""


def test_refuses_a_change_without_the_csrf_token(browser: PrsClient, person: User) -> None:
    refusal = error(browser.patch(ME, {"first_name": "Forged"}, version=1), 403)
    assert refusal["code"] == "permission_denied"
    person.refresh_from_db()
    assert person.first_name != "Forged"


def test_takes_a_change_with_the_csrf_token(browser: PrsClient) -> None:
    answer = browser.patch(ME, {"first_name": "Fine"}, version=1, headers=csrf_of(browser))
    assert ok(answer)["first_name"] == "Fine"


def test_gets_a_new_key_at_each_sign_in(browser: PrsClient, person: User) -> None:
    before = browser.cookies["prs_session"].value
    given = {"email": person.email, "password": PASSWORD, "session": True}
    ok(browser.post("/api/auth/login/", given))
    assert browser.cookies["prs_session"].value != before


def test_ends_with_signing_out(browser: PrsClient) -> None:
    kept = browser.cookies["prs_session"].value
    ok(browser.post("/api/auth/logout/", headers=csrf_of(browser)), 204)
    browser.cookies["prs_session"] = kept
    error(browser.get(ME), 401)


def test_ends_with_the_persons_suspension(browser: PrsClient, person: User) -> None:
    suspend_person(user_id=person.pk, by=STAGEHAND, at=utc_now())
    error(browser.get(ME), 401)


def test_is_not_opened_unless_asked_for(person: User, anyone: PrsClient) -> None:
    ok(anyone.post("/api/auth/login/", {"email": person.email, "password": PASSWORD}))
    assert "prs_session" not in anyone.cookies
