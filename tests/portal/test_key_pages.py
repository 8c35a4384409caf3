"""Programs and keys, and roles of the organization's own, in the portal."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser

from shared_apps.kernel.clock import utc_now
from tenant_apps.access.models import Role
from tenant_apps.access.selectors import get_role
from tenant_apps.accounts.models import ApiKey, SignIn, User
from tenant_apps.accounts.selectors import list_service_accounts
from tenant_apps.accounts.services import create_service_account
from tests.cast import STAGEHAND
from tests.portal.conftest import Browsers


@pytest.fixture
def adams(adam: User, browser_of: Browsers) -> Browser:
    """The administrator's browser."""
    return browser_of(adam)


@pytest.fixture
def program(cast: None) -> User:
    return create_service_account(name="Webshop", by=STAGEHAND, at=utc_now())


def text_of(page: Any) -> str:
    return str(page.content.decode())


def issue(browser: Browser, program: User, **more: str) -> Any:
    form = {
        "service_account": str(program.pk),
        "name": "Production",
        "days": "30",
        "networks": "203.0.113.0/24",
        "grants.clients.view": "all",
        **more,
    }
    return browser.post("/keys/new/", form)


class TestPrograms:
    def test_are_entered_once_and_led_to_their_first_key(self, adams: Browser) -> None:
        form = {"name": "Webshop", "request_key": str(uuid4())}
        answers = [adams.post("/keys/programs/new/", form)["Location"] for _ in range(2)]
        (made,) = list_service_accounts()
        assert set(answers) == {f"/keys/new/?program={made.pk}"}
        assert "Webshop" in text_of(adams.get("/keys/"))

    def test_are_suspended_and_resumed(self, adams: Browser, program: User) -> None:
        url = f"/keys/programs/{program.pk}/move"
        assert adams.get(f"{url}/suspend/").status_code == 200
        assert adams.post(f"{url}/suspend/", {"reason": ""}).status_code == 400
        adams.post(f"{url}/suspend/", {"reason": "Sends twice"})
        program.refresh_from_db()
        assert program.status == "suspended"
        adams.post(f"{url}/resume/")
        program.refresh_from_db()
        assert program.status == "active"


class TestKeys:
    def test_are_shown_once(self, adams: Browser, program: User) -> None:
        page = issue(adams, program)
        (key,) = ApiKey.objects.all()
        assert "This is the only time that the key is shown" in text_of(page)
        assert "prsk_" in text_of(page)
        assert page["Cache-Control"].find("no-store") >= 0
        assert key.grants == {"clients.view": "all"}
        assert "prsk_" not in text_of(adams.get("/keys/"))

    def test_say_at_the_field_what_is_wrong(self, adams: Browser, program: User) -> None:
        page = issue(adams, program, days="1000", networks="nonsense")
        assert page.status_code == 400
        assert 'href="#f-days"' in text_of(page)
        assert not ApiKey.objects.exists()

    def test_offer_nothing_that_keys_never_hold(self, adams: Browser, program: User) -> None:
        html = text_of(adams.get("/keys/new/"))
        assert 'name="grants.clients.view"' in html
        assert 'name="grants.payments.decide"' not in html
        assert 'name="grants.roles.manage"' not in html

    def test_are_rotated_and_revoked(self, adams: Browser, program: User) -> None:
        issue(adams, program)
        key = ApiKey.objects.get()
        assert adams.get(f"/keys/{key.pk}/rotate/").status_code == 200
        assert "prsk_" in text_of(adams.post(f"/keys/{key.pk}/rotate/", {"overlap_hours": "1"}))
        assert ApiKey.objects.count() == 2
        assert adams.get(f"/keys/{key.pk}/revoke/").status_code == 200
        adams.post(f"/keys/{key.pk}/revoke/")
        key.refresh_from_db()
        assert key.revoked_at is not None

    def test_are_only_looked_at_by_an_auditor(
        self, audrey: User, browser_of: Browsers, program: User
    ) -> None:
        html = text_of(browser_of(audrey).get("/keys/"))
        assert "Webshop" in html
        assert "/keys/new/" not in html

    def test_ask_for_a_recent_proof(self, adam: User, adams: Browser, program: User) -> None:
        SignIn.objects.filter(user=adam).update(proved_at=utc_now() - timedelta(minutes=16))
        assert issue(adams, program).status_code == 403
        assert not ApiKey.objects.exists()


class TestOwnRoles:
    def test_are_made_changed_and_put_away(self, adams: Browser) -> None:
        form = {
            "name": "Clerk",
            "description": "Keeps the clients.",
            "grants.clients.view": "all",
            "grants.clients.edit": "own",
            "request_key": str(uuid4()),
        }
        assert adams.get("/roles/own/new/").status_code == 200
        assert adams.post("/roles/own/new/", form)["Location"] == "/roles/clerk/"
        role = get_role("clerk")
        assert {each.permission: each.scope for each in role.grants.all()} == {
            "clients.view": "all",
            "clients.edit": "own",
        }
        assert 'value="all" selected' in text_of(adams.get("/roles/clerk/edit/"))

        changed = {**form, "grants.clients.edit": "", "version": str(role.version)}
        assert adams.post("/roles/clerk/edit/", changed).status_code == 303
        assert [each.permission for each in get_role("clerk").grants.all()] == ["clients.view"]
        assert adams.post("/roles/clerk/edit/", changed).status_code == 400

        assert adams.get("/roles/clerk/archive/").status_code == 200
        assert adams.post("/roles/clerk/archive/")["Location"] == "/roles/"
        assert Role.objects.get(code="clerk").archived_at is not None

    def test_keep_what_was_typed_and_say_why(self, adams: Browser) -> None:
        page = adams.post("/roles/own/new/", {"name": "Clerk"})
        assert page.status_code == 400
        assert 'value="Clerk"' in text_of(page)

    def test_that_come_with_the_product_stay(self, adams: Browser) -> None:
        html = text_of(adams.get("/roles/verifier/"))
        assert "/roles/verifier/edit/" not in html
        answer = adams.post("/roles/verifier/archive/")
        assert "This role comes with the product" in text_of(answer)
