"""Roles, settings, policies, the audit log and the controls report in the portal."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.organizations.selectors import read_choices
from tenant_apps.access.role_matrix import ORGANIZATION_ROLES, PERMISSIONS, PLATFORM
from tenant_apps.access.services import RoleTerms, create_role
from tenant_apps.access.sign_in_policy import read_policy
from tenant_apps.accounts.models import SignIn, User
from tenant_apps.approvals.models import Policy
from tenant_apps.portal.forms.settings import PARTS
from tenant_apps.portal.permission_words import AREAS, PERMISSION_TEXTS, ROLE_TEXTS
from tests.controls.planting import check, give_role
from tests.factories.documents import picture
from tests.portal.conftest import Browsers
from tests.queries import queries_of


@pytest.fixture
def adams(adam: User, browser_of: Browsers) -> Browser:
    """The administrator's browser."""
    return browser_of(adam)


@pytest.fixture
def fays(fay: User, browser_of: Browsers) -> Browser:
    """The browser of somebody who only looks at settings."""
    return browser_of(fay)


@pytest.fixture
def audreys(audrey: User, browser_of: Browsers) -> Browser:
    """The auditor's browser."""
    return browser_of(audrey)


def text_of(page: Any) -> str:
    return str(page.content.decode())


class TestRoles:
    def test_show_every_right_of_every_role(self, adams: Browser) -> None:
        html = text_of(adams.get("/roles/"))
        assert "Verify, reject and send back payments" in html
        for role in ORGANIZATION_ROLES:
            assert f"/roles/{role.code}/" in html
        assert html.count('class="scope all"') > 50

    def test_show_who_has_one(self, adams: Browser, vera: User) -> None:
        html = text_of(adams.get("/roles/verifier/"))
        assert f"/people/{vera.pk}/" in html
        assert adams.get("/roles/nothing/").status_code == 404

    def test_are_said_in_the_readers_language_as_the_matrix_says_them(self) -> None:
        matrix = {name: text for name, text in PERMISSIONS.items() if name not in PLATFORM}
        assert {name: str(text) for name, text in PERMISSION_TEXTS.items()} == matrix
        assert {role.code: role.description for role in ORGANIZATION_ROLES} == {
            code: str(text) for code, text in ROLE_TEXTS.items()
        }
        assert {name.partition(".")[0] for name in matrix} <= set(AREAS)


