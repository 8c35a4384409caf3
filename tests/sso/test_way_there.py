"""The way to the provider and back: how it begins, and the state that goes along."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_django import Settings

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant, use_tenant
from tenant_apps.accounts.models import User
from tenant_apps.sso.models import Connection
from tests.client import PrsClient
from tests.sso.conftest import (
    CALLBACK,
    PLATFORM_HOST,
    causes,
    come_back,
    leave,
)
from tests.sso.strict_provider import StrictProvider

pytestmark = pytest.mark.django_db


class TestBeginning:
    def test_leads_to_one_address_of_the_platform(
        self, browser: Client, provider: StrictProvider, connection: Connection
    ) -> None:
        assert "redirect_uri=http%3A%2F%2Flocalhost%3A8000%2Fsso%2Fcallback%2F" in leave(browser)

    def test_asks_nobody_and_writes_nothing(
        self, browser: Client, provider: StrictProvider, connection: Connection
    ) -> None:
        provider.requests.clear()
        before = EventRecord.objects.count()
        leave(browser)
        assert provider.requests == []
        assert EventRecord.objects.count() == before

    def test_is_limited_per_address(
        self, browser: Client, connection: Connection, settings: Settings
    ) -> None:
        settings.SSO_STARTS_PER_ADDRESS = 2
        statuses = [
            browser.get("/sign-in/provider/strict/", REMOTE_ADDR="203.0.113.77").status_code
            for _ in range(3)
        ]
        assert statuses == [303, 303, 429]

    def test_is_offered_on_the_sign_in_page(self, browser: Client, connection: Connection) -> None:
        page = browser.get("/sign-in/?next=/deals/").content.decode()
        assert "Sign in with Strict" in page
        assert "/sign-in/provider/strict/?next=%2Fdeals%2F" in page

    def test_is_offered_by_the_api(self, anyone: PrsClient, connection: Connection) -> None:
        (offer,) = anyone.get("/api/auth/sso/").json()["data"]["results"]
        assert offer == {
            "code": "strict",
            "name": "Strict",
            "url": "/sign-in/provider/strict/",
            "is_required": False,
        }

    def test_is_of_this_organization(
        self, connection: Connection, at_globex: PrsClient, globex: Tenant
    ) -> None:
        assert at_globex.get("/api/auth/sso/").json()["data"]["results"] == []
        assert at_globex.get("/sign-in/provider/strict/").status_code == 404
        with use_tenant(globex):
            assert not Connection.objects.exists()


class TestTheState:
    def test_is_good_once(
        self, sam: User, browser: Client, provider: StrictProvider, connection: Connection
    ) -> None:
        url = leave(browser)
        come_back(provider.answer(url, sub="s-1", email=sam.email))
        again = come_back(provider.answer(url, sub="s-1", email=sam.email))
        assert "code=" not in again
        assert causes() == ["state_used_before"]

    @pytest.mark.parametrize("state", ["", "nonsense", "f1.abc.def", None])
    def test_that_is_not_ours_is_refused_at_the_platform(
        self,
        state: str | None,
        sam: User,
        browser: Client,
        provider: StrictProvider,
        connection: Connection,
    ) -> None:
        sent_back = provider.answer(leave(browser), sub="s-1", email=sam.email)
        if state is None:  # one letter is not what we wrote
            text = sent_back["state"]
            state = text[:-20] + ("A" if text[-20] != "A" else "B") + text[-19:]
        answer = Client(SERVER_NAME=PLATFORM_HOST).get(CALLBACK, {**sent_back, "state": state})
        assert answer.status_code == 400
        assert "Location" not in answer
        assert "begin again" in answer.content.decode()

    def test_expires(
        self,
        sam: User,
        browser: Client,
        provider: StrictProvider,
        connection: Connection,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("tenant_apps.sso.state.GOOD_FOR", timedelta(seconds=-1))
        sent_back = provider.answer(leave(browser), sub="s-1", email=sam.email)
        answer = Client(SERVER_NAME=PLATFORM_HOST).get(CALLBACK, sent_back)
        assert answer.status_code == 400

    def test_hides_what_only_we_may_know(
        self, browser: Client, connection: Connection, acme: Tenant
    ) -> None:
        from tenant_apps.sso.state import read_state  # noqa: PLC0415

        url = leave(browser)
        (text,) = parse_qs(urlsplit(url).query)["state"]
        state = read_state(text, at=utc_now())
        assert state.organization_id == acme.id
        assert state.verifier not in url
        assert browser.cookies["prs_provider"].value not in url

    def test_of_another_organization_does_not_find_its_way(
        self,
        olga: User,
        browser: Client,
        provider: StrictProvider,
        connection: Connection,
        globex: Tenant,
    ) -> None:
        from tenant_apps.sso.state import new_state, write_state  # noqa: PLC0415

        state = new_state(
            organization_id=globex.id,
            connection_id=connection.pk,
            binding="x",
            then="",
            at=utc_now(),
        )
        sent_back = {"code": "any", "state": write_state(state)}
        answer = Client(SERVER_NAME=PLATFORM_HOST).get(CALLBACK, sent_back)
        assert answer.status_code == 404
