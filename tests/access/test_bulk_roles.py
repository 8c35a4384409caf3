"""Roles of many people at once: all of it, or nothing, and as often as one likes."""

from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant, use_tenant
from tenant_apps.access.models import RoleAssignment
from tenant_apps.access.selectors import roles_of
from tenant_apps.access.services import BulkAssignment, LastOwner, assign_roles
from tenant_apps.accounts.models import User
from tests.access.keys import make_program
from tests.cast import activate_owner, make_person
from tests.client import PrsClient, error, ok
from tests.factories.accounts import PersonFactory
from tests.together import run_together

BULK = "/api/admin/roles/bulk-assign/"


def body(*people: User, **changes: Any) -> dict[str, Any]:
    return {"user_ids": [str(person.pk) for person in people], **changes}


@pytest.mark.django_db
class TestBulk:
    def test_gives_and_takes_roles_of_many_at_once(
        self, sam: User, suki: User, as_adam: PrsClient
    ) -> None:
        given = body(sam, suki, add=["team_lead", "finance"], remove=["salesperson"])
        shown = ok(as_adam.post(BULK, given), 200)
        assert {each["id"] for each in shown["people"]} == {str(sam.pk), str(suki.pk)}
        for person in (sam, suki):
            assert roles_of(person.pk) == ["finance", "team_lead"]
        given_to = EventRecord.objects.filter(name="access.role_assigned", after__role="finance")
        assert given_to.filter(subject_id__in=(sam.pk, suki.pk)).count() == 2

    def test_again_changes_and_records_nothing(
        self, sam: User, suki: User, as_adam: PrsClient
    ) -> None:
        given = body(sam, suki, add=["team_lead"], remove=["finance"])
        ok(as_adam.post(BULK, given), 200)
        before = EventRecord.objects.filter(name__startswith="access.").count()
        ok(as_adam.post(BULK, given), 200)
        assert EventRecord.objects.filter(name__startswith="access.").count() == before

    @pytest.mark.parametrize(
        ("changes", "status"),
        [
            ({"add": ["finance", "emperor"]}, 400),
            ({"add": ["finance", "owner"]}, 403),
            ({}, 400),
            ({"add": ["finance"], "remove": ["finance"]}, 400),
        ],
    )
    def test_does_nothing_where_a_part_is_refused(
        self, changes: dict[str, Any], status: int, sam: User, suki: User, as_adam: PrsClient
    ) -> None:
        error(as_adam.post(BULK, body(sam, suki, **changes)), status)
        assert roles_of(sam.pk) == roles_of(suki.pk) == ["salesperson"]

    def test_names_people_who_do_not_exist(
        self, sam: User, mallory: User, olga: User, as_adam: PrsClient
    ) -> None:
        program = make_program(olga)
        for stranger in (uuid4(), mallory.pk, program.pk):
            given = {"user_ids": [str(sam.pk), str(stranger)], "add": ["finance"]}
            found = error(as_adam.post(BULK, given), 400)
            assert [each["field"] for each in found["errors"]] == ["/user_ids/1"]
        assert roles_of(sam.pk) == ["salesperson"]

    def test_never_takes_the_last_owner(self, olga: User, sam: User) -> None:
        wanted = BulkAssignment(user_ids=[sam.pk, olga.pk], add=["finance"], remove=["owner"])
        with pytest.raises(LastOwner):
            assign_roles(wanted=wanted, by=olga, at=utc_now())
        assert "owner" in roles_of(olga.pk)

    def test_is_refused_to_roles_without_the_permission(
        self, sam: User, as_fay: PrsClient, as_mallory: PrsClient
    ) -> None:
        error(as_fay.post(BULK, body(sam, add=["team_lead"])), 403)
        error(as_mallory.post(BULK, body(sam, add=["team_lead"])), 400)

    def test_takes_up_to_a_hundred(self, as_olga: PrsClient) -> None:
        people = [PersonFactory() for _ in range(100)]
        ok(as_olga.post(BULK, body(*people, add=["team_member"])), 200)
        assert RoleAssignment.objects.filter(user__in=people).count() == 100
        error(as_olga.post(BULK, body(*people, PersonFactory(), add=["team_member"])), 400)


def test_two_at_once_leave_an_owner(fresh_tenant: Tenant) -> None:
    olga = activate_owner(at=utc_now())
    second = make_person("otto", last_name="Owner", role="owner", by=olga, at=utc_now())
    takes = [
        partial(
            assign_roles,
            wanted=BulkAssignment(user_ids=[person.pk], remove=["owner"]),
            by=olga,
            at=utc_now(),
        )
        for person in (olga, second)
    ]
    outcomes = run_together(fresh_tenant, takes)
    with use_tenant(fresh_tenant):
        assert RoleAssignment.objects.filter(role__code="owner").count() == 1, outcomes
