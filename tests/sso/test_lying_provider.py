"""A provider whose word is wrong, forged or missing turns people back."""

import pytest
from django.test import Client

from shared_apps.kernel.clock import utc_now
from tenant_apps.accounts.models import User
from tenant_apps.sso.models import Connection
from tenant_apps.sso.services import disable_connection
from tests.sso.conftest import (
    arrive,
    causes,
    come_back,
    is_signed_in,
    leave,
    sign_in,
)
from tests.sso.strict_provider import StrictProvider

pytestmark = pytest.mark.django_db


class TestTheProvider:
    @pytest.mark.parametrize(
        ("claims", "cause"),
        [
            ({"nonce": "another"}, "wrong_nonce"),
            ({"aud": "somebody-else"}, "wrong_audience"),
            ({"aud": ["prs", "other"], "azp": "other"}, "wrong_audience"),
            ({"iss": "https://evil.example"}, "wrong_issuer"),
            ({"exp": 1_700_000_000}, "expired"),
            ({"iat": 9_999_999_999}, "bad_token"),
        ],
        ids=str,
    )
    def test_is_refused_when_its_token_says_the_wrong_thing(
        self,
        claims: dict[str, object],
        cause: str,
        sam: User,
        browser: Client,
        provider: StrictProvider,
        connection: Connection,
    ) -> None:
        provider.lies.claims = claims
        page = sign_in(browser, provider, sub="s-1", email=sam.email)
        assert page.status_code == 200
        assert not is_signed_in(browser)
        assert causes() == [cause]

    @pytest.mark.parametrize("name", ["nonce", "aud", "iss", "exp", "iat", "sub"])
    def test_is_refused_when_its_token_says_too_little(
        self,
        name: str,
        sam: User,
        browser: Client,
        provider: StrictProvider,
        connection: Connection,
    ) -> None:
        provider.lies.without = (name,)
        sign_in(browser, provider, sub="s-1", email=sam.email)
        assert not is_signed_in(browser)
        assert len(causes()) == 1

    @pytest.mark.parametrize(
        ("key", "algorithm"), [("hidden", "RS256"), ("shown", "none"), ("shown", "HS256")]
    )
    def test_is_refused_when_it_did_not_sign(
        self,
        key: str,
        algorithm: str,
        sam: User,
        browser: Client,
        provider: StrictProvider,
        connection: Connection,
    ) -> None:
        provider.lies.key, provider.lies.algorithm = key, algorithm
        sign_in(browser, provider, sub="s-1", email=sam.email)
        assert not is_signed_in(browser)
        assert causes() == ["bad_token"]

    def test_is_refused_when_it_calls_itself_another(
        self, sam: User, browser: Client, provider: StrictProvider, connection: Connection
    ) -> None:
        provider.lies.description = {"issuer": "https://evil.example"}
        sign_in(browser, provider, sub="s-1", email=sam.email)
        assert causes() == ["wrong_issuer"]

    def test_that_says_no_turns_people_back(
        self, browser: Client, provider: StrictProvider, connection: Connection
    ) -> None:
        state = provider.answer(leave(browser), sub="s-1")["state"]
        page = arrive(browser, come_back({"error": "access_denied", "state": state}))
        assert page.status_code == 200
        assert causes() == ["provider_said_no"]
        assert "/token" not in provider.requests

    def test_whose_secret_lost_its_key_turns_people_back(
        self,
        sam: User,
        browser: Client,
        provider: StrictProvider,
        connection: Connection,
    ) -> None:
        Connection.objects.update(sealed_secret="f1.deadbeef.gAAAAA")
        sign_in(browser, provider, sub="s-1", email=sam.email)
        assert causes() == ["secret_unreadable"]

    def test_that_knows_no_such_code_turns_people_back(
        self, browser: Client, provider: StrictProvider, connection: Connection
    ) -> None:
        state = provider.answer(leave(browser), sub="s-1")["state"]
        come_back({"code": "made-up", "state": state})
        assert causes() == ["code_refused"]

    def test_that_was_disabled_on_the_way_is_not_even_asked(
        self,
        olga: User,
        sam: User,
        browser: Client,
        provider: StrictProvider,
        connection: Connection,
    ) -> None:
        sent_back = provider.answer(leave(browser), sub="s-1", email=sam.email)
        disable_connection(connection_id=connection.pk, by=olga, at=utc_now())
        provider.requests.clear()
        come_back(sent_back)
        assert causes() == ["connection_disabled"]
        assert provider.requests == []
        assert browser.get("/sign-in/provider/strict/").status_code == 404
