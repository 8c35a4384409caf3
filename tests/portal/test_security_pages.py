"""One's own security in the browser: factors, codes, sign-ins, and the question who it is."""

import json
from datetime import timedelta

import pytest
from django.test import Client as Browser

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import SignIn, User
from tenant_apps.accounts.selectors import list_passkeys, list_second_factors
from tenant_apps.accounts.totp import code_at_step, step_of
from tenant_apps.portal.devices import device_of
from tests.accounts.factors import App, give_app
from tests.accounts.passkey_device import Passkey
from tests.cast import PASSWORD
from tests.portal.conftest import Browsers
from tests.portal.test_sign_in import answer_of, origin_of
from tests.queries import queries_of

PAGE, APP, CODES = "/account/security/", "/account/security/app/", "/account/security/codes/"
PASSKEY, CONFIRM = "/account/passkeys/new/", "/account/confirm/"


def forget_the_proof(person: User) -> None:
    """Let the last proof of who it is lie too far back."""
    SignIn.objects.filter(user=person).update(proved_at=utc_now() - timedelta(hours=2))


@pytest.fixture
def app(sam: User) -> App:
    """Sam's authenticator app."""
    return give_app(sam)


@pytest.fixture
def device(sams: Browser, acme: Tenant) -> Passkey:
    """A device with a passkey of Sam's."""
    made = Passkey(origin_of(acme))
    question = sams.get(PASSKEY).context["question"]
    sams.post(PASSKEY, {**answer_of(made, question, make=True), "name": "Laptop"})
    return made


class TestApp:
    def test_is_set_up_with_its_first_code(self, sams: Browser, sam: User) -> None:
        offer = sams.get(APP).context["offer"]
        code = code_at_step(offer.secret, step_of(utc_now()))
        page = sams.post(APP, {"setup": offer.setup, "code": code})
        assert len(page.context["codes"]) == 10
        assert "totp" in list_second_factors(sam.pk)
        assert "Set up: it shows" in sams.get(PAGE).content.decode()

    def test_says_at_the_field_that_the_code_is_wrong(self, sams: Browser, sam: User) -> None:
        offer = sams.get(APP).context["offer"]
        page = sams.post(APP, {"setup": offer.setup, "code": "000000"})
        assert page.status_code == 400
        assert page.context["form"].errors("/code")
        assert list_second_factors(sam.pk) == ()

    def test_is_the_same_app_after_a_mistyped_code(self, sams: Browser, sam: User) -> None:
        offer = sams.get(APP).context["offer"]
        again = sams.post(APP, {"setup": offer.setup, "code": "000000"}).context["offer"]
        assert again.secret == offer.secret
        code = code_at_step(offer.secret, step_of(utc_now()))
        assert len(sams.post(APP, {"setup": again.setup, "code": code}).context["codes"]) == 10

    def test_is_a_new_app_when_another_person_began_the_setup(
        self, sams: Browser, suki: User, browser_of: Browsers
    ) -> None:
        theirs = browser_of(suki).get(APP).context["offer"]
        for setup in (theirs.setup, "made up"):
            offer = sams.post(APP, {"setup": setup, "code": "000000"}).context["offer"]
            assert offer.secret != theirs.secret

    def test_shows_the_secret_as_an_image(self, sams: Browser) -> None:
        html = sams.get(APP).content.decode()
        assert 'src="data:image/svg+xml;base64,' in html

    def test_is_removed(self, app: App, sams: Browser, sam: User) -> None:
        assert sams.post(f"{APP}remove/").status_code == 303
        assert list_second_factors(sam.pk) == ()

    def test_stays_when_the_role_needs_it(self, vera: User, browser_of: Browsers) -> None:
        give_app(vera)
        browser = browser_of(vera)
        browser.post(f"{APP}remove/")
        assert "Your role needs a second factor" in browser.get(PAGE).content.decode()
        assert "totp" in list_second_factors(vera.pk)


class TestRecoveryCodes:
    def test_are_shown_once_and_replace_the_old_ones(
        self, app: App, sams: Browser, sam: User
    ) -> None:
        page = sams.post(CODES)
        assert len(page.context["codes"]) == 10
        assert page.context["codes"][0] in page.content.decode()
        assert app.recovery_codes[0] not in page.context["codes"]
        assert "10 unused codes are left" in sams.get(PAGE).content.decode()

    def test_need_a_factor_that_they_stand_in_for(self, sams: Browser) -> None:
        assert sams.post(CODES).status_code == 409


class TestPasskeys:
    def test_are_made_named_and_removed(self, device: Passkey, sams: Browser, sam: User) -> None:
        row = list_passkeys(sam.pk).get()
        assert row.data["name"] == "Laptop"
        sams.post(f"/account/passkeys/{row.pk}/rename/", {"name": "Old laptop"})
        assert "Old laptop" in sams.get(PAGE).content.decode()
        sams.post(f"/account/passkeys/{row.pk}/remove/")
        assert not list_passkeys(sam.pk).exists()

    def test_keep_their_name_when_none_is_given(
        self, device: Passkey, sams: Browser, sam: User
    ) -> None:
        row = list_passkeys(sam.pk).get()
        sams.post(f"/account/passkeys/{row.pk}/rename/", {"name": ""})
        assert list_passkeys(sam.pk).get().data["name"] == "Laptop"

    def test_of_others_are_not_there(
        self, device: Passkey, sam: User, suki: User, browser_of: Browsers
    ) -> None:
        row, browser = list_passkeys(sam.pk).get(), browser_of(suki)
        browser.post(f"/account/passkeys/{row.pk}/remove/")
        browser.post(f"/account/passkeys/{row.pk}/rename/", {"name": "Mine"})
        assert list_passkeys(sam.pk).get().data["name"] == "Laptop"

    def test_of_another_organization_are_not_there(
        self, device: Passkey, sam: User, mallorys: Browser
    ) -> None:
        row = list_passkeys(sam.pk).get()
        mallorys.post(f"/account/passkeys/{row.pk}/remove/")
        assert list_passkeys(sam.pk).exists()

    def test_say_why_not(self, sams: Browser, sam: User) -> None:
        question = json.loads(sams.get(PASSKEY).context["question"])
        form = {"ceremony": question["ceremony"], "credential": "{}", "name": "Laptop"}
        page = sams.post(PASSKEY, form)
        assert page.status_code == 400
        assert page.context["form"].notice


