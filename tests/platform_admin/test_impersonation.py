"""Operators act as people: for a reason, an hour at most, seen by all, and never with money."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.test import Client

from shared_apps.audit.delivery import deliver
from shared_apps.audit.models import Delivery, EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.errors import ValidationFailed
from shared_apps.tenancy.context import Tenant, use_platform, use_tenant
from tenant_apps.access.impersonation import MAY_CHANGE, is_open_to_operators
from tenant_apps.access.role_matrix import CONFIRMED, DECIDING, PERMISSIONS
from tenant_apps.accounts.models import Impersonation, SignIn, User
from tenant_apps.accounts.services import (
    PersonNotActive,
    VisitWish,
    begin_impersonation,
    enter_impersonation,
    standing_among,
    suspend_person,
    visit_code,
)
from tenant_apps.notifications.models import Notification
from tests.access.test_route_permissions import TENANT_ROUTES, Route, example_of
from tests.cast import STAGEHAND, person_named
from tests.client import PrsClient, error, ok
from tests.factories.clients import ClientFactory
from tests.platform_admin.visiting import REASON, api_of, begin, go_in
from tests.portal.conftest import signed_in
from tests.portal.test_routes import ROUTES as PAGES
from tests.portal.test_routes import Route as PageRoute
from tests.queries import queries_of
from tests.web.money_requests import CASES, Build

SAFE = {"GET", "HEAD", "OPTIONS"}
CHANGES = [
    route
    for route in TENANT_ROUTES
    if route.method not in SAFE and getattr(route.view, "permissions", {})
]
PAGE_CHANGES = [route for route in PAGES if route.method == "post" and not route.view.is_public]
VISITS = "/api/admin/operator-visits/"
OPEN_PAGES = {"Preferences", "EndVisit"}


@pytest.fixture
def inside(acme: Tenant, pat: User) -> Iterator[Client]:
    """Pat's browser at acme, as Olga, who owns it; the test works on acme."""
    with use_tenant(acme):
        yield go_in(acme, operator=pat)


def permission_of(route: Route) -> object:
    return route.view.permissions[route.action]  # type: ignore[attr-defined]  # ApiViewSet


class TestBeginning:
    def test_is_asked_for_at_the_console_and_kept_twice(
        self, pats: Client, pat: User, acme: Tenant
    ) -> None:
        with use_tenant(acme):
            olga = person_named("olga")
        address = f"/console/organizations/organization/{acme.id}/act-as/"
        given = {"person": str(olga.pk), "minutes": "20", "reason": REASON}
        page = pats.post(address, given)
        assert page.context["link"].startswith(f"http://{acme.host}:8000/visit/?code=")
        for place in (use_platform(), use_tenant(acme)):
            with place:
                visit = Impersonation.objects.get()
                assert (visit.operator_id, visit.person_id) == (pat.pk, olga.pk)
                assert visit.ends_at - visit.started_at == timedelta(minutes=20)
                event = EventRecord.objects.get(name="accounts.impersonation_begun")
                assert (event.reason, event.actor_id) == (REASON, str(pat.pk))

    @pytest.mark.parametrize(
        "given", [{"reason": " "}, {"minutes": "61"}, {"minutes": "0"}, {"person": "nobody"}]
    )
    def test_is_refused_at_the_field(
        self, pats: Client, acme: Tenant, given: dict[str, str]
    ) -> None:
        with use_tenant(acme):
            olga = person_named("olga")
        address = f"/console/organizations/organization/{acme.id}/act-as/"
        sent = {"person": str(olga.pk), "minutes": "20", "reason": REASON, **given}
        page = pats.post(address, sent)
        assert page.status_code == 400
        assert set(page.context["form"].errors) == set(given)
        assert not Impersonation.objects.exists()

    def test_is_refused_by_the_service(self, acme: Tenant, pat: User, sam: User) -> None:
        def wish(minutes: int = 5, reason: str = REASON) -> VisitWish:
            return VisitWish(tenant=acme, user_id=sam.pk, minutes=minutes, reason=reason)

        with use_platform():
            for wrong in (wish(minutes=61), wish(minutes=0), wish(reason=" ")):
                with pytest.raises(ValidationFailed):
                    begin_impersonation(wish=wrong, by=pat, at=utc_now())
        with use_tenant(acme):
            suspend_person(user_id=sam.pk, by=STAGEHAND, at=utc_now())
            with pytest.raises(RuntimeError):
                begin_impersonation(wish=wish(), by=person_named("olga"), at=utc_now())
        with use_platform(), pytest.raises(PersonNotActive):
            begin_impersonation(wish=wish(), by=pat, at=utc_now())

    def test_is_refused_by_the_database(self, acme: Tenant, pat: User) -> None:
        visit = begin(acme, operator=pat)
        with use_platform():
            for change in ({"ends_at": visit.started_at + timedelta(minutes=61)}, {"reason": ""}):
                other = copy_of(visit, **change)
                with pytest.raises(IntegrityError), transaction.atomic():
                    other.save(force_insert=True)
        with use_tenant(acme):
            olga = person_named("olga")
        long = SignIn(
            user=olga,
            impersonation=visit,
            kind="browser",
            started_at=visit.started_at,
            expires_at=visit.started_at + timedelta(minutes=61),
        )
        with use_tenant(acme), pytest.raises(IntegrityError), transaction.atomic():
            long.save(force_insert=True)