class TestSettings:
    @pytest.mark.parametrize("part", PARTS)
    def test_are_kept_as_they_were_when_nothing_is_changed(self, adams: Browser, part: str) -> None:
        page = adams.get(f"/settings/{part}/")
        before = read_choices()
        answer = adams.post(f"/settings/{part}/", _fields_of(page.context["form"]))
        assert answer.status_code == 303, text_of(answer)
        assert read_choices() == before

    def test_are_changed(self, adams: Browser) -> None:
        form = _fields_of(adams.get("/settings/time/").context["form"])
        form |= {"timezone": "Europe/London", "working_hours.opens": "08:30"}
        del form["working_days.d4"]
        assert adams.post("/settings/time/", form).status_code == 303
        kept = read_choices()
        assert kept.organization.timezone == "Europe/London"
        assert kept.settings.working_days == (0, 1, 2, 3)
        assert str(kept.settings.working_hours[0]) == "08:30:00"
        stale = adams.post("/settings/time/", form)
        assert stale.status_code == 400

    def test_say_at_the_field_what_is_wrong(self, adams: Browser) -> None:
        form = _fields_of(adams.get("/settings/branding/").context["form"])
        page = adams.post("/settings/branding/", {**form, "brand_colour": "red"})
        assert "Must look like #1f3a5f." in text_of(page)
        form = _fields_of(adams.get("/settings/time/").context["form"])
        page = adams.post("/settings/time/", {**form, "working_hours.closes": "01:00"})
        assert 'id="f-working_hours"' in text_of(page)

    def test_take_a_logo_and_give_it_back(self, adams: Browser) -> None:
        assert adams.get("/settings/logo/").status_code == 404
        form = _fields_of(adams.get("/settings/branding/").context["form"])
        logo = SimpleUploadedFile("logo.png", picture(), content_type="image/png")
        assert adams.post("/settings/branding/", {**form, "logo": logo}).status_code == 303
        shown = adams.get("/settings/logo/")
        assert shown["Content-Type"] == "image/png"
        form = _fields_of(adams.get("/settings/branding/").context["form"])
        adams.post("/settings/branding/", {**form, "no_logo": "true"})
        assert adams.get("/settings/logo/").status_code == 404

    def test_are_shown_to_those_who_may_not_change_them(self, fays: Browser) -> None:
        html = text_of(fays.get("/settings/organization/"))
        assert '<fieldset class="stack" disabled>' in html
        assert "administrators change them" in html
        assert fays.post("/settings/organization/", {"name": "Mine"}).status_code == 403

    def test_have_no_other_parts(self, adams: Browser) -> None:
        assert adams.get("/settings/nothing/").status_code == 404

    def test_say_who_needs_a_second_factor(self, adams: Browser) -> None:
        form = {"roles.owner": "true", "grace_days": "3", "version": "1"}
        assert adams.post("/settings/sign-in/", form).status_code == 303
        assert (read_policy().roles, read_policy().grace_days) == (("owner",), 3)
        page = adams.post("/settings/sign-in/", {**form, "version": "2", "grace_days": "1000"})
        assert 'href="#f-grace_days"' in text_of(page)

    def test_name_a_role_of_ones_own_as_it_was_named(self, adams: Browser, olga: User) -> None:
        create_role(terms=RoleTerms(name="Desk No. 1"), by=olga, at=utc_now())
        assert "Desk No. 1" in text_of(adams.get("/settings/sign-in/"))
        adams.cookies["language"] = "de"
        assert "Teamleitung" in text_of(adams.get("/settings/sso/new/"))

    def test_sign_everyone_out(self, adams: Browser) -> None:
        assert adams.get("/settings/sign-in/everyone/").status_code == 200
        answer = adams.post("/settings/sign-in/everyone/")
        assert answer["Location"] == "/sign-in/"


class TestPolicies:
    def test_are_listed_and_made(self, adams: Browser) -> None:
        form = {
            "name": "Two for large amounts",
            "subject_type": "payments.payment",
            "approvals_needed": "2",
            "amount": "10,000.00",
            "currency": "USD",
            "methods.cash": "true",
            "priority": "10",
            "request_key": str(uuid4()),
        }
        assert adams.post("/settings/policies/new/", form).status_code == 303
        html = text_of(adams.get("/settings/policies/"))
        assert "Two for large amounts" in html
        assert "from $10,000.00, Cash" in html
        assert "2 people" in html

    def test_say_what_is_wrong(self, adams: Browser) -> None:
        form = {"subject_type": "payments.payment", "approvals_needed": "0", "priority": "1"}
        html = text_of(adams.post("/settings/policies/new/", form))
        assert 'href="#f-name"' in html

    def test_that_are_weaker_wait_for_another(
        self, adams: Browser, olga: User, browser_of: Browsers
    ) -> None:
        strict = {
            "name": "Two",
            "subject_type": "payments.payment",
            "approvals_needed": "2",
            "currency": "USD",
            "priority": "10",
        }
        adams.post("/settings/policies/new/", strict)
        adams.post(
            "/settings/policies/new/",
            {**strict, "name": "One", "approvals_needed": "1", "priority": "20"},
        )
        weak = Policy.objects.get(name="One")
        assert weak.is_proposed
        adams.post(f"/settings/policies/{weak.pk}/approve/")
        weak.refresh_from_db()
        assert weak.is_proposed
        browser_of(olga).post(f"/settings/policies/{weak.pk}/approve/")
        weak.refresh_from_db()
        assert weak.approved_by_id == olga.pk

    def test_are_retired(self, adams: Browser) -> None:
        form = {
            "name": "Extra",
            "subject_type": "payments.payment",
            "approvals_needed": "1",
            "currency": "USD",
            "priority": "0",
        }
        adams.post("/settings/policies/new/", form)
        extra = Policy.objects.get(name="Extra")
        assert adams.get(f"/settings/policies/{extra.pk}/retire/").status_code == 200
        adams.post(f"/settings/policies/{extra.pk}/retire/")
        extra.refresh_from_db()
        assert extra.is_archived


