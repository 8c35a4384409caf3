"""Whoever comes by the provider's word and sets up a second factor has proved no password."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import SignIn, User
from tenant_apps.accounts.totp import code_at_step, step_of
from tenant_apps.sso.models import Connection
from tests.accounts.factors import enrol
from tests.cast import PASSWORD
from tests.client import PrsClient, ok
from tests.sso.conftest import is_signed_in, sign_in
from tests.sso.rows import require
from tests.sso.strict_provider import StrictProvider

pytestmark = pytest.mark.django_db

ME = "/api/auth/me/"


@pytest.fixture
def vera(vera: User) -> User:
    """A verifier whose days of grace are over."""
    vera.second_factor_asked_at = utc_now() - timedelta(days=8)
    vera.save(update_fields=["second_factor_asked_at"])
    return vera


@pytest.fixture(params=["offered", "required"])
def trusted(request: pytest.FixtureRequest, connection: Connection, olga: User) -> str:
    """A provider that people may use, or must."""
    if request.param == "required":
        require(connection, olga)
    return str(request.param)


def set_up(browser: Client, page: Any) -> Any:
    """Send the first code of the app that the page offers; return the next page."""
    offer, challenge = page.context["offer"], page.context["form"].typed["challenge"]
    code = code_at_step(offer.secret, step_of(utc_now()))
    typed = {"challenge": challenge, "setup": offer.setup, "code": code, "next": "/deals/"}
    return browser.post("/sign-in/second-factor/", typed)


def latest(person: User) -> SignIn:
    return SignIn.objects.filter(user=person).latest("started_at")


@pytest.mark.usefixtures("trusted")
class TestInABrowser:
    def test_opens_the_door_with_what_was_proved(
        self, vera: User, browser: Client, provider: StrictProvider
    ) -> None:
        page = sign_in(browser, provider, sub="v-1", email=vera.email)
        assert "Set up a second factor" in page.content.decode()
        assert not is_signed_in(browser)
        shown = set_up(browser, page)
        assert shown.status_code == 200
        assert len(shown.context["codes"]) == 10
        assert shown.context["to"] == "/deals/"
        assert is_signed_in(browser)
        assert (latest(vera).proofs, latest(vera).kind) == ("totp+sso", "browser")


@pytest.mark.usefixtures("trusted")
def test_opens_the_door_to_programs_with_what_was_proved(
    vera: User, browser: Client, provider: StrictProvider, anyone: PrsClient
) -> None:
    page = sign_in(browser, provider, sub="v-1", email=vera.email)
    answer = enrol(anyone, page.context["form"].typed["challenge"])
    assert len(answer["recovery_codes"]) == 10
    assert answer["sign_in"]["status"] == "signed_in"
    assert latest(vera).proofs == "totp+sso"


class TestAProviderThatIsRequiredMeanwhile:
    """A password was proved before; it opens nothing any more, but the codes are shown."""

    @pytest.fixture
    def challenge(self, vera: User, anyone: PrsClient) -> str:
        given = {"email": vera.email, "password": PASSWORD}
        return str(ok(anyone.post("/api/auth/login/", given), 200)["challenge"])

    def test_shows_programs_the_codes(
        self, challenge: str, anyone: PrsClient, connection: Connection, olga: User
    ) -> None:
        require(connection, olga)
        answer = enrol(anyone, challenge)
        assert len(answer["recovery_codes"]) == 10
        assert answer["sign_in"] is None

    def test_shows_people_the_codes_and_the_way_to_the_provider(
        self, vera: User, browser: Client, connection: Connection, olga: User
    ) -> None:
        page = browser.post("/sign-in/", {"email": vera.email, "password": PASSWORD})
        require(connection, olga)
        shown = set_up(browser, page)
        assert shown.status_code == 200
        assert len(shown.context["codes"]) == 10
        assert shown.context["to"] == "/sign-in/"
        assert not is_signed_in(browser)
        assert not SignIn.objects.filter(user=vera).exists()


def test_a_challenge_that_says_no_proofs_stands_for_a_password(
    vera: User, anyone: PrsClient, acme: Tenant
) -> None:
    """So those of the release before were, which are good for some minutes yet."""
    from tenant_apps.accounts.tokens import EnrolmentChallenge, make_token  # noqa: PLC0415

    challenge = make_token(EnrolmentChallenge, vera, kind="token")
    enrol(anyone, str(challenge))
    assert latest(vera).proofs == "password+totp"