class TestSignIns:
    def test_are_listed_with_their_devices(self, sams: Browser) -> None:
        (row,) = sams.get(PAGE).context["sign_ins"]
        assert row.is_current
        assert row.device == "tests"

    def test_end_one_by_one(self, sams: Browser, sam: User, browser_of: Browsers) -> None:
        other = browser_of(sam)
        rows = sams.get(PAGE).context["sign_ins"]
        ended = next(row.sign_in for row in rows if not row.is_current)
        assert sams.post(f"/account/sessions/{ended.pk}/end/")["Location"] == PAGE
        assert other.get(PAGE).status_code == 302
        assert sams.get(PAGE).status_code == 200

    def test_end_with_the_own_one(self, sams: Browser) -> None:
        (row,) = sams.get(PAGE).context["sign_ins"]
        answer = sams.post(f"/account/sessions/{row.sign_in.pk}/end/")
        assert answer["Location"] == "/sign-in/"
        assert sams.get(PAGE).status_code == 302

    def test_all_others_end_at_once(self, sams: Browser, sam: User, browser_of: Browsers) -> None:
        others = [browser_of(sam) for _ in range(2)]
        sams.post("/account/sessions/end-others/")
        assert [each.get(PAGE).status_code for each in others] == [302, 302]
        assert sams.get(PAGE).status_code == 200

    def test_of_others_are_not_found(self, sams: Browser, suki: User, browser_of: Browsers) -> None:
        theirs = browser_of(suki)
        (row,) = theirs.get(PAGE).context["sign_ins"]
        assert sams.post(f"/account/sessions/{row.sign_in.pk}/end/").status_code == 404
        assert theirs.get(PAGE).status_code == 200

    def test_cost_the_same_however_many(
        self, sams: Browser, sam: User, browser_of: Browsers
    ) -> None:
        one = queries_of(lambda: sams.get(PAGE))
        for _ in range(5):
            browser_of(sam)
        assert queries_of(lambda: sams.get(PAGE)) == one


class TestConfirmation:
    def test_is_asked_before_a_page(self, sams: Browser, sam: User) -> None:
        forget_the_proof(sam)
        answer = sams.get(APP)
        assert answer["Location"] == f"{CONFIRM}?next=%2Faccount%2Fsecurity%2Fapp%2F"
        assert "Your password" in sams.get(answer["Location"]).content.decode()
        given = {"next": APP, "confirm.password": PASSWORD}
        assert sams.post(CONFIRM, given)["Location"] == APP
        assert sams.get(APP).status_code == 200

    def test_is_asked_before_an_act_and_then_does_it(
        self, device: Passkey, sams: Browser, sam: User
    ) -> None:
        forget_the_proof(sam)
        url = f"/account/passkeys/{list_passkeys(sam.pk).get().pk}/remove/"
        page = sams.post(url, {"reason": "lost & <gone>"})
        assert page.status_code == 403
        assert list_passkeys(sam.pk).exists()
        html = page.content.decode()
        assert 'name="reason" value="lost &amp; &lt;gone&gt;"' in html
        asked = sams.post("/api/auth/login/passkey/begin/").json()["data"]
        answer = answer_of(device, json.dumps(asked))
        again = {f"confirm.{name}": value for name, value in answer.items()}
        assert sams.post(url, again)["Location"] == PAGE
        assert not list_passkeys(sam.pk).exists()

    def test_takes_a_code_of_the_app(self, app: App, sams: Browser, sam: User) -> None:
        forget_the_proof(sam)
        page = sams.post(CODES)
        assert "Six digits of your authenticator app" in page.content.decode()
        assert len(sams.post(CODES, {"confirm.code": app.code()}).context["codes"]) == 10

    def test_does_nothing_with_a_wrong_proof(self, app: App, sams: Browser, sam: User) -> None:
        forget_the_proof(sam)
        page = sams.post(CODES, {"confirm.code": "000000"})
        assert page.status_code == 403
        assert page.context["form"].errors("/code")
        assert "codes" not in page.context

    def test_takes_no_password_where_there_is_a_factor(
        self, app: App, sams: Browser, sam: User
    ) -> None:
        forget_the_proof(sam)
        assert sams.post(CODES, {"confirm.password": PASSWORD}).status_code == 403


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/140.0 Safari/537.36", "Chrome on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/18 Safari/605", "Safari on macOS"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/2010 Firefox/140.0", "Firefox on Linux"),
        ("python-requests/2.32", "python-requests"),
        ("", "Unknown device"),
    ],
)
def test_a_device_has_a_name(agent: str, device: str) -> None:
    assert device_of(agent) == device


def test_codes_that_were_shown_lead_back_to_where_new_ones_are_asked_for(sams: Browser) -> None:
    assert sams.get(CODES)["Location"] == PAGE
