"""A provider, a connection with it, and a browser that goes there and back."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_django import Settings

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.sso.models import Connection
from tenant_apps.sso.services import NewConnection, create_connection, enable_connection
from tests.client import PrsClient
from tests.sso.strict_provider import CLIENT_ID, CLIENT_SECRET, Lies, StrictProvider

CALLBACK = "/sso/callback/"
PLATFORM_HOST = "localhost"


@pytest.fixture(scope="session")
def _strict() -> Iterator[StrictProvider]:
    with StrictProvider().running() as provider:
        yield provider


@pytest.fixture
def provider(_strict: StrictProvider, settings: Settings) -> StrictProvider:
    """The provider, honest until a test says otherwise; its host is one of our own."""
    settings.OUTBOUND_INTERNAL_HOSTS = [_strict.host]
    _strict.lies = Lies()
    _strict.requests.clear()
    return _strict


def new_connection(issuer: str, **changes: Any) -> NewConnection:
    """Return a connection of acme as an owner would enter it."""
    given: dict[str, Any] = {
        "code": "strict",
        "name": "Strict",
        "issuer": issuer,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "allowed_domains": ("acme.example",),
        "default_role": "team_member",
        **changes,
    }
    return NewConnection(**given)


def connect(issuer: str, by: User, **changes: Any) -> Connection:
    """Enter a provider and enable it."""
    made = create_connection(new=new_connection(issuer, **changes), by=by, at=utc_now())
    return enable_connection(connection_id=made.pk, by=by, at=utc_now())


@pytest.fixture
def connection(provider: StrictProvider, olga: User) -> Connection:
    """The connection that acme's owner set up."""
    return connect(provider.issuer, olga)


@pytest.fixture
def browser(acme: Tenant, db: None) -> Client:
    """A browser at acme that nobody has signed in with."""
    return Client(SERVER_NAME=acme.host)


def leave(browser: Client, code: str = "strict", then: str = "") -> str:
    """Press the button; return the address at the provider."""
    answer = browser.get(f"/sign-in/provider/{code}/", {"next": then} if then else {})
    assert answer.status_code == 303, answer.content
    return str(answer["Location"])


def come_back(sent_back: dict[str, str]) -> str:
    """Go from the provider to the platform's host; return the address at the organization."""
    answer = Client(SERVER_NAME=PLATFORM_HOST).get(CALLBACK, sent_back)
    assert answer.status_code == 302, answer.content
    return str(answer["Location"])


def arrive(browser: Client, url: str) -> Any:
    """Go on to the organization with what the platform gave."""
    parts = urlsplit(url)
    assert parts.hostname == browser.defaults["SERVER_NAME"]
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return browser.get(parts.path, query)


def sign_in(browser: Client, provider: StrictProvider, then: str = "", **claims: Any) -> Any:
    """Go all the way; return the last answer."""
    sent_back = provider.answer(leave(browser, then=then), **claims)
    return arrive(browser, come_back(sent_back))


def causes() -> list[str]:
    """Return why people were turned back, the last one last."""
    rows = EventRecord.objects.filter(name="sso.sign_in_refused").order_by("recorded_at", "pk")
    return [row.payload["cause"] for row in rows]


def is_signed_in(browser: Client) -> bool:
    """Return whether the browser has a session here."""
    return bool(browser.get("/api/auth/me/").status_code == 200)


@pytest.fixture
def at_globex(globex: Tenant, db: None) -> PrsClient:
    """A client at the other organization, without a credential."""
    return PrsClient(host=globex.host)
