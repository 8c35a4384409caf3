"""A forgotten password: asking for the link, and where it leads."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from shared_apps.audit.models import EventRecord
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.accounts.services.resets import make_reset_token, send_reset_mail
from tests.cast import PASSWORD
from tests.client import PrsClient, ok
from tests.factories.accounts import PersonFactory

pytestmark = pytest.mark.django_db

PAGE, NEW = "/password/reset/", "an even better one 9"


@pytest.fixture
def person(acme: Tenant, db: None) -> User:
    """A person of acme with an address that no other test counts failures for."""
    return PersonFactory()


@pytest.fixture
def browser(acme: Tenant, db: None) -> Client:
    """A browser at acme's host."""
    return Client(SERVER_NAME=acme.host)


def test_is_where_the_mail_leads(person: User, browser: Client) -> None:
    send_reset_mail(user_id=person.pk)
    link = next(word for word in mail.outbox[-1].body.split() if word.startswith("http"))
    page = browser.get(link[link.index(PAGE) :])
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert 'name="new_password"' in page.content.decode()


def test_replaces_the_password_and_signs_nobody_in(
    person: User, browser: Client, anyone: PrsClient
) -> None:
    form = {"token": make_reset_token(person), "new_password": NEW}
    page = browser.post(PAGE, form)
    assert (page.status_code, page["Location"]) == (303, "/sign-in/")
    assert "prs_session" not in browser.cookies
    assert ok(anyone.post("/api/auth/login/", {"email": person.email, "password": NEW}))["access"]


def test_says_what_is_wrong_and_keeps_the_token(person: User, browser: Client) -> None:
    token = make_reset_token(person)
    page = browser.post(PAGE, {"token": token, "new_password": "short"})
    assert page.status_code == 400
    assert "too short" in page.content.decode()
    assert token in page.content.decode()


def test_takes_a_link_once(person: User, browser: Client) -> None:
    form = {"token": make_reset_token(person), "new_password": NEW}
    browser.post(PAGE, form)
    for again in (browser.post(PAGE, {**form, "new_password": PASSWORD}), browser.get(PAGE, form)):
        assert again.status_code == 401
        says_where_to_go_on(again.content.decode())


def test_an_earlier_link_goes_on_until_the_password_changes(person: User, browser: Client) -> None:
    earlier, newer = {"token": make_reset_token(person)}, {"token": make_reset_token(person)}
    assert browser.get(PAGE, newer).status_code == browser.get(PAGE, earlier).status_code == 200
    browser.post(PAGE, {**newer, "new_password": NEW})
    page = browser.get(PAGE, earlier)
    assert page.status_code == 401
    assert "the password was changed since" in page.content.decode()
    assert "newer" not in page.content.decode()


def says_where_to_go_on(html: str) -> None:
    assert "This link cannot be used" in html
    assert 'name="new_password"' not in html
    assert 'href="/sign-in/"' in html
    assert 'href="/sign-in/forgotten/"' in html


@pytest.mark.parametrize("token", ["", "x", "a.b.c"])
def test_a_link_that_never_was_says_where_to_go_on(token: str, browser: Client) -> None:
    page = browser.get(PAGE, {"token": token})
    assert page.status_code == 401
    says_where_to_go_on(page.content.decode())


def test_needs_a_csrf_token(person: User, acme: Tenant) -> None:
    strict: Any = Client(SERVER_NAME=acme.host, enforce_csrf_checks=True)
    form = {"token": make_reset_token(person), "new_password": NEW}
    assert strict.post(PAGE, form).status_code == 403


class TestAsking:
    ASK = "/sign-in/forgotten/"

    def test_is_offered_at_the_door(self, browser: Client) -> None:
        assert f'href="{self.ASK}"' in browser.get("/sign-in/").content.decode()
        assert browser.get(self.ASK).status_code == 200

    def test_has_a_link_sent(self, person: User, browser: Client) -> None:
        page = browser.post(self.ASK, {"email": person.email})
        assert "Look into your mail" in page.content.decode()
        asked = EventRecord.objects.get(name="accounts.password_reset_asked")
        assert asked.payload["user_id"] == str(person.pk)

    def test_says_the_same_of_an_unknown_address(self, person: User, browser: Client) -> None:
        pages = [
            browser.post(self.ASK, {"email": email}).content.decode().replace(email, "")
            for email in (person.email, "nobody@acme.example")
        ]
        assert pages[0] == pages[1]

    def test_says_at_the_field_that_there_is_no_address(self, browser: Client) -> None:
        page = browser.post(self.ASK, {"email": ""})
        assert page.status_code == 400
        assert page.context["form"].errors("/email")
