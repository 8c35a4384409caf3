"""The organization's providers in the portal: entered, tested, enabled, required, removed."""

import html
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.ids import uuid7
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import SignIn, User
from tenant_apps.sso.models import Connection
from tests.portal.conftest import signed_in
from tests.queries import queries_of
from tests.sso.conftest import connect, is_signed_in
from tests.sso.conftest import sign_in as come_by_provider
from tests.sso.strict_provider import CLIENT_ID, CLIENT_SECRET, StrictProvider

LIST, NEW = "/settings/sso/", "/settings/sso/new/"


@pytest.fixture
def adams(adam: User, acme: Tenant) -> Client:
    """The administrator's browser."""
    return signed_in(adam, acme)


def given(provider: StrictProvider, **changes: str) -> dict[str, str]:
    """Return the form of the provider, filled in."""
    return {
        "code": "strict",
        "name": "Strict",
        "issuer": provider.issuer,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "allowed_domains": "Acme.example\nacme.test",
        "default_role": "team_member",
        **changes,
    }


def text_of(page: Any) -> str:
    return html.unescape(page.content.decode())


def page_of(row: Connection, step: str = "") -> str:
    return f"{LIST}{row.pk}/{step}"


def said(answer: Any, browser: Client) -> str:
    """Return what the page says that an answer leads to."""
    assert answer.status_code == 303, answer.content
    return text_of(browser.get(answer["Location"]))


def require_in(browser: Client, connection: Connection, *, is_required: bool) -> None:
    """Say in the form whether everybody must come through it."""
    form = browser.get(page_of(connection)).context["form"]
    sent = {**form.typed, "version": form.version}
    browser.post(page_of(connection), {**sent, "is_required": "true" if is_required else ""})


class TestEntering:
    def test_keeps_the_provider_disabled_and_the_secret_sealed(
        self, adams: Client, provider: StrictProvider
    ) -> None:
        shown = said(adams.post(NEW, given(provider)), adams)
        assert "The provider is entered" in shown
        assert "http://localhost:8000/sso/callback/" in shown
        row = Connection.objects.get()
        assert (row.is_enabled, row.allowed_domains) == (False, ["acme.example", "acme.test"])
        assert row.sealed_secret.startswith("f1.")
        for address in (LIST, page_of(row)):
            assert CLIENT_SECRET not in text_of(adams.get(address))

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"issuer": "http://169.254.169.254"}, "/issuer"),
            ({"allowed_domains": ""}, "/allowed_domains"),
            ({"allowed_domains": "someone@acme.example"}, "/allowed_domains"),
            ({"default_role": "owner"}, "/default_role"),
            ({"code": "a b"}, "/code"),
            ({"client_secret": ""}, "/client_secret"),
        ],
        ids=str,
    )
    def test_says_at_the_field_why_not_and_keeps_the_rest(
        self, adams: Client, provider: StrictProvider, changes: dict[str, str], field: str
    ) -> None:
        page = adams.post(NEW, given(provider, **changes))
        assert page.status_code == 400
        assert page.context["form"].errors(field)
        assert page.context["form"].value("/name") == "Strict"
        assert CLIENT_SECRET not in text_of(page)
        assert not Connection.objects.exists()

    def test_is_refused_for_a_name_that_is_taken(
        self, adams: Client, connection: Connection, provider: StrictProvider
    ) -> None:
        page = adams.post(NEW, given(provider))
        assert page.status_code == 400
        assert "There is a connection with this code already." in text_of(page)


class TestEditing:
    def test_keeps_the_secret_that_is_not_typed_anew(
        self, adams: Client, adam: User, connection: Connection
    ) -> None:
        before = connection.sealed_secret
        form = adams.get(page_of(connection)).context["form"]
        sent = {**form.typed, "name": "Contoso", "version": form.version}
        assert "The provider is saved." in said(adams.post(page_of(connection), sent), adams)
        connection.refresh_from_db()
        assert (connection.name, connection.sealed_secret) == ("Contoso", before)
        assert connection.trusted_by_id == adam.pk
        form = adams.get(page_of(connection)).context["form"]
        sent = {**form.typed, "client_secret": "another secret", "version": form.version}
        adams.post(page_of(connection), sent)
        connection.refresh_from_db()
        assert connection.sealed_secret != before

    def test_requires_it_of_everybody_and_no_longer(
        self, olga: User, acme: Tenant, connection: Connection
    ) -> None:
        olgas = signed_in(olga, acme)
        for is_required in (True, False):
            require_in(olgas, connection, is_required=is_required)
            connection.refresh_from_db()
            assert connection.is_required is is_required

    def test_requires_it_of_whoever_does_so_too(
        self, adams: Client, connection: Connection
    ) -> None:
        page = text_of(adams.get(page_of(connection)))
        assert "you too unless you own the organization" in page
        require_in(adams, connection, is_required=True)
        connection.refresh_from_db()
        assert connection.is_required
        assert adams.get(page_of(connection))["Location"].startswith("/sign-in/")

    def test_is_refused_on_an_older_version(self, adams: Client, connection: Connection) -> None:
        form = adams.get(page_of(connection)).context["form"]
        sent = {**form.typed, "version": str(connection.version - 1)}
        assert adams.post(page_of(connection), sent).status_code == 400
        assert Connection.objects.get().name == connection.name


