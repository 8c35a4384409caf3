"""Sign in through the organization's provider: who comes in, and who does not."""

from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from tenant_apps.access.selectors import roles_of
from tenant_apps.access.services import assign_role, set_roles
from tenant_apps.accounts.models import SignIn, User
from tenant_apps.accounts.selectors import find_person_by_email
from tenant_apps.accounts.services import (
    NewPerson,
    invite_person,
    revoke_invitation,
    suspend_person,
)
from tenant_apps.sso.models import Connection
from tests.accounts.factors import give_app
from tests.cast import STAGEHAND
from tests.sso.conftest import (
    causes,
    connect,
    is_signed_in,
    sign_in,
)
from tests.sso.strict_provider import StrictProvider

pytestmark = pytest.mark.django_db


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

    def test_holds_for_people_who_came_before(
        self, olga: User, adam: User, sam: User, browser: Client, provider: StrictProvider
    ) -> None:
        """Whoever is known to the provider and becomes the owner is not the provider's any more."""
        connect(provider.issuer, adam)
        sign_in(browser, provider, sub="s-1", email=sam.email)
        assert is_signed_in(browser)
        assign_role(user_id=sam.pk, role="owner", by=olga, at=utc_now())
        again = Client(SERVER_NAME=browser.defaults["SERVER_NAME"])
        sign_in(again, provider, sub="s-1", email=sam.email)
        assert not is_signed_in(again)
        assert causes() == ["holds_more_than_trusted"]
