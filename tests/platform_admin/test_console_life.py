"""The life of an organization at the console: each step confirmed, with a reason, kept twice."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.errors import NotFound, ValidationFailed
from shared_apps.organizations.models import Domain, Organization, Provisioning, Status
from shared_apps.organizations.services import (
    DomainTaken,
    add_domain,
    close_organization,
    make_domain_primary,
    remove_domain,
    reopen_organization,
    suspend_organization,
)
from shared_apps.organizations.services.domains import PrimaryDomainStays
from shared_apps.organizations.services.lifecycle import (
    OrganizationNotClosing,
    OrganizationNotRunning,
    OrganizationNotSuspended,
)
from shared_apps.tenancy.context import Tenant, use_platform, use_tenant
from shared_apps.tenancy.directory import get_directory
from tenant_apps.accounts.models import User
from tests.cast import STAGEHAND

REASON = "Nobody paid since March"
STEPS = [
    ("suspend", "active", "suspended"),
    ("resume", "suspended", "active"),
    ("close", "suspended", "closing"),
    ("reopen", "closing", "suspended"),
]


def page_of(tenant: Tenant) -> str:
    return f"/console/organizations/organization/{tenant.id}/"


def set_status(tenant: Tenant, status: str) -> None:
    with use_platform():
        Organization.objects.filter(pk=tenant.id).update(status=status)


def status_of(tenant: Tenant) -> str:
    with use_platform():
        return str(Organization.objects.get(pk=tenant.id).status)


@pytest.fixture(autouse=True)
def _forget() -> object:
    """Hosts are remembered for seconds; the test's changes are rolled back."""
    yield
    get_directory().forget()


@pytest.mark.parametrize(("step", "before", "after"), STEPS)
class TestStep:
    def test_is_taken_with_a_reason_and_kept_in_both_logs(
        self, pats: Client, pat: User, acme: Tenant, step: str, before: str, after: str
    ) -> None:
        set_status(acme, before)
        answer = pats.post(f"{page_of(acme)}step/{step}/", {"reason": REASON})
        assert (answer.status_code, answer["Location"]) == (303, f"{page_of(acme)}change/")
        assert status_of(acme) == after
        for place in (use_platform(), use_tenant(acme)):
            with place:
                event = EventRecord.objects.filter(subject_id=acme.id).latest("recorded_at", "id")
                assert (event.reason, event.actor_id) == (REASON, str(pat.pk))
                assert (event.before, event.after) == ({"status": before}, {"status": after})

    def test_is_refused_without_a_reason(
        self, pats: Client, acme: Tenant, step: str, before: str, after: str
    ) -> None:
        set_status(acme, before)
        assert pats.post(f"{page_of(acme)}step/{step}/", {"reason": "  "}).status_code == 400
        assert status_of(acme) == before

    def test_is_not_there_from_another_status(
        self, pats: Client, acme: Tenant, step: str, before: str, after: str
    ) -> None:
        set_status(acme, Status.FAILED)
        answer = pats.post(f"{page_of(acme)}step/{step}/", {"reason": REASON})
        assert answer.status_code == 404
        assert status_of(acme) == Status.FAILED


def test_the_question_escapes_a_name_once(pats: Client, acme: Tenant) -> None:
    with use_platform():
        Organization.objects.filter(pk=acme.id).update(name="Tésla & Co <b>x</b>")
    html = pats.get(f"{page_of(acme)}step/suspend/").content.decode()
    assert "Suspend: Tésla &amp; Co &lt;b&gt;x&lt;/b&gt;" in html
    assert "&amp;amp;" not in html
    assert "<b>x</b>" not in html


class TestServices:
    def test_refuse_what_the_life_does_not_know(self, acme: Tenant, at_noon: datetime) -> None:
        terms: dict[str, Any] = {"organization_id": acme.id, "by": STAGEHAND, "at": at_noon}
        terms["reason"] = REASON
        with pytest.raises(OrganizationNotSuspended):
            close_organization(**terms)
        with pytest.raises(OrganizationNotClosing):
            reopen_organization(**terms)
        set_status(acme, Status.CLOSING)
        with pytest.raises(OrganizationNotRunning):
            suspend_organization(**terms)
        with pytest.raises(ValidationFailed):
            close_organization(**{**terms, "reason": " "})

    def test_a_closed_organization_answers_nobody(self, acme: Tenant, at_noon: datetime) -> None:
        set_status(acme, Status.SUSPENDED)
        close_organization(organization_id=acme.id, by=STAGEHAND, at=at_noon, reason=REASON)
        get_directory().forget()
        assert Client(SERVER_NAME=acme.host).get("/sign-in/").status_code == 404


