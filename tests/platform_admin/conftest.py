"""Pat at the platform's host: a browser that passed the door with a second factor."""

from collections.abc import Iterator

import pytest
from django.test import Client

from shared_apps.tenancy.context import Tenant, use_platform
from tenant_apps.accounts.models import User
from tests.accounts.factors import App, give_app
from tests.cast import PASSWORD

HOST = "localhost"
DOOR, CODE = "/sign-in/", "/sign-in/code/"


def platform_browser() -> Client:
    """Return a browser at the platform's host that nobody has signed in with."""
    return Client(SERVER_NAME=HOST)


def pass_door(browser: Client, person: User, app: App, *, to: str = "/console/") -> None:
    """Sign an operator in as people do: password, then the code."""
    page = browser.post(DOOR, {"email": person.email, "password": PASSWORD, "next": to})
    given = {**page.context["form"].typed, "code": app.code()}
    answer = browser.post(CODE, given)
    assert (answer.status_code, answer["Location"]) == (303, to), answer.content


@pytest.fixture
def pat(cast: None, acme: Tenant, db: None) -> Iterator[User]:
    """Pat, who operates the platform; the test works on the platform."""
    with use_platform():
        yield User.objects.get(email="pat@platform.example")


@pytest.fixture
def pats_app(pat: User) -> App:
    """Pat's authenticator app."""
    app = give_app(pat)
    app.code()  # the step before this one: it may be over when the test comes to it
    return app


@pytest.fixture
def pats(pat: User, pats_app: App) -> Client:
    """Pat's browser, at the console."""
    browser = platform_browser()
    pass_door(browser, pat, pats_app)
    return browser


@pytest.fixture
def nobodys(cast: None, acme: Tenant, db: None) -> Client:
    """A browser at the platform's host that nobody has signed in with."""
    return platform_browser()
