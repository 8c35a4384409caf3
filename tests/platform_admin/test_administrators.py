"""Who administers which organization: told by the organizations, read by operators, noted."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shared_apps.audit.delivery import deliver
from shared_apps.audit.models import Delivery, DeliveryState, EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.organizations.models import Administrator
from shared_apps.tenancy.context import Tenant, use_platform, use_tenant
from tenant_apps.access.services import (
    RoleTerms,
    assign_role,
    change_role,
    create_role,
    remove_role,
    tell_administrators,
)
from tenant_apps.accounts.models import User
from tenant_apps.accounts.services import PersonChanges, suspend_person, update_person
from tests.cast import STAGEHAND, person_named

LIST = "/console/administrators/"


def work_off() -> None:
    """Carry out what the organization at work owes the platform."""
    owed = Delivery.objects.filter(
        state=DeliveryState.READY, reaction="access.tell_administrators"
    ).order_by("pk")
    for delivery_id in list(owed.values_list("pk", flat=True)):
        deliver(delivery_id=delivery_id)


def told(tenant: Tenant) -> dict[str, Administrator]:
    """Return what the platform knows of an organization, by address."""
    with use_platform():
        return {row.email: row for row in Administrator.objects.filter(organization_id=tenant.id)}


@pytest.fixture
def _told(cast: None, acme: Tenant) -> None:
    with use_tenant(acme):
        tell_administrators()


@pytest.mark.usefixtures("_told")
class TestTelling:
    def test_names_owners_and_administrators_alone(self, acme: Tenant) -> None:
        rows = told(acme)
        with use_tenant(acme):
            olga, adam = person_named("olga"), person_named("adam")
        assert set(rows) == {olga.email, adam.email}
        assert (rows[olga.email].is_owner, rows[olga.email].roles) == (True, ["Owner"])
        assert (rows[adam.email].is_owner, rows[adam.email].person_id) == (False, adam.pk)
        assert rows[adam.email].name == "Adam Admin"

    def test_follows_roles_as_they_come_and_go(self, acme: Tenant, sam: User) -> None:
        with use_tenant(acme):
            olga = person_named("olga")
            assign_role(user_id=sam.pk, role="admin", by=olga, at=utc_now())
            work_off()
        assert told(acme)[sam.email].roles == ["Organization Admin"]
        with use_tenant(acme):
            remove_role(user_id=sam.pk, role="admin", by=olga, at=utc_now())
            work_off()
        assert sam.email not in told(acme)

    def test_follows_what_an_own_role_grants(self, acme: Tenant, sam: User) -> None:
        with use_tenant(acme):
            olga = person_named("olga")
            terms = RoleTerms(name="Office", grants={"people.view": "all"})
            role = create_role(terms=terms, by=olga, at=utc_now())
            assign_role(user_id=sam.pk, role=role.code, by=olga, at=utc_now())
            work_off()
        assert sam.email not in told(acme)
        with use_tenant(acme):
            more = RoleTerms(name="Office", grants={"people.view": "all", "people.manage": "all"})
            change_role(
                code=role.code, terms=more, expected_version=role.version, by=olga, at=utc_now()
            )
            work_off()
        assert told(acme)[sam.email].roles == ["Office"]

    def test_follows_the_person(self, acme: Tenant) -> None:
        with use_tenant(acme):
            adam = person_named("adam")
            update_person(
                user_id=adam.pk,
                changes=PersonChanges(last_name="Administrator"),
                expected_version=adam.version,
                by=STAGEHAND,
                at=utc_now(),
            )
            suspend_person(user_id=adam.pk, by=STAGEHAND, at=utc_now())
            work_off()
        row = told(acme)[adam.email]
        assert (row.name, row.status) == ("Adam Administrator", "suspended")

    def test_tells_the_same_a_second_time_without_a_write(self, acme: Tenant) -> None:
        with use_tenant(acme):
            assert tell_administrators() == 0

    def test_mends_what_is_wrong(self, acme: Tenant) -> None:
        with use_platform():
            Administrator.objects.filter(organization_id=acme.id, is_owner=True).delete()
            Administrator.objects.filter(organization_id=acme.id).update(email="x@x.example")
        with use_tenant(acme):
            assert tell_administrators() == 2
        assert len(told(acme)) == 2

    def test_says_nothing_of_other_organizations(self, acme: Tenant, globex: Tenant) -> None:
        assert told(globex) == {} or set(told(globex)).isdisjoint(told(acme))


@pytest.mark.usefixtures("_told")
class TestReading:
    def test_shows_who_administers_what(self, pats: Client, acme: Tenant) -> None:
        html = pats.get(LIST).content.decode()
        assert "Olga Owner" in html
        assert "Adam Admin" in html
        assert "Sam Seller" not in html

    @pytest.mark.parametrize(
        ("asked", "shown", "left_out"),
        [
            ("?q=ADAM", "Adam Admin", "Olga Owner"),
            ("?q=olga@acme", "Olga Owner", "Adam Admin"),
            ("?organization=acme", "Olga Owner", "nothing-else"),
            ("?organization=globex", "Nobody", "Olga Owner"),
            ("?q=nobody-here", "Nobody", "Adam Admin"),
        ],
    )
    def test_is_searched(self, pats: Client, asked: str, shown: str, left_out: str) -> None:
        html = pats.get(f"{LIST}{asked}").content.decode()
        assert shown in html
        assert left_out not in html

    def test_is_noted_with_what_was_asked(self, pats: Client, pat: User) -> None:
        pats.get(f"{LIST}?q=adam&organization=acme")
        event = EventRecord.objects.filter(name="organizations.administrators_read").latest(
            "recorded_at", "id"
        )
        assert (event.actor_id, event.subject_id) == (str(pat.pk), pat.pk)
        asked = {name: event.payload[name] for name in ("search", "organization", "found")}
        assert asked == {"search": "adam", "organization": "acme", "found": 1}

    def test_asks_no_organization_and_the_same_of_many(self, pats: Client, acme: Tenant) -> None:
        with CaptureQueriesContext(
            connection,
        ) as few:
            pats.get(LIST)
        with use_platform():
            rows = [
                Administrator(
                    organization_id=acme.id,
                    person_id=f"00000000-0000-4000-8000-{number:012}",
                    name=f"Person {number}",
                    email=f"p{number}@acme.example",
                    status="active",
                )
                for number in range(60)
            ]
            Administrator.objects.bulk_create(rows)
        with CaptureQueriesContext(connection) as many:
            html = pats.get(LIST).content.decode()
        assert len(many) == len(few)
        assert not [each for each in many.captured_queries if acme.schema in each["sql"]]
        assert "62" in html