def copy_of(visit: Impersonation, **changes: object) -> Impersonation:
    names = (
        *("operator_id", "operator_label", "organization_id", "organization_slug"),
        *("person_id", "person_label", "reason", "started_at", "ends_at"),
    )
    return Impersonation(**{name: getattr(visit, name) for name in names} | changes)


class TestTheWayIn:
    def test_is_good_once(self, acme: Tenant, pat: User) -> None:
        code = visit_code(visit=begin(acme, operator=pat), tenant=acme)
        browser = Client(SERVER_NAME=acme.host)
        assert browser.get(f"/visit/?code={code}").status_code == 303
        assert Client(SERVER_NAME=acme.host).get(f"/visit/?code={code}").status_code == 401

    def test_is_of_one_organization(self, acme: Tenant, globex: Tenant, pat: User) -> None:
        code = visit_code(visit=begin(acme, operator=pat), tenant=acme)
        assert Client(SERVER_NAME=globex.host).get(f"/visit/?code={code}").status_code == 401
        assert Client(SERVER_NAME="localhost").get(f"/visit/?code={code}").status_code == 404

    def test_is_shut_when_the_time_is_over(self, acme: Tenant, pat: User) -> None:
        long_ago = utc_now() - timedelta(minutes=31)
        code = visit_code(visit=begin(acme, operator=pat, at=long_ago), tenant=acme)
        assert Client(SERVER_NAME=acme.host).get(f"/visit/?code={code}").status_code == 401

    def test_is_shut_to_an_operator_who_was_suspended(self, acme: Tenant, pat: User) -> None:
        code = visit_code(visit=begin(acme, operator=pat), tenant=acme)
        with use_platform():
            suspend_person(user_id=pat.pk, by=STAGEHAND, at=utc_now())
        assert Client(SERVER_NAME=acme.host).get(f"/visit/?code={code}").status_code == 401

    def test_is_no_token_of_another_kind(self, acme: Tenant, pat: User, anyone: PrsClient) -> None:
        code = visit_code(visit=begin(acme, operator=pat), tenant=acme)
        headers = {"Authorization": f"Bearer {code}"}
        error(anyone.get("/api/auth/me/", headers=headers), 401)
        error(anyone.post("/api/auth/token/refresh/", {"refresh": code}), 401)

    def test_opens_a_sign_in_that_ends_with_the_visit(self, acme: Tenant, pat: User) -> None:
        visit = begin(acme, operator=pat)
        with use_tenant(acme):
            code = visit_code(visit=visit, tenant=acme)
            opened = enter_impersonation(code=code, user_agent="tests", at=utc_now())
            assert (opened.expires_at, opened.proved_at) == (visit.ends_at, None)


