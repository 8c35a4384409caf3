"""What every page does: its policy, its language, its theme, its errors."""

from datetime import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import Client, RequestFactory

from config.pages import server_error
from shared_apps.tenancy.context import Tenant, use_tenant
from shared_apps.web.pages.page import POLICY
from tenant_apps.accounts.models import User
from tests.factories.clients import ClientFactory

PAGES = ("/dashboard/", "/clients/", "/deals/", "/notifications/", "/account/", "/nowhere/")


class TestEveryPage:
    @pytest.mark.parametrize("path", PAGES)
    def test_has_the_strict_policy_and_stays_out_of_caches(self, sams: Client, path: str) -> None:
        page = sams.get(path)
        assert page["Content-Security-Policy"] == POLICY
        assert "unsafe" not in page["Content-Security-Policy"]
        assert "no-store" in page["Cache-Control"]

    @pytest.mark.parametrize("path", PAGES)
    def test_has_no_inline_script_style_or_handler(self, sams: Client, path: str) -> None:
        html = sams.get(path).content.decode()
        assert " style=" not in html
        assert "<style" not in html
        assert "<script>" not in html
        assert " onclick=" not in html
        assert "hx-on" not in html

    def test_loads_nothing_from_another_host(self, sams: Client) -> None:
        html = sams.get("/dashboard/").content.decode()
        assert "http://" not in html
        assert "https://" not in html


class TestWhatIsNotThere:
    def test_is_a_page_that_says_so(self, sams: Client) -> None:
        page = sams.get("/nowhere/at/all/")
        assert page.status_code == 404
        assert "There is nothing here" in page.content.decode()

    def test_is_the_same_for_another_organizations_object(
        self, mallorys: Client, sam: User, at_noon: datetime
    ) -> None:
        client = ClientFactory(by=sam, at=at_noon)
        for path in (f"/clients/{client.code}/", f"/clients/{client.pk}/"):
            assert mallorys.get(path).status_code == 404

    def test_is_the_same_for_what_belongs_to_a_colleague(
        self, sams: Client, suki: User, at_noon: datetime
    ) -> None:
        assert sams.get(f"/clients/{ClientFactory(by=suki, at=at_noon).code}/").status_code == 404


class TestSession:
    def test_of_another_organization_opens_nothing(self, sams: Client, globex: Tenant) -> None:
        sams.defaults["SERVER_NAME"] = globex.host
        assert sams.get("/clients/").status_code == 302


class TestPreferences:
    def test_keep_the_theme(self, sams: Client) -> None:
        answer = sams.post("/preferences/", {"theme": "dark", "next": "/deals/"})
        assert (answer.status_code, answer["Location"]) == (303, "/deals/")
        assert 'data-theme="dark"' in sams.get("/deals/").content.decode()

    def test_keep_the_language_with_the_person(self, sams: Client, sam: User) -> None:
        sams.post("/preferences/", {"language": "de"})
        sam.refresh_from_db()
        assert sam.locale == "de"
        assert '<html lang="de"' in sams.get("/deals/").content.decode()

    def test_take_no_other_values(self, sams: Client) -> None:
        answer = sams.post("/preferences/", {"theme": "pink", "language": "xx", "next": "//x.y"})
        assert answer["Location"] == "/"
        assert not answer.cookies.get("theme")

    def test_need_a_csrf_token(self, sams: Client) -> None:
        sams.handler.enforce_csrf_checks = True
        page = sams.post("/preferences/", {"theme": "dark"})
        assert page.status_code == 403
        assert "This form is too old" in page.content.decode()


class TestSuspendedOrganization:
    def test_is_read_and_not_changed(
        self, sams: Client, acme: Tenant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(type(acme), "is_writable", property(lambda _: False))
        page = sams.get("/clients/")
        assert "This organization is suspended" in page.content.decode()
        assert "New client" not in page.content.decode()
        refused = sams.post("/clients/new/", {"name": "Northwind"})
        assert refused.status_code == 423
        assert refused["Content-Type"].startswith("text/html")
        assert sams.post("/sign-out/").status_code == 303


class TestFaults:
    def test_keep_the_language_the_theme_and_the_name(self, acme: Tenant, db: None) -> None:
        request = RequestFactory().get("/dashboard/", HTTP_HOST=acme.host)
        request.COOKIES.update(theme="dark", language="de")
        request.user = AnonymousUser()
        with use_tenant(acme):
            answer = server_error(request)
        assert isinstance(answer, HttpResponse)
        page = answer.content.decode()
        assert '<html lang="de" data-theme="dark">' in page
        assert acme.name in page
