"""The whole way with a provider of other people, in a process of its own."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.test import Client
from pytest_django import Settings

from shared_apps.kernel.clock import utc_now
from tenant_apps.accounts.models import SignIn, User
from tenant_apps.accounts.selectors import find_person_by_email
from tenant_apps.sso.services import create_connection, enable_connection
from tests.sso.conftest import arrive, come_back, is_signed_in, leave, new_connection
from tests.sso.provider_process import know, provider_process

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """Start the provider; return how it calls itself."""
    with provider_process() as url:
        yield url


@pytest.fixture
def connected(issuer: str, olga: User, settings: Settings) -> str:
    """Connect acme with the provider; return its issuer."""
    settings.OUTBOUND_INTERNAL_HOSTS = [issuer.removeprefix("http://")]
    made = create_connection(new=new_connection(issuer), by=olga, at=utc_now())
    enable_connection(connection_id=made.pk, by=olga, at=utc_now())
    return issuer


def agree(url: str, subject: str) -> dict[str, str]:
    """Sign in at the provider as this subject; return what the browser is sent back with."""
    form = httpx.get(url)
    assert form.status_code == 200, form.text
    answer = httpx.post(url, data={"sub": subject})
    assert answer.status_code == 302, answer.text
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {name: values[0] for name, values in query.items()}


def test_a_person_goes_there_and_comes_back_signed_in(
    connected: str, sam: User, browser: Client
) -> None:
    know(connected, "sam", email=sam.email, email_verified=True)
    answer = arrive(browser, come_back(agree(leave(browser, then="/deals/"), "sam")))
    assert (answer.status_code, answer["Location"]) == (303, "/deals/")
    assert is_signed_in(browser)
    assert SignIn.objects.filter(user=sam).latest("started_at").proofs == "sso"


def test_a_newcomer_is_entered(connected: str, browser: Client) -> None:
    know(connected, "nina", email="nina@acme.example", email_verified=True, name="Nina New")
    arrive(browser, come_back(agree(leave(browser), "nina")))
    assert is_signed_in(browser)
    nina = find_person_by_email("nina@acme.example")
    assert nina is not None
    assert nina.full_name == "Nina New"


def test_an_address_that_is_not_verified_stays_outside(connected: str, browser: Client) -> None:
    know(connected, "eve", email="eve@acme.example")
    page = arrive(browser, come_back(agree(leave(browser), "eve")))
    assert page.status_code == 200
    assert not is_signed_in(browser)


def test_a_person_who_says_no_there_is_told_so_here(connected: str, browser: Client) -> None:
    url = leave(browser)
    denied = httpx.post(url, data={"action": "deny"})
    query = parse_qs(urlsplit(denied.headers["Location"]).query)
    state = parse_qs(urlsplit(url).query)["state"][0]
    page = arrive(browser, come_back({"error": query["error"][0], "state": state}))
    assert "did not let you in" in page.content.decode()
