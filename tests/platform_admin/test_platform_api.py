"""The platform's API: for operators with a second factor, with reasons, kept in the log."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.organizations.models import Domain, Organization, Provisioning, Status
from shared_apps.platform_admin.api.base import PlatformViewSet
from shared_apps.tenancy.context import Tenant, use_platform, use_tenant
from shared_apps.tenancy.directory import get_directory
from tenant_apps.access.services import tell_administrators
from tenant_apps.accounts.models import Impersonation, SignIn, User
from tests.access.test_route_permissions import Route, example_of, routes_of
from tests.accounts.factors import App, sign_in_with
from tests.cast import person_named
from tests.client import PrsClient, error, ok
from tests.platform_admin.conftest import HOST

API = "/api/platform"
REASON = "Nobody paid since March"
ROUTES = [
    route
    for route in routes_of(settings.PUBLIC_SCHEMA_URLCONF)
    if issubclass(route.view, PlatformViewSet)
]
CHANGES = [route for route in ROUTES if route.method != "GET"]


@pytest.fixture
def api(pat: User, pats_app: App) -> PrsClient:
    """Pat's program: signed in at the platform's host with password and code."""
    client = PrsClient(host=HOST)
    data = sign_in_with(pats_app, pat, client, auth=f"{API}/auth/")
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {data['access']}"
    return client


@pytest.fixture(autouse=True)
def _forget() -> object:
    """Hosts are remembered for seconds; the test's changes are rolled back."""
    yield
    get_directory().forget()


def set_status(tenant: Tenant, status: str) -> None:
    with use_platform():
        Organization.objects.filter(pk=tenant.id).update(status=status)


def path_of(tenant: Tenant, step: str = "") -> str:
    return f"{API}/organizations/{tenant.id}/{step and f'{step}/'}"


def test_the_api_has_what_the_design_names() -> None:
    parts = {route.path.split("/")[3] for route in ROUTES}
    assert parts == {
        *("organizations", "domains", "administrators", "jobs", "impersonations", "audit"),
    }


@pytest.mark.parametrize("route", ROUTES, ids=str)
class TestEveryRoute:
    def test_is_closed_to_strangers(self, route: Route, pat: User) -> None:
        answer = PrsClient(host=HOST).generic(route.method, example_of(route.path))
        assert error(answer, 401)["code"] == "not_authenticated"

    def test_is_closed_to_people_of_organizations(
        self, route: Route, cast: None, acme: Tenant
    ) -> None:
        with use_tenant(acme):
            client = PrsClient.signed_in(person_named("olga"), tenant=acme)
        client.defaults["SERVER_NAME"] = HOST
        answer = client.generic(route.method, example_of(route.path))
        assert error(answer, 401)["code"] == "wrong_tenant"

    def test_is_not_there_at_an_organization(self, route: Route, cast: None, acme: Tenant) -> None:
        with use_tenant(acme):
            client = PrsClient.signed_in(person_named("olga"), tenant=acme)
        assert client.generic(route.method, example_of(route.path)).status_code == 404

    def test_is_closed_without_the_second_factor(
        self, route: Route, pat: User, api: PrsClient
    ) -> None:
        with use_platform():
            SignIn.objects.filter(user=pat).update(proofs="password")
        answer = api.generic(route.method, example_of(route.path))
        assert error(answer, 403)["code"] == "permission_denied"

    def test_is_closed_to_a_suspended_operator(
        self, route: Route, pat: User, api: PrsClient
    ) -> None:
        with use_platform():
            User.objects.filter(pk=pat.pk).update(status="suspended")
        answer = api.generic(route.method, example_of(route.path))
        assert answer.status_code == 401


@pytest.mark.parametrize("route", CHANGES, ids=str)
class TestEveryChange:
    def test_asks_for_a_recent_proof(self, route: Route, pat: User, api: PrsClient) -> None:
        with use_platform():
            SignIn.objects.filter(user=pat).update(proved_at=utc_now() - timedelta(hours=1))
        answer = api.generic(route.method, example_of(route.path))
        assert error(answer, 403)["code"] == "step_up_required"


