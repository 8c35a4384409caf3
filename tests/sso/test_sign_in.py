"""Sign in through the organization's provider: there, back, and through the one door."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from pytest_django import Settings

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant, use_tenant
from tenant_apps.access.selectors import roles_of
from tenant_apps.access.services import set_roles
from tenant_apps.accounts.models import SignIn, User
from tenant_apps.accounts.selectors import find_person_by_email
from tenant_apps.accounts.services import (
    NewPerson,
    invite_person,
    revoke_invitation,
    suspend_person,
)
from tenant_apps.sso.models import Connection
from tenant_apps.sso.services import disable_connection
from tests.accounts.factors import give_app
from tests.cast import STAGEHAND
from tests.client import PrsClient
from tests.sso.conftest import (
    CALLBACK,
    PLATFORM_HOST,
    arrive,
    come_back,
    connect,
    is_signed_in,
    leave,
    sign_in,
)
from tests.sso.strict_provider import StrictProvider

pytestmark = pytest.mark.django_db


def causes() -> list[str]:
    """Return why people were turned back, the last one last."""
    rows = EventRecord.objects.filter(name="sso.sign_in_refused").order_by("recorded_at", "pk")
    return [row.payload["cause"] for row in rows]


class TestKnownPeople:
    def test_come_in_by_their_verified_address(
        self, sam: User, browser: Client, provider: StrictProvider, connection: Connection
    ) -> None:
        answer = sign_in(browser, provider, then="/deals/", sub="s-1", email=sam.email)
        assert (answer.status_code, answer["Location"]) == (303, "/deals/")
        assert is_signed_in(browser)
        opened = SignIn.objects.filter(user=sam).latest("started_at")
        assert (opened.proofs, opened.kind) == ("sso", "browser")

    def test_are_known_by_the_providers_own_name_from_then_on(
        self, sam: User, browser: Client, provider: StrictProvider, connection: Connection
    ) -> None:
        sign_in(browser, provider, sub="s-1", email=sam.email)
        again = Client(SERVER_NAME=browser.defaults["SERVER_NAME"])
        sign_in(again, provider, sub="s-1", email="new-name@elsewhere.example")
        assert is_signed_in(again)
        assert SocialAccount.objects.filter(user=sam).count() == 1

    def test_are_not_taken_over_by_whoever_gets_their_address_next(
        self, sam: User, browser: Client, provider: StrictProvider, connection: Connection
    ) -> None:
        sign_in(browser, provider, sub="s-1", email=sam.email)
        other = Client(SERVER_NAME=browser.defaults["SERVER_NAME"])
        sign_in(other, provider, sub="s-2", email=sam.email)
        assert not is_signed_in(other)
        assert causes() == ["linked_to_another"]

    def test_who_were_invited_become_active(
        self, browser: Client, provider: StrictProvider, connection: Connection
    ) -> None:
        new = NewPerson(email="ines@acme.example", first_name="Ines")
        invited = invite_person(new=new, by=STAGEHAND, at=utc_now())
        sign_in(browser, provider, sub="s-3", email="Ines@Acme.example")
        invited.refresh_from_db()
        assert (invited.status, roles_of(invited.pk)) == ("active", [])
        assert is_signed_in(browser)

    def test_whose_invitation_was_taken_back_stay_outside(
        self, browser: Client, provider: StrictProvider, connection: Connection
    ) -> None:
        new = NewPerson(email="ines@acme.example", first_name="Ines")
        invited = invite_person(new=new, by=STAGEHAND, at=utc_now())
        revoke_invitation(user_id=invited.pk, by=STAGEHAND, at=utc_now())
        sign_in(browser, provider, sub="s-3", email="ines@acme.example")
        assert not is_signed_in(browser)
        assert causes() == ["email_taken"]

    def test_need_their_second_factor_all_the_same(
        self, sam: User, browser: Client, provider: StrictProvider, connection: Connection
    ) -> None:
        app = give_app(sam)
        page = sign_in(browser, provider, sub="s-1", email=sam.email)
        assert page.status_code == 200
        assert not is_signed_in(browser)
        challenge = page.context["form"].typed["challenge"]
        browser.post("/sign-in/code/", {"challenge": challenge, "code": app.code()})
        assert is_signed_in(browser)
        assert SignIn.objects.filter(user=sam).latest("started_at").proofs == "totp+sso"

    def test_must_set_one_up_when_their_time_is_over(
        self, vera: User, browser: Client, provider: StrictProvider, connection: Connection
    ) -> None:
        vera.second_factor_asked_at = utc_now() - timedelta(days=8)
        vera.save(update_fields=["second_factor_asked_at"])
        page = sign_in(browser, provider, sub="v-1", email=vera.email)
        assert "Set up a second factor" in page.content.decode()
        assert not is_signed_in(browser)


class TestNewcomers:
    def test_are_entered_with_the_default_role(
        self, browser: Client, provider: StrictProvider, connection: Connection
    ) -> None:
        sign_in(browser, provider, sub="n-1", email="nina@acme.example", name="Nina Maria Newcomer")
        nina = find_person_by_email("nina@acme.example")
        assert nina is not None
        assert (nina.full_name, nina.status) == ("Nina Maria Newcomer", "active")
        assert not nina.has_usable_password()
        assert roles_of(nina.pk) == ["team_member"]
        assert is_signed_in(browser)
        names = EventRecord.objects.filter(actor_id="system:sso").values_list("name", flat=True)
        assert set(names) == {"accounts.person_joined", "access.role_assigned"}

    @pytest.mark.parametrize(
        ("claims", "cause"),
        [
            ({"email_verified": False}, "address_not_verified"),
            ({"email_verified": "false"}, "address_not_verified"),
            ({"email": ""}, "address_not_verified"),
            ({"email": "nina@evil.example"}, "domain_not_allowed"),
            ({"email": "nina@sub.acme.example"}, "domain_not_allowed"),
            ({"email": "nina@evil.example@acme.example "}, "validation_error"),
        ],
    )
    def test_are_not_without_a_verified_address_of_an_allowed_domain(
        self,
        claims: dict[str, Any],
        cause: str,
        browser: Client,
        provider: StrictProvider,
        connection: Connection,
    ) -> None:
        before = User.objects.count()
        given: dict[str, Any] = {"sub": "n-1", "email": "nina@acme.example", **claims}
        page = sign_in(browser, provider, **given)
        assert not is_signed_in(browser)
        assert User.objects.count() == before
        assert page.status_code == 200
        assert "did not let you in" in page.content.decode()
        assert causes() == [cause]

    def test_stay_outside_without_a_default_role(
        self, olga: User, browser: Client, provider: StrictProvider
    ) -> None:
        connect(provider.issuer, olga, default_role="")
        sign_in(browser, provider, sub="n-1", email="nina@acme.example")
        assert causes() == ["unknown_person"]


class TestTrust:
    def test_reaches_no_further_than_whoever_set_the_connection_up(
        self, olga: User, adam: User, browser: Client, provider: StrictProvider
    ) -> None:
        """An administrator with a provider of their own does not become the owner."""
        connect(provider.issuer, adam)
        sign_in(browser, provider, sub="o-1", email=olga.email)
        assert not is_signed_in(browser)
        assert causes() == ["holds_more_than_trusted"]
        sign_in(browser, provider, sub="a-1", email=adam.email)
        assert is_signed_in(browser)

    def test_lasts_when_that_person_is_suspended(
        self, adam: User, sam: User, browser: Client, provider: StrictProvider
    ) -> None:
        connect(provider.issuer, adam)
        suspend_person(user_id=adam.pk, by=STAGEHAND, at=utc_now())
        sign_in(browser, provider, sub="s-1", email=sam.email)
        assert is_signed_in(browser)

    def test_ends_with_that_persons_roles(
        self, olga: User, adam: User, sam: User, browser: Client, provider: StrictProvider
    ) -> None:
        connect(provider.issuer, adam)
        set_roles(user_id=adam.pk, roles=(), by=olga, at=utc_now())
        sign_in(browser, provider, sub="s-1", email=sam.email)
        assert causes() == ["holds_more_than_trusted"]


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
