"""People at the portal: a browser that keeps its cookies, signed in or not."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from django.test import Client

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant, use_tenant
from shared_apps.tenancy.directory import get_directory
from tenant_apps.accounts.browser_sessions import AUDIENCE, KEY_VERSION, SIGN_IN
from tenant_apps.accounts.models import SignInKind, User
from tenant_apps.accounts.services import open_sign_in
from tenant_apps.accounts.tokens import current_audience, current_key_version

Browsers = Callable[[User], Client]


def browser_at(tenant: Tenant) -> Client:
    """Return a browser at an organization's host, without a session."""
    return Client(SERVER_NAME=tenant.host, enforce_csrf_checks=False)


def signed_in(person: User, tenant: Tenant) -> Client:
    """Return a browser with a session of the person, without the door's hash."""
    browser = browser_at(tenant)
    with use_tenant(tenant):
        at = utc_now()
        opened = open_sign_in(person=person, kind=SignInKind.BROWSER, user_agent="tests", at=at)
        session = browser.session
        session[AUDIENCE], session[KEY_VERSION] = current_audience(), current_key_version()
        session[SIGN_IN] = str(opened.pk)
        session.save()
    return browser


def key_of(number: int) -> str:
    """Return the key of a filling-in of a form, as its page would give it."""
    return str(UUID(int=number))


@pytest.fixture
def browser_of(acme: Tenant) -> Browsers:
    """Return a function that opens the browser of a person of acme."""

    def open_browser(person: User) -> Client:
        return signed_in(person, acme)

    return open_browser


@pytest.fixture
def sams(sam: User, browser_of: Browsers) -> Client:
    """Sam's browser."""
    return browser_of(sam)


@pytest.fixture
def veras(vera: User, browser_of: Browsers) -> Client:
    """Vera's browser."""
    return browser_of(vera)


@pytest.fixture
def nobodys(acme: Tenant, db: None) -> Client:
    """A browser at acme that nobody has signed in with."""
    return browser_at(acme)


@pytest.fixture
def mallorys(mallory: User, globex: Tenant) -> Client:
    """Mallory's browser, at globex."""
    return signed_in(mallory, globex)


@pytest.fixture
def forgets_changes() -> Iterator[None]:
    """Let nobody read afterwards what a test has changed of its organization: it is rolled back."""
    yield
    get_directory().forget()