class TestTesting:
    def test_says_what_was_found(self, adams: Client, connection: Connection) -> None:
        answer = adams.post(page_of(connection, "test/"))
        assert "The provider answers, with 1 key to sign with." in said(answer, adams)

    def test_says_what_is_wrong(
        self, adams: Client, connection: Connection, provider: StrictProvider
    ) -> None:
        provider.lies.redirects = True
        answer = adams.post(page_of(connection, "test/"))
        assert "does not answer" in said(answer, adams)


class TestSteps:
    def test_enable_disable_and_remove(
        self, adams: Client, provider: StrictProvider, browser: Client
    ) -> None:
        adams.post(NEW, given(provider))
        row = Connection.objects.get()
        assert "Strict" not in text_of(browser.get("/sign-in/"))
        adams.post(page_of(row, "move/enable/"))
        assert "Sign in with Strict" in text_of(browser.get("/sign-in/"))
        page = adams.post(page_of(row, "move/remove/"))
        assert page.status_code == 409
        assert "Disable the connection before you remove it." in text_of(page)
        disabled = said(adams.post(page_of(row, "move/disable/")), adams)
        assert "The provider is disabled; nobody signs in with it." in disabled
        assert "The provider is removed." in said(adams.post(page_of(row, "move/remove/")), adams)
        assert not Connection.objects.exists()
        event = EventRecord.objects.get(name="sso.connection_removed")
        assert event.before is not None
        assert event.before["issuer"] == provider.issuer
        assert "No provider yet" in text_of(adams.get(LIST))

    def test_are_asked_about_first(self, adams: Client, connection: Connection) -> None:
        page = text_of(adams.get(page_of(connection, "move/disable/")))
        assert "Disable this provider?" in page
        connection.refresh_from_db()
        assert connection.is_enabled
        assert adams.get(page_of(connection, "move/explode/")).status_code == 404

    def test_do_not_enable_a_provider_that_does_not_answer(
        self, adams: Client, provider: StrictProvider
    ) -> None:
        adams.post(NEW, given(provider))
        row = Connection.objects.get()
        provider.lies.padding = 2_000_000
        page = adams.post(page_of(row, "move/enable/"))
        assert page.status_code == 409
        assert page.context["form"].notice
        row.refresh_from_db()
        assert not row.is_enabled

    def test_whom_the_provider_knows_is_remembered(
        self, adams: Client, provider: StrictProvider, browser: Client, sam: User, olga: User
    ) -> None:
        """An address that somebody else has by then does not become theirs."""
        row = connect(provider.issuer, olga)
        come_by_provider(browser, provider, sub="sam-1", email=sam.email)
        assert is_signed_in(browser)
        adams.post(page_of(row, "move/disable/"))
        adams.post(page_of(row, "move/remove/"))
        connect(provider.issuer, olga)
        other = Client(SERVER_NAME=browser.defaults["SERVER_NAME"])
        come_by_provider(other, provider, sub="somebody-else", email=sam.email)
        assert not is_signed_in(other)


@pytest.mark.parametrize("address", [NEW, "{row}", "{row}move/disable/", "{row}test/"])
def test_a_change_asks_for_a_recent_proof(
    adams: Client, adam: User, connection: Connection, address: str
) -> None:
    SignIn.objects.filter(user=adam).update(proved_at=utc_now() - timedelta(minutes=16))
    path = address.format(row=page_of(connection))
    page = adams.post(path, {"name": "x"})
    assert page.status_code == 403
    assert "Confirm that it is you" in text_of(page)
    connection.refresh_from_db()
    assert connection.is_enabled


def test_whoever_only_looks_sees_no_steps(fay: User, acme: Tenant, connection: Connection) -> None:
    fays = signed_in(fay, acme)
    page = text_of(fays.get(LIST))
    assert "Strict" in page
    assert "/move/" not in page
    assert fays.get(page_of(connection)).status_code == 403
    assert fays.post(page_of(connection, "move/disable/")).status_code == 403
    connection.refresh_from_db()
    assert connection.is_enabled


def test_a_provider_of_another_organization_is_not_found(
    mallory: User, globex: Tenant, connection: Connection
) -> None:
    theirs = signed_in(mallory, globex)
    for step in ("", "move/disable/"):
        assert theirs.get(page_of(connection, step)).status_code == 404
        assert theirs.post(page_of(connection, step)).status_code == 404


def test_the_list_costs_the_same_for_1_and_20_rows(adams: Client, connection: Connection) -> None:
    one = queries_of(lambda: adams.get(LIST))
    for number in range(19):
        connection.pk, connection.code = uuid7(), f"strict-{number}"
        connection.save(force_insert=True)
    assert queries_of(lambda: adams.get(LIST)) == one