class TestAudit:
    def test_lists_what_happened_and_shows_one(self, audreys: Browser, adam: User) -> None:
        html = text_of(audreys.get(f"/audit/?kind=role&person={adam.pk}"))
        assert "Role given" in html
        event = EventRecord.objects.filter(name="access.role_assigned", subject_id=adam.pk).get()
        shown = text_of(audreys.get(f"/audit/{event.pk}/"))
        assert '<th scope="row">role</th>' in shown
        assert str(event.subject_id) in shown

    @pytest.mark.parametrize(
        "query",
        [
            "kind=nothing",
            "person=nobody",
            "since=soon&until=never",
            "since=0001-01-01&until=9999-12-31",
            "cursor=forged",
        ],
    )
    def test_bears_what_makes_no_sense(self, audreys: Browser, query: str) -> None:
        assert audreys.get(f"/audit/?{query}", follow=True).status_code == 200

    def test_walks_back_in_time(self, audreys: Browser) -> None:
        first = audreys.get("/audit/")
        older = first.context["found"].next
        second = audreys.get(older)
        ids = [
            {event.pk for event, _said, _about in page.context["rows"]} for page in (first, second)
        ]
        assert len(ids[0]) == 20
        assert not ids[0] & ids[1]

    def test_is_narrowed_to_days(self, audreys: Browser) -> None:
        tomorrow = (utc_now() + timedelta(days=2)).date().isoformat()
        assert "Nothing like that happened" in text_of(audreys.get(f"/audit/?since={tomorrow}"))

    def test_costs_the_same_for_few_and_many(self, audreys: Browser) -> None:
        few = queries_of(lambda: audreys.get("/audit/?kind=policy"))
        assert queries_of(lambda: audreys.get("/audit/")) == few

    def test_of_another_organization_is_not_found(
        self, audreys: Browser, mallorys: Browser
    ) -> None:
        event = EventRecord.objects.latest("recorded_at")
        assert audreys.get(f"/audit/{event.pk}/").status_code == 200
        assert mallorys.get(f"/audit/{event.pk}/").status_code == 404


class TestControls:
    def test_show_conflicts_duties_findings_and_pairs(
        self, audreys: Browser, sam: User, vera: User
    ) -> None:
        give_role(sam, "verifier")
        check(sam, vera, times=5, at=utc_now() - timedelta(hours=1))
        html = text_of(audreys.get("/controls/"))
        assert "Submits and approves payments" in html
        assert "Only one person checks this work" in html
        assert "Only one" in html

    def test_refuse_days_in_the_wrong_order(self, audreys: Browser) -> None:
        page = audreys.get("/controls/?since=2026-03-02&until=2026-03-01")
        assert page.status_code == 400
        assert "must not lie after" in text_of(page)

    @pytest.mark.parametrize("suffix", ["csv", "json"])
    def test_are_downloaded(self, audreys: Browser, suffix: str) -> None:
        answer = audreys.get(f"/controls/export/{suffix}/?since=2026-03-01&until=2026-03-02")
        assert f"controls-2026-03-01-2026-03-02.{suffix}" in answer["Content-Disposition"]
        assert audreys.get("/controls/export/exe/").status_code == 404


def _fields_of(form: Any) -> dict[str, Any]:
    """Return what a browser would send back of a form that nobody touched."""
    found: dict[str, Any] = {"version": form.version}
    for name, value in form.typed.items():
        if isinstance(value, dict):
            found |= {f"{name}.{part}": each for part, each in value.items() if each}
        elif value:
            found[name] = value
    return found


def test_downloads_ask_for_a_recent_proof(audrey: User, audreys: Browser) -> None:
    SignIn.objects.filter(user=audrey).update(proved_at=utc_now() - timedelta(minutes=16))
    assert audreys.get("/controls/export/csv/").status_code in (302, 403)