class TestInside:
    def test_every_page_says_who_is_there(self, inside: Client) -> None:
        for path in ("/dashboard/", "/deals/", "/operator-visits/"):
            html = inside.get(path).content.decode()
            assert "Pat Platform acts as Olga Owner until" in html
            assert REASON in html

    def test_what_may_be_done_is_kept_under_both_names(
        self, inside: Client, acme: Tenant, pat: User
    ) -> None:
        client = ClientFactory(by=person_named("sam"), at=utc_now())
        answer = api_of(inside).patch(
            f"/api/business/clients/{client.code}/", {"name": "Renamed"}, version=client.version
        )
        ok(answer, 200)
        event = EventRecord.objects.filter(subject_id=client.pk).latest("recorded_at", "id")
        assert (event.actor_kind, event.actor_id) == ("operator", str(pat.pk))
        assert (event.actor_label, event.on_behalf_of) == ("Pat Platform", "Olga Owner")

    def test_ends_with_its_button(self, inside: Client, acme: Tenant, pat: User) -> None:
        answer = inside.post("/visit/end/")
        assert (answer.status_code, answer["Location"]) == (303, "/sign-in/")
        assert inside.get("/dashboard/").status_code == 302
        for place in (use_platform(), use_tenant(acme)):
            with place:
                assert Impersonation.objects.get().ended_at is not None
                names = set(EventRecord.objects.values_list("name", flat=True))
                assert {f"accounts.impersonation_{end}" for end in ("entered", "ended")} <= names

    @pytest.mark.parametrize("address", ["/sign-out/", "/api/auth/logout/"])
    def test_ends_by_signing_out_as_well(self, inside: Client, acme: Tenant, address: str) -> None:
        assert inside.post(address).status_code in {204, 303}
        assert Impersonation.objects.get().ended_at is not None
        assert inside.get("/dashboard/").status_code == 302

    def test_ends_with_its_time(self, inside: Client) -> None:
        soon = F("started_at") + timedelta(microseconds=1)
        SignIn.objects.exclude(impersonation=None).update(expires_at=soon)
        assert inside.get("/dashboard/").status_code == 302

    def test_ends_with_the_operator(self, inside: Client, acme: Tenant, pat: User) -> None:
        """Whoever operates no longer is out at the next request, and loses the sockets."""
        visiting = SignIn.objects.exclude(impersonation=None).get()
        assert standing_among([visiting.pk], at=utc_now()) == {visiting.pk}
        with use_platform():
            suspend_person(user_id=pat.pk, by=STAGEHAND, at=utc_now())
        assert standing_among([visiting.pk], at=utc_now()) == frozenset()
        assert inside.get("/dashboard/").status_code == 302
        error(api_of(inside).get("/api/auth/me/"), 401)

    def test_does_not_end_the_persons_own_sign_ins(
        self, acme: Tenant, olga: User, inside: Client
    ) -> None:
        own = signed_in(olga, acme)
        inside.post("/visit/end/")
        assert own.get("/dashboard/").status_code == 200