class TestOrganizations:
    def test_are_listed_searched_and_filtered(
        self, api: PrsClient, acme: Tenant, globex: Tenant
    ) -> None:
        slugs = [row["slug"] for row in ok(api.get(f"{API}/organizations/"))["results"]]
        assert {"acme", "globex"} <= set(slugs)
        for asked in ("?search=acm", f"?search={acme.host}", "?search=ACME&status=active"):
            found = ok(api.get(f"{API}/organizations/{asked}"))["results"]
            assert [row["slug"] for row in found] == ["acme"], asked
        assert ok(api.get(f"{API}/organizations/?status=failed"))["results"] == []
        assert api.get(f"{API}/organizations/?status=gone").status_code == 400

    def test_are_shown_without_their_business(self, api: PrsClient, acme: Tenant) -> None:
        shown = ok(api.get(path_of(acme)))
        assert (shown["slug"], shown["host"], shown["status"]) == ("acme", acme.host, "active")
        assert not {"settings", "billing_address", "tax_id", "schema_name"} & set(shown)
        assert api.get(f"{API}/organizations/{uuid4()}/").status_code == 404

    @pytest.mark.parametrize(
        ("step", "before", "after"),
        [
            ("suspend", "active", "suspended"),
            ("reactivate", "suspended", "active"),
            ("close", "suspended", "closing"),
            ("reopen", "closing", "suspended"),
        ],
    )
    def test_go_through_their_life(
        self, api: PrsClient, pat: User, acme: Tenant, step: str, before: str, after: str
    ) -> None:
        set_status(acme, before)
        refused = error(api.post(path_of(acme, step), {"reason": "  "}), 400)
        assert refused["errors"][0]["field"] == "/reason"
        assert ok(api.post(path_of(acme, step), {"reason": REASON}), 200)["status"] == after
        for place in (use_platform(), use_tenant(acme)):
            with place:
                event = EventRecord.objects.filter(subject_id=acme.id).latest("recorded_at", "id")
                assert (event.reason, event.actor_id) == (REASON, str(pat.pk))
                assert (event.actor_kind, event.after) == ("operator", {"status": after})
        again = api.post(path_of(acme, step), {"reason": REASON})
        assert again.status_code == 409

    def test_are_founded_by_a_worker(self, api: PrsClient, pat: User) -> None:
        given: dict[str, Any] = {
            "slug": "initech",
            "name": "Initech",
            "currency": "USD",
            "timezone": "UTC",
            "owner": {
                "email": "olga@initech.example",
                "first_name": "Olga",
                "last_name": "Owner",
            },
            "reason": "They signed",
        }
        made = ok(api.post(f"{API}/organizations/", given), 202)
        assert made["status"] == Status.REQUESTED
        assert Provisioning.objects.get(pk=made["id"]).owner_email == "olga@initech.example"
        event = EventRecord.objects.get(subject_id=made["id"])
        assert (event.reason, event.actor_id) == ("They signed", str(pat.pk))
        assert error(api.post(f"{API}/organizations/", given), 409)["code"] == "slug_taken"
        assert ok(api.post(f"{API}/organizations/{made['id']}/retry/", {"reason": "x"}), 202)

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"slug": "www"}, "/slug"),
            ({"currency": "XXQ"}, "/currency"),
            ({"timezone": "Mars"}, "/timezone"),
            ({"owner": {"email": "no"}}, "/owner/email"),
            ({"colour": "red"}, "/colour"),
        ],
    )
    def test_are_refused_at_the_field(
        self, api: PrsClient, change: dict[str, Any], field: str
    ) -> None:
        owner = {"email": "o@x.example", "first_name": "O", "last_name": "O"}
        given = {"slug": "x-1", "name": "X", "currency": "USD", "timezone": "UTC", "reason": "x"}
        answer = error(api.post(f"{API}/organizations/", {**given, "owner": owner, **change}), 400)
        assert field in [each["field"] for each in answer["errors"]]


