"""The provider's word at the one door: what it opens, and what it does not."""

from datetime import timedelta

import pytest
from django.test import Client

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.accounts.services import (
    suspend_person,
)
from tenant_apps.sso.models import Connection
from tests.cast import STAGEHAND
from tests.sso.conftest import (
    arrive,
    come_back,
    is_signed_in,
    leave,
    sign_in,
)
from tests.sso.strict_provider import StrictProvider

pytestmark = pytest.mark.django_db


class TestTheDoor:
    def test_refuses_suspended_people(
        self, sam: User, browser: Client, provider: StrictProvider, connection: Connection
    ) -> None:
        suspend_person(user_id=sam.pk, by=STAGEHAND, at=utc_now())
        page = sign_in(browser, provider, sub="s-1", email=sam.email)
        assert page.status_code == 400
        assert not is_signed_in(browser)

    def test_refuses_people_who_are_suspended_on_the_way(
        self, sam: User, browser: Client, provider: StrictProvider, connection: Connection
    ) -> None:
        url = come_back(provider.answer(leave(browser), sub="s-1", email=sam.email))
        suspend_person(user_id=sam.pk, by=STAGEHAND, at=utc_now())
        assert arrive(browser, url).status_code == 400
        assert not is_signed_in(browser)

    def test_takes_a_code_once(
        self, sam: User, browser: Client, provider: StrictProvider, connection: Connection
    ) -> None:
        url = come_back(provider.answer(leave(browser), sub="s-1", email=sam.email))
        cookie = browser.cookies["prs_provider"].value
        assert arrive(browser, url).status_code == 303
        again = Client(SERVER_NAME=browser.defaults["SERVER_NAME"])
        again.cookies["prs_provider"] = cookie
        assert arrive(again, url).status_code == 400
        assert not is_signed_in(again)

    def test_takes_a_code_only_in_the_browser_that_left(
        self, sam: User, browser: Client, provider: StrictProvider, connection: Connection
    ) -> None:
        url = come_back(provider.answer(leave(browser), sub="s-1", email=sam.email))
        victim = Client(SERVER_NAME=browser.defaults["SERVER_NAME"])
        assert arrive(victim, url).status_code == 400
        leave(victim)
        assert arrive(victim, url).status_code == 400
        assert not is_signed_in(victim)

    def test_takes_no_code_of_another_organization(
        self,
        sam: User,
        browser: Client,
        provider: StrictProvider,
        connection: Connection,
        globex: Tenant,
    ) -> None:
        url = come_back(provider.answer(leave(browser), sub="s-1", email=sam.email))
        cookie = browser.cookies["prs_provider"].value
        at_globex = Client(SERVER_NAME=globex.host)
        at_globex.cookies["prs_provider"] = cookie
        answer = at_globex.get("/sign-in/provider/" + "?" + url.partition("?")[2])
        assert answer.status_code == 400
        assert "another organization" in answer.content.decode()
        assert not is_signed_in(at_globex)

    def test_takes_no_code_after_a_minute(
        self,
        sam: User,
        browser: Client,
        provider: StrictProvider,
        connection: Connection,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        from tenant_apps.accounts.tokens import HandoverCode  # noqa: PLC0415

        monkeypatch.setattr(HandoverCode, "lifetime", timedelta(seconds=-1))
        url = come_back(provider.answer(leave(browser), sub="s-1", email=sam.email))
        assert arrive(browser, url).status_code == 400
        assert not is_signed_in(browser)

    def test_does_not_ask_them_for_a_new_password(
        self, sam: User, browser: Client, provider: StrictProvider, connection: Connection
    ) -> None:
        sam.password_change_required = True
        sam.save(update_fields=["password_change_required"])
        sign_in(browser, provider, sub="s-1", email=sam.email)
        assert is_signed_in(browser)

    def test_leads_to_no_other_host(
        self, sam: User, browser: Client, provider: StrictProvider, connection: Connection
    ) -> None:
        to = "https://evil.example/"
        answer = sign_in(browser, provider, then=to, sub="s-1", email=sam.email)
        assert answer["Location"] == "/"
