"""An operator's own password, second factors and sign-ins, on the platform's host."""

from datetime import datetime

import pytest
from django.test import Client

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import SignIn, User
from tenant_apps.accounts.selectors import list_second_factors
from tenant_apps.accounts.services import NewPerson, create_operator
from tenant_apps.portal.operator_urls import ON_PLATFORM
from tests.accounts.factors import App
from tests.cast import PASSWORD, STAGEHAND
from tests.platform_admin.conftest import DOOR, pass_door, platform_browser

SECURITY = "/account/security/"
NEW_PASSWORD = "tangerine submarine 42"
PAGES = [
    SECURITY,
    "/account/passkeys/new/",
    "/account/password/",
    "/account/confirm/",
]
ACTS = [
    "/account/security/app/remove/",
    "/account/security/codes/",
    "/account/sessions/end-others/",
    "/account/sessions/0197a1b2-0000-7000-8000-00000000dead/end/",
    "/account/passkeys/1/remove/",
    "/account/passkeys/1/rename/",
]
FAR = utc_now().replace(year=2099)


def sign_in_of(person: User, *, until: datetime = FAR) -> SignIn:
    return SignIn.objects.create(
        user=person, kind="token", started_at=utc_now(), expires_at=until, proofs="password+totp"
    )


class TestPages:
    @pytest.mark.parametrize("address", PAGES)
    def test_are_shown_with_the_way_to_the_console(self, pats: Client, address: str) -> None:
        page = pats.get(address)
        html = page.content.decode()
        assert page.status_code == 200
        assert 'href="/console/"' in html
        assert "/notifications/" not in html
        assert "unsafe" not in page["Content-Security-Policy"]

    @pytest.mark.parametrize("address", PAGES)
    def test_lead_strangers_to_the_door(self, nobodys: Client, address: str) -> None:
        assert nobodys.get(address)["Location"].startswith(DOOR)

    @pytest.mark.parametrize("address", ACTS)
    def test_acts_lead_strangers_to_the_door(self, nobodys: Client, address: str) -> None:
        assert nobodys.post(address)["Location"].startswith(DOOR)

    @pytest.mark.parametrize("address", PAGES)
    def test_are_closed_without_the_second_factor(
        self, pat: User, pats: Client, address: str
    ) -> None:
        SignIn.objects.filter(user=pat).update(proofs="password")
        assert pats.get(address)["Location"].startswith(DOOR)

    @pytest.mark.parametrize(
        "address",
        ["/people/", "/settings/", "/notifications/", "/account/picture/", "/dashboard/"],
    )
    def test_nothing_else_of_the_portal_is_there(self, pats: Client, address: str) -> None:
        assert pats.get(address).status_code == 404

    def test_the_way_in_is_in_the_console(self, pats: Client) -> None:
        assert SECURITY in pats.get("/console/").content.decode()
        assert pats.get("/account/")["Location"] == SECURITY

    def test_every_act_is_mounted(self) -> None:
        assert {"security", "app_remove", "codes_new", "passkey_remove"} <= ON_PLATFORM


class TestPassword:
    def test_is_replaced_and_ends_every_sign_in(
        self, pat: User, pats: Client, pats_app: App
    ) -> None:
        sign_in_of(pat)
        given = {"old_password": PASSWORD, "new_password": NEW_PASSWORD}
        answer = pats.post("/account/password/", given)
        assert (answer.status_code, answer["Location"]) == (303, DOOR)
        assert not SignIn.objects.filter(user=pat, ended_at=None).exists()
        assert EventRecord.objects.filter(
            name="accounts.password_changed", subject_id=pat.pk
        ).exists()
        again = platform_browser()
        page = again.post(DOOR, {"email": pat.email, "password": NEW_PASSWORD})
        assert "Your second factor" in page.content.decode()

    def test_stays_when_the_old_one_is_wrong(self, pat: User, pats: Client) -> None:
        given = {"old_password": "wrong", "new_password": NEW_PASSWORD}
        page = pats.post("/account/password/", given)
        assert page.status_code == 400
        assert "This is not your password." in page.content.decode()
        pat.refresh_from_db()
        assert pat.check_password(PASSWORD)


class TestFactors:
    def test_the_last_one_stays(self, pat: User, pats: Client) -> None:
        page = pats.post("/account/security/app/remove/", follow=True)
        assert "totp" in list_second_factors(pat.pk)
        assert page.status_code == 200
        assert 'class="alert bad"' in page.content.decode()

    def test_new_codes_are_shown_once(self, pats: Client) -> None:
        page = pats.post("/account/security/codes/")
        assert len(page.context["codes"]) == 10

    def test_an_old_proof_is_asked_for_again(self, pat: User, pats: Client, pats_app: App) -> None:
        SignIn.objects.filter(user=pat).update(proved_at=None)
        page = pats.post("/account/security/codes/")
        assert page.status_code == 403
        assert "Confirm that it is you" in page.content.decode()
        page = pats.post("/account/security/codes/", {"confirm.code": pats_app.code()})
        assert len(page.context["codes"]) == 10


class TestSignIns:
    def test_are_shown_and_ended(self, pats: Client, pat: User) -> None:
        stray = sign_in_of(pat)
        assert pats.get(SECURITY).context["shown"].count == 2
        assert pats.post(f"/account/sessions/{stray.pk}/end/")["Location"] == SECURITY
        stray.refresh_from_db()
        assert stray.ended_at is not None
        assert pats.get("/console/").status_code == 200

    def test_of_others_cannot_be_ended(self, pats: Client) -> None:
        new = NewPerson(email="olli@platform.example", first_name="Olli", last_name="Other")
        other = create_operator(new=new, password=PASSWORD, by=STAGEHAND, at=utc_now())
        theirs = sign_in_of(other)
        assert pats.post(f"/account/sessions/{theirs.pk}/end/").status_code == 404
        theirs.refresh_from_db()
        assert theirs.ended_at is None

    def test_all_others_at_once(self, pats: Client, pat: User) -> None:
        sign_in_of(pat)
        pats.post("/account/sessions/end-others/")
        assert SignIn.objects.filter(user=pat, ended_at=None).count() == 1
        assert pats.get("/console/").status_code == 200


def test_people_of_an_organization_bring_no_session_along(
    pat: User, pats_app: App, acme: Tenant
) -> None:
    browser = platform_browser()
    pass_door(browser, pat, pats_app)
    browser.defaults["SERVER_NAME"] = acme.host
    assert browser.get(SECURITY).status_code == 302