class TestFounding:
    def test_is_written_down_for_a_worker(self, pats: Client, pat: User) -> None:
        given = {
            "slug": "initech",
            "name": "Initech",
            "currency": "USD",
            "timezone": "UTC",
            "owner_email": "olga@initech.example",
            "owner_first_name": "Olga",
            "owner_last_name": "Owner",
            "reason": "They signed the contract",
        }
        answer = pats.post("/console/organizations/organization/new/", given)
        row = Organization.objects.get(slug="initech")
        assert answer["Location"] == f"/console/organizations/organization/{row.pk}/change/"
        assert row.status == Status.REQUESTED
        assert Provisioning.objects.get(pk=row.pk).owner_email == "olga@initech.example"
        event = EventRecord.objects.get(subject_id=row.pk)
        assert event.name == "organizations.organization_requested"
        assert (event.actor_id, event.reason) == (str(pat.pk), "They signed the contract")

    @pytest.mark.parametrize("slug", ["acme", "www", "No!"])
    def test_says_at_the_field_or_above_why_not(self, pats: Client, slug: str) -> None:
        given = {"slug": slug, "name": "X", "currency": "USD", "timezone": "UTC", "reason": "x"}
        given |= {"owner_email": "o@x.example", "owner_first_name": "O", "owner_last_name": "O"}
        page = pats.post("/console/organizations/organization/new/", given)
        assert page.status_code == 400
        assert page.context["form"].errors


class TestHosts:
    def test_are_added_made_primary_and_removed(self, pats: Client, acme: Tenant) -> None:
        own = f"{page_of(acme)}hosts/"
        given = {"host": "CRM.acme.example.", "reason": "Their own domain"}
        assert pats.post(f"{own}new/", given).status_code == 303
        assert pats.post(f"{own}crm.acme.example/primary/", {"reason": "x"}).status_code == 303
        hosts = Domain.objects.filter(tenant_id=acme.id, is_primary=True)
        assert [host.domain for host in hosts] == ["crm.acme.example"]
        assert pats.post(f"{own}{acme.host}/remove/", {"reason": "x"}).status_code == 303
        assert not Domain.objects.filter(domain=acme.host).exists()
        names = EventRecord.objects.filter(subject_id=acme.id).values_list("name", flat=True)
        assert {"organizations.domain_added", "organizations.domain_removed"} <= set(names)

    def test_refuse_what_nobody_may_have(self, acme: Tenant, globex: Tenant) -> None:
        def add(host: str) -> None:
            add_domain(organization_id=acme.id, host=host, by=STAGEHAND, at=utc_now())

        for host in ("localhost", "www.localhost", "no host", "a..b", "10.0.0.1:80"):
            with pytest.raises(ValidationFailed):
                add(host)
        with pytest.raises(DomainTaken):
            add(globex.host)

    def test_keep_the_primary_one_and_others_out(self, acme: Tenant, globex: Tenant) -> None:
        terms: dict[str, Any] = {"organization_id": acme.id, "by": STAGEHAND, "at": utc_now()}
        with pytest.raises(PrimaryDomainStays):
            remove_domain(host=acme.host, **terms)
        for change in (remove_domain, make_domain_primary):
            with pytest.raises(NotFound):
                change(host=globex.host, **terms)


class TestLists:
    def test_show_organizations_hosts_schemas_events_and_operators(
        self, pats: Client, acme: Tenant
    ) -> None:
        for path, text in (
            ("organizations/organization/", "acme"),
            ("organizations/domain/", acme.host),
            ("tenancy/schemastate/", acme.schema),
            ("audit/eventrecord/", "accounts.person_signed_in"),
            ("accounts/user/", "pat@platform.example"),
            ("jobs/?organization=acme", "Jobs of Acme"),
            ("jobs/", "organizations.provision_due"),
            ("", "organizations"),
        ):
            page = pats.get(f"/console/{path}")
            assert page.status_code == 200, path
            assert text in page.content.decode(), path

    def test_show_an_event_in_the_console_s_own_style(self, pats: Client) -> None:
        with use_platform():
            event = EventRecord.objects.filter(after__isnull=False).latest("recorded_at")
        page = pats.get(f"/console/audit/eventrecord/{event.pk}/change/")
        html = page.content.decode()
        assert 'class="console-json"' in html
        assert 'style="' not in html  # the policy forbids it

    def test_show_one_organization_with_its_steps(self, pats: Client, acme: Tenant) -> None:
        html = pats.get(f"{page_of(acme)}change/").content.decode()
        assert "step/suspend/" in html
        assert "step/resume/" not in html
        assert acme.host in html

    def test_change_nothing(self, pats: Client, acme: Tenant) -> None:
        assert pats.post(f"{page_of(acme)}change/", {"name": "Mine"}).status_code == 403
        assert pats.post(f"{page_of(acme)}delete/", {"post": "yes"}).status_code == 403
        assert pats.get("/console/organizations/organization/add/").status_code == 403
