"""A required provider: nobody signs in otherwise, but for owners, which is noted."""

import pytest
from django.test import Client

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import SignIn, User
from tenant_apps.sso.models import Connection
from tenant_apps.sso.services import ConnectionChanges, change_connection
from tests.accounts.factors import give_app, sign_in_with
from tests.cast import PASSWORD
from tests.client import PrsClient, error, ok, tokens_of
from tests.sso.conftest import is_signed_in, sign_in
from tests.sso.strict_provider import StrictProvider

pytestmark = pytest.mark.django_db

LOGIN, REFRESH = "/api/auth/login/", "/api/auth/token/refresh/"


def require(connection: Connection, by: User) -> None:
    """Require the provider of everybody."""
    change_connection(
        connection_id=connection.pk,
        changes=ConnectionChanges(is_required=True),
        expected_version=connection.version,
        by=by,
        at=utc_now(),
    )


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


def test_operators_have_no_provider(cast: None) -> None:
    client = PrsClient(host="localhost")
    given = {"email": "pat@platform.example", "password": PASSWORD}
    answer = ok(client.post("/api/platform/auth/login/", given), 200)
    assert answer["status"] == "mfa_setup_required"