class TestDomains:
    def test_are_added_made_primary_and_removed(self, api: PrsClient, acme: Tenant) -> None:
        given = {"organization": str(acme.id), "host": "CRM.acme.example", "reason": "Their own"}
        made = ok(api.post(f"{API}/domains/", given), 201)
        assert (made["host"], made["organization"]) == ("crm.acme.example", "acme")
        first = Domain.objects.get(domain=acme.host)
        remove = f"{API}/domains/{first.pk}/remove/"
        assert error(api.post(remove, {"reason": "x"}), 409)["code"] == "primary_domain_stays"
        primary = f"{API}/domains/{made['id']}/make-primary/"
        assert ok(api.post(primary, {"reason": "They moved"}), 200)["is_primary"]
        ok(api.post(remove, {"reason": "They gave it up"}), 204)
        hosts = ok(api.get(f"{API}/domains/?organization=acme"))["results"]
        assert [row["host"] for row in hosts] == ["crm.acme.example"]
        assert api.post(remove, {"reason": "x"}).status_code == 404

    def test_say_whose_is_taken(self, api: PrsClient, acme: Tenant, globex: Tenant) -> None:
        given = {"organization": str(acme.id), "host": globex.host, "reason": "x"}
        assert error(api.post(f"{API}/domains/", given), 409)["code"] == "domain_taken"
        nobody = {**given, "organization": str(uuid4()), "host": "a.example"}
        assert api.post(f"{API}/domains/", nobody).status_code == 404


class TestAdministrators:
    def test_are_read_and_that_is_noted(self, api: PrsClient, pat: User, acme: Tenant) -> None:
        with use_tenant(acme):
            tell_administrators()
        found = ok(api.get(f"{API}/administrators/?search=olga&organization=acme"))["results"]
        assert [(row["name"], row["is_owner"]) for row in found] == [("Olga Owner", True)]
        event = EventRecord.objects.get(name="organizations.administrators_read")
        assert (event.actor_id, event.payload["search"]) == (str(pat.pk), "olga")


class TestJobs:
    def test_are_the_platforms_or_an_organizations(self, api: PrsClient, acme: Tenant) -> None:
        names = {row["name"] for row in ok(api.get(f"{API}/jobs/?page_size=100"))["results"]}
        assert "organizations.provision_due" in names
        theirs = ok(api.get(f"{API}/jobs/?organization=acme&page_size=100"))["results"]
        assert "handovers.carry_out_due" in {row["name"] for row in theirs}
        assert api.get(f"{API}/jobs/?organization=nobody").status_code == 404


class TestImpersonations:
    def test_are_begun_with_a_reason_and_listed(
        self, api: PrsClient, pat: User, acme: Tenant
    ) -> None:
        with use_tenant(acme):
            vera = person_named("vera")
        wish = {"organization": str(acme.id), "person": str(vera.pk), "minutes": 30}
        assert error(api.post(f"{API}/impersonations/", wish), 400)["errors"]
        assert Impersonation.objects.count() == 0
        made = ok(api.post(f"{API}/impersonations/", {**wish, "reason": "Ticket 4711"}), 201)
        assert made["person"] == "Vera Verifier"
        browser = Client(SERVER_NAME=acme.host)
        assert browser.get(made["url"].partition(":8000")[2]).status_code == 303
        assert "Pat Platform" in browser.get("/payments/").content.decode()
        listed = ok(api.get(f"{API}/impersonations/"))["results"]
        assert [row["id"] for row in listed] == [made["id"]]
        assert "url" not in listed[0]

    @pytest.mark.parametrize("minutes", [0, 61, 600])
    def test_last_an_hour_at_most(self, api: PrsClient, acme: Tenant, minutes: int) -> None:
        with use_tenant(acme):
            vera = person_named("vera")
        wish = {"organization": str(acme.id), "person": str(vera.pk), "reason": "x"}
        answer = api.post(f"{API}/impersonations/", {**wish, "minutes": minutes})
        assert error(answer, 400)["errors"][0]["field"] == "/minutes"

    def test_are_of_people_who_are_there(self, api: PrsClient, acme: Tenant) -> None:
        wish = {"organization": str(acme.id), "minutes": 30, "reason": "x"}
        answer = api.post(f"{API}/impersonations/", {**wish, "person": str(uuid4())})
        assert answer.status_code == 404


class TestAudit:
    def test_is_the_platforms_own(self, api: PrsClient, pat: User, acme: Tenant) -> None:
        ok(api.post(path_of(acme, "suspend"), {"reason": REASON}))
        rows = ok(api.get(f"{API}/audit/?name=organizations.organization_suspended"))["results"]
        assert [(row["reason"], row["actor"]["id"]) for row in rows] == [(REASON, str(pat.pk))]
        assert ok(api.get(f"{API}/audit/{rows[0]['id']}/"))["subject_id"] == str(acme.id)
        with use_tenant(acme):
            own = EventRecord.objects.filter(name="access.role_assigned").first()
        assert own is not None
        assert api.get(f"{API}/audit/{own.pk}/").status_code == 404
