"""Where the link of a forgotten password leads."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.accounts.services.resets import make_reset_token, send_reset_mail
from tests.cast import PASSWORD
from tests.client import PrsClient, ok

pytestmark = pytest.mark.django_db

PAGE, NEW = "/password/reset/", "an even better one 9"


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
    assert 'name="password"' in page.content.decode()


def test_replaces_the_password_and_signs_nobody_in(
    person: User, browser: Client, anyone: PrsClient
) -> None:
    form = {"token": make_reset_token(person), "password": NEW}
    page = browser.post(PAGE, form)
    assert "replaced" in page.content.decode()
    assert "prs_session" not in browser.cookies
    assert ok(anyone.post("/api/auth/login/", {"email": person.email, "password": NEW}))["access"]


def test_says_what_is_wrong_and_keeps_the_token(person: User, browser: Client) -> None:
    token = make_reset_token(person)
    page = browser.post(PAGE, {"token": token, "password": "short"})
    assert page.status_code == 400
    assert "too short" in page.content.decode()
    assert token in page.content.decode()


def test_takes_a_link_once(person: User, browser: Client) -> None:
    form = {"token": make_reset_token(person), "password": NEW}
    browser.post(PAGE, form)
    assert browser.post(PAGE, {**form, "password": PASSWORD}).status_code == 401


def test_needs_a_csrf_token(person: User, acme: Tenant) -> None:
    strict: Any = Client(SERVER_NAME=acme.host, enforce_csrf_checks=True)
    form = {"token": make_reset_token(person), "password": NEW}
    assert strict.post(PAGE, form).status_code == 403
