"""A required provider: nobody signs in otherwise, but for owners, which is noted."""

import pytest
from django.test import Client

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant, use_platform
from tenant_apps.access.services import make_first_owner, remove_role
from tenant_apps.accounts.models import SignIn, User
from tenant_apps.accounts.services import find_standing_sign_in
from tenant_apps.accounts.services.door import admit_visitor
from tenant_apps.sso.models import Connection
from tests.accounts.factors import browser_of, give_app, sign_in_with
from tests.cast import PASSWORD, STAGEHAND
from tests.client import PrsClient, error, ok, tokens_of
from tests.factories.accounts import PersonFactory
from tests.platform_admin.visiting import begin
from tests.queries import queries_of
from tests.sso.conftest import is_signed_in, sign_in
from tests.sso.rows import require
from tests.sso.strict_provider import StrictProvider

pytestmark = pytest.mark.django_db

LOGIN, REFRESH, ME = "/api/auth/login/", "/api/auth/token/refresh/", "/api/auth/me/"


@pytest.fixture
def _required(connection: Connection, olga: User) -> None:
    require(connection, olga)


@pytest.mark.usefixtures("_required")
class TestPasswords:
    def test_do_not_open_and_nobody_learns_whether_they_are_right(
        self, sam: User, olga: User, anyone: PrsClient
    ) -> None:
        tries = [
            {"email": sam.email, "password": PASSWORD},
            {"email": sam.email, "password": "wrong"},
            {"email": "nobody@acme.example", "password": PASSWORD},
            {"email": olga.email, "password": "wrong"},
        ]
        answers = [error(anyone.post(LOGIN, each), 401) for each in tries]
        assert [answer["code"] for answer in answers] == ["sso_required"] * 4
        assert len({answer["message"] for answer in answers}) == 1
        causes = EventRecord.objects.filter(name="accounts.sign_in_failed").order_by("recorded_at")
        assert [row.payload["cause"] for row in causes] == [
            "sso_required",
            "wrong_password",
            "unknown_address",
            "wrong_password",
        ]

    def test_let_owners_in_which_is_noted_by_name(self, olga: User, anyone: PrsClient) -> None:
        answer = ok(anyone.post(LOGIN, {"email": olga.email, "password": PASSWORD}), 200)
        assert answer["status"] == "signed_in"
        noted = EventRecord.objects.get(name="accounts.break_glass_used")
        assert noted.subject_id == olga.pk
        assert noted.payload["sign_in_id"] == str(
            SignIn.objects.filter(user=olga).latest("started_at").pk
        )

    def test_let_owners_in_with_their_second_factor_only(
        self, olga: User, anyone: PrsClient
    ) -> None:
        app = give_app(olga)
        assert sign_in_with(app, olga, anyone)["status"] == "signed_in"
        assert EventRecord.objects.filter(name="accounts.break_glass_used").count() == 1

    def test_are_refused_at_the_portal_too(self, sam: User, browser: Client) -> None:
        page = browser.post("/sign-in/", {"email": sam.email, "password": PASSWORD})
        assert page.status_code == 400
        assert "use its button" in page.content.decode()
        assert "Owners: sign in with a password" in page.content.decode()
        # what was said must be seen: it stands in the part that is folded away at first
        assert '<details class="door-more" open>' in page.content.decode()
        first = browser.get("/sign-in/").content.decode()
        assert '<details class="door-more">' in first


@pytest.mark.usefixtures("_required")
class TestTheProvider:
    def test_opens(self, sam: User, browser: Client, provider: StrictProvider) -> None:
        sign_in(browser, provider, sub="s-1", email=sam.email)
        assert is_signed_in(browser)
        assert not EventRecord.objects.filter(name="accounts.break_glass_used").exists()

    def test_is_asked_for_besides_the_second_factor(
        self, sam: User, browser: Client, provider: StrictProvider
    ) -> None:
        app = give_app(sam)
        page = sign_in(browser, provider, sub="s-1", email=sam.email)
        challenge = page.context["form"].typed["challenge"]
        browser.post("/sign-in/code/", {"challenge": challenge, "code": app.code()})
        assert is_signed_in(browser)


def test_sign_ins_without_it_end_at_their_renewal(
    sam: User, olga: User, acme: Tenant, anyone: PrsClient, connection: Connection
) -> None:
    sams, olgas = tokens_of(sam, tenant=acme), tokens_of(olga, tenant=acme)
    require(connection, olga)
    error(anyone.post(REFRESH, {"refresh": sams.refresh}), 401)
    ok(anyone.post(REFRESH, {"refresh": olgas.refresh}), 200)


class TestABrowser:
    """Signed in before the provider was required."""

    def test_without_it_is_signed_out_at_once(
        self, sam: User, olga: User, acme: Tenant, connection: Connection
    ) -> None:
        sams = browser_of(sam, tenant=acme)
        require(connection, olga)
        error(sams.get(ME), 401)
        assert sams.get("/")["Location"].startswith("/sign-in/")

    def test_with_a_second_factor_is_signed_out_too(
        self, sam: User, olga: User, acme: Tenant, connection: Connection
    ) -> None:
        sams = browser_of(sam, tenant=acme, app=give_app(sam))
        require(connection, olga)
        error(sams.get(ME), 401)

    def test_of_an_owner_goes_on_until_they_own_no_more(
        self, olga: User, acme: Tenant, connection: Connection
    ) -> None:
        olgas = browser_of(olga, tenant=acme)
        require(connection, olga)
        ok(olgas.get(ME), 200)
        make_first_owner(user_id=PersonFactory().pk, by=STAGEHAND, at=utc_now())
        remove_role(user_id=olga.pk, role="owner", by=olga, at=utc_now())
        error(olgas.get(ME), 401)

    def test_that_came_through_it_goes_on(
        self,
        sam: User,
        olga: User,
        browser: Client,
        provider: StrictProvider,
        connection: Connection,
    ) -> None:
        sign_in(browser, provider, sub="s-1", email=sam.email)
        connection.refresh_from_db()
        require(connection, olga)
        assert is_signed_in(browser)

    def test_of_an_operator_who_acts_as_a_person_goes_on(
        self, sam: User, olga: User, acme: Tenant, connection: Connection
    ) -> None:
        with use_platform():
            pat = User.objects.get(email="pat@platform.example")
        visit = begin(acme, operator=pat, name="sam")
        opened = admit_visitor(visit=visit, user_agent="", at=utc_now())
        require(connection, olga)
        assert find_standing_sign_in(opened.pk, at=utc_now()) == opened

    def test_is_asked_in_the_statement_that_reads_it(
        self, olga: User, acme: Tenant, connection: Connection
    ) -> None:
        olgas = browser_of(olga, tenant=acme)
        before = queries_of(lambda: olgas.get(ME))
        require(connection, olga)
        assert queries_of(lambda: olgas.get(ME)) == before


def test_access_tokens_without_it_end_at_once(
    sam: User, olga: User, acme: Tenant, connection: Connection
) -> None:
    sams, olgas = (PrsClient.signed_in(each, tenant=acme) for each in (sam, olga))
    require(connection, olga)
    error(sams.get(ME), 401)
    ok(olgas.get(ME), 200)


def test_operators_have_no_provider(cast: None) -> None:
    client = PrsClient(host="localhost")
    given = {"email": "pat@platform.example", "password": PASSWORD}
    answer = ok(client.post("/api/platform/auth/login/", given), 200)
    assert answer["status"] == "mfa_setup_required"