class TestTheRule:
    def test_keeps_what_is_only_seen_and_what_is_named(self) -> None:
        open_ones = {name for name in PERMISSIONS if is_open_to_operators(name)}
        assert {name for name in open_ones if not name.endswith(".view")} == MAY_CHANGE

    def test_names_neither_money_nor_decisions_nor_rights(self) -> None:
        money = ("payments.", "returns.", "invoices.", "deals.", "imports.", "platform.")
        assert not [name for name in MAY_CHANGE if name.startswith((*money, *CONFIRMED))]
        assert not MAY_CHANGE & set(DECIDING)

    @pytest.mark.parametrize("route", CHANGES, ids=str)
    def test_is_asked_by_every_change_of_the_api(self, route: Route, inside: Client) -> None:
        answer = api_of(inside).generic(
            route.method, example_of(route.path), "{}", content_type="application/json"
        )
        is_open = permission_of(route) in MAY_CHANGE or route.path.endswith("/logout/")
        code = (answer.json().get("error") or {}).get("code") if answer.content else ""
        assert (code == "impersonation_refused") is not is_open, answer.content

    @pytest.mark.parametrize("route", PAGE_CHANGES, ids=str)
    def test_is_asked_by_every_form_of_the_portal(self, route: PageRoute, inside: Client) -> None:
        answer = inside.post(example_of(route.path))
        is_open = route.permission in MAY_CHANGE or route.view.__name__ in OPEN_PAGES
        is_refused = answer.status_code == 403 and "You act as somebody else" in (
            answer.content.decode()
        )
        assert is_refused is not is_open, answer.status_code

    @pytest.mark.parametrize("build", CASES.values(), ids=list(CASES))
    def test_stops_every_request_that_moves_money(self, build: Build, inside: Client) -> None:
        sent = build()
        before = EventRecord.objects.count()
        answer = api_of(inside).post(sent.path, sent.fresh_body(), format=sent.form)
        assert error(answer, 403)["code"] == "impersonation_refused"
        assert EventRecord.objects.count() == before

    def test_counts_every_money_post_and_every_decision(self) -> None:
        refused = [route for route in CHANGES if permission_of(route) not in MAY_CHANGE]
        assert len(CASES) >= 30
        decisions = {str(permission_of(route)) for route in refused} & set(DECIDING)
        assert {"payments.decide", "returns.decide"} <= decisions

    def test_hides_the_queue_and_what_leads_there(self, inside: Client) -> None:
        assert inside.get("/queue/").status_code == 403
        assert "/queue/" not in inside.get("/deals/").content.decode()

    def test_leaves_the_persons_account_alone(self, inside: Client) -> None:
        given = {"old_password": "x", "new_password": "another battery staple 9"}
        for answer in (
            inside.post("/account/password/", given),
            api_of(inside).post("/api/auth/password/change/", given),
            api_of(inside).post("/api/auth/ws-ticket/"),
        ):
            assert answer.status_code == 403


class TestTheOrganization:
    def test_reads_who_was_there_and_why(self, inside: Client, as_adam: PrsClient) -> None:
        (row,) = ok(as_adam.get(VISITS))["results"]
        assert (row["operator_name"], row["person_name"]) == ("Pat Platform", "Olga Owner")
        assert row["reason"] == REASON
        assert row["entered_at"] is not None

    def test_reads_it_in_the_portal(self, inside: Client, acme: Tenant, adam: User) -> None:
        html = signed_in(adam, acme).get("/operator-visits/").content.decode()
        assert REASON in html
        assert "Pat Platform" in html

    def test_shows_it_to_nobody_else(
        self, inside: Client, as_sam: PrsClient, as_mallory: PrsClient
    ) -> None:
        error(as_sam.get(VISITS), 403)
        assert ok(as_mallory.get(VISITS))["results"] == []

    def test_hears_of_it_at_once(self, inside: Client, acme: Tenant, olga: User) -> None:
        for place in (use_tenant(acme), use_platform()):
            with place:
                for owed in Delivery.objects.filter(reaction="notifications.tell_impersonation"):
                    assert deliver(delivery_id=owed.pk)
        told = Notification.objects.filter(kind="operator_visit")
        assert {olga.pk, person_named("adam").pk} <= {each.recipient_id for each in told}
        assert REASON in str(told[0].body)

    def test_lists_many_as_cheaply_as_one(
        self, acme: Tenant, pat: User, as_adam: PrsClient, at_noon: datetime
    ) -> None:
        for _ in range(20):
            begin(acme, operator=pat, at=at_noon)
        one, many = (
            queries_of(lambda size=size: as_adam.get(VISITS, {"page_size": size}))  # type: ignore[misc]
            for size in (1, 20)
        )
        assert one == many
