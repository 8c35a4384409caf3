"""Roles of the organization's own: made, changed and put away."""

from datetime import timedelta
from typing import Any

import pytest

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant, use_tenant
from tenant_apps.access.models import Grant, Role
from tenant_apps.access.role_matrix import OWNERSHIP, PLATFORM
from tenant_apps.access.selectors import roles_of
from tenant_apps.access.services import (
    GrantBeyondOwn,
    RoleInUse,
    RoleNameTaken,
    RoleTerms,
    UnknownRole,
    archive_role,
    assign_role,
    change_role,
    create_role,
    seed_roles,
)
from tenant_apps.accounts.models import SignIn, User
from tests.cast import STAGEHAND, activate_owner, make_person
from tests.client import PrsClient, error, ok
from tests.factories.clients import ClientFactory
from tests.together import run_together

ROLES, CLIENTS = "/api/admin/roles/", "/api/business/clients/"
CLERK: dict[str, Any] = {
    "name": "Clerk",
    "description": "Keeps the clients.",
    "grants": [
        {"permission": "clients.edit", "scope": "all"},
        {"permission": "clients.view", "scope": "all"},
    ],
}


@pytest.fixture
def clerk(cast: None, as_olga: PrsClient) -> dict[str, Any]:
    """A role of acme's own."""
    made: dict[str, Any] = ok(as_olga.post(ROLES, CLERK), 201)
    return made


@pytest.mark.django_db
class TestCreating:
    def test_works_at_once_for_those_who_get_it(
        self, clerk: dict[str, Any], sam: User, as_sam: PrsClient, olga: User
    ) -> None:
        assert (clerk["code"], clerk["is_builtin"], clerk["version"]) == ("clerk", False, 1)
        assert clerk["grants"] == CLERK["grants"]
        assign_role(user_id=sam.pk, role="clerk", by=olga, at=utc_now())
        theirs = ClientFactory(by=olga)
        assert str(theirs.pk) in {each["id"] for each in ok(as_sam.get(CLIENTS))["results"]}
        assert ok(as_sam.get("/api/auth/me/"))["permissions"]["clients.edit"] == "all"

    def test_is_in_the_matrix_and_in_the_log(
        self, clerk: dict[str, Any], olga: User, as_olga: PrsClient
    ) -> None:
        rows = ok(as_olga.get("/api/admin/permissions/?page_size=100"))["results"]
        scopes = next(row["scopes"] for row in rows if row["permission"] == "clients.edit")
        assert scopes["clerk"] == "all"
        event = EventRecord.objects.get(name="access.role_created", subject_id=clerk["id"])
        assert event.actor_id == str(olga.pk)
        assert (event.after or {})["grants"] == {"clients.edit": "all", "clients.view": "all"}

    def test_gives_nothing_that_one_lacks(self, fay: User, theo: User, adam: User) -> None:
        audit = RoleTerms(name="Spy", grants={"audit.view": "all"})
        with pytest.raises(GrantBeyondOwn):
            create_role(terms=audit, by=fay, at=utc_now())
        wider = RoleTerms(name="Wider", grants={"deals.view": "all"})
        with pytest.raises(GrantBeyondOwn):
            create_role(terms=wider, by=theo, at=utc_now())
        create_role(terms=audit, by=adam, at=utc_now())

    @pytest.mark.parametrize("permission", [*OWNERSHIP, *PLATFORM, "no.such"])
    def test_never_gives_ownership_or_the_platforms(
        self, permission: str, as_olga: PrsClient
    ) -> None:
        body = {"name": "Boss", "grants": [{"permission": permission, "scope": "all"}]}
        found = error(as_olga.post(ROLES, body), 400)
        assert found["errors"][0]["field"] == "/grants/0/permission"

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"grants": []}, "/grants"),
            ({"grants": CLERK["grants"] * 2}, "/grants"),
            ({"grants": [{"permission": "deals.edit", "scope": "peers"}]}, "/grants/0/scope"),
            ({"grants": [{"permission": "deals.edit", "scope": "some"}]}, "/grants/0/scope"),
            ({"name": "###"}, "/name"),
            ({"rank": 1}, "/rank"),
        ],
    )
    def test_refuses_what_it_cannot_mean(
        self, changes: dict[str, Any], field: str, as_olga: PrsClient
    ) -> None:
        found = error(as_olga.post(ROLES, {**CLERK, **changes}), 400)
        assert found["errors"][0]["field"].startswith(field)

    @pytest.mark.parametrize("name", ["Owner", "clerk", "CLERK", "Bulk assign"])
    def test_takes_no_name_twice(
        self, name: str, clerk: dict[str, Any], as_olga: PrsClient
    ) -> None:
        answer = as_olga.post(ROLES, {**CLERK, "name": name})
        assert error(answer, 409)["code"] == "role_name_taken"

    def test_is_refused_to_roles_without_the_permission(
        self, as_fay: PrsClient, as_audrey: PrsClient
    ) -> None:
        error(as_fay.post(ROLES, CLERK), 403)
        error(as_audrey.post(ROLES, CLERK), 403)

    def test_asks_for_a_recent_proof(self, olga: User, as_olga: PrsClient) -> None:
        SignIn.objects.filter(user=olga).update(proved_at=utc_now() - timedelta(hours=1))
        assert error(as_olga.post(ROLES, CLERK), 403)["code"] == "step_up_required"

    def test_stays_in_the_organization(
        self, clerk: dict[str, Any], as_mallory: PrsClient, globex: Tenant
    ) -> None:
        error(as_mallory.get(f"{ROLES}clerk/"), 404)
        error(as_mallory.delete(f"{ROLES}clerk/"), 404)


@pytest.mark.django_db
class TestChanging:
    def test_works_on_the_next_request_of_those_who_have_it(
        self, clerk: dict[str, Any], tim: User, as_tim: PrsClient, olga: User, as_olga: PrsClient
    ) -> None:
        assign_role(user_id=tim.pk, role="clerk", by=olga, at=utc_now())
        assert ok(as_tim.get("/api/auth/me/"))["permissions"]["clients.edit"] == "all"
        body = {"grants": [{"permission": "audit.view", "scope": "all"}]}
        shown = ok(as_olga.patch(f"{ROLES}clerk/", body, version=1), 200)
        assert (shown["version"], shown["grants"]) == (2, body["grants"])
        mine = ok(as_tim.get("/api/auth/me/"))["permissions"]
        assert "clients.edit" not in mine
        assert mine["audit.view"] == "all"
        event = EventRecord.objects.get(name="access.role_changed")
        assert (event.before or {})["grants"] == {"clients.edit": "all", "clients.view": "all"}
        assert (event.after or {})["grants"] == {"audit.view": "all"}

    def test_of_the_name_leaves_the_grants(self, clerk: dict[str, Any], as_olga: PrsClient) -> None:
        shown = ok(as_olga.patch(f"{ROLES}clerk/", {"name": "Keeper"}, version=1), 200)
        assert (shown["code"], shown["name"]) == ("clerk", "Keeper")
        assert shown["grants"] == CLERK["grants"]

    def test_takes_the_shown_role_back_unchanged(
        self, clerk: dict[str, Any], as_olga: PrsClient
    ) -> None:
        ok(as_olga.patch(f"{ROLES}clerk/", clerk, version=1), 200)

    def test_needs_the_version_that_it_is_based_on(
        self, clerk: dict[str, Any], as_olga: PrsClient
    ) -> None:
        error(as_olga.patch(f"{ROLES}clerk/", {"name": "Keeper"}), 428)
        ok(as_olga.patch(f"{ROLES}clerk/", {"name": "Keeper"}, version=1), 200)
        error(as_olga.patch(f"{ROLES}clerk/", {"name": "Other"}, version=1), 412)

    def test_neither_gives_nor_takes_what_one_lacks(self, olga: User, adam: User) -> None:
        mighty = RoleTerms(name="Mighty", grants={"audit.view": "all", "deals.view": "all"})
        create_role(terms=mighty, by=olga, at=utc_now())
        own = RoleTerms(name="Small", grants={"deals.view": "all"})
        create_role(terms=own, by=olga, at=utc_now())
        Grant.objects.filter(role__code="admin", permission="audit.view").delete()
        smaller = RoleTerms(grants={"deals.view": "all"})
        with pytest.raises(GrantBeyondOwn):
            change_role(code="mighty", terms=smaller, expected_version=1, by=adam, at=utc_now())
        wider = RoleTerms(grants={"audit.view": "all"})
        with pytest.raises(GrantBeyondOwn):
            change_role(code="small", terms=wider, expected_version=1, by=adam, at=utc_now())

    @pytest.mark.parametrize("code", ["owner", "salesperson"])
    def test_leaves_built_in_roles_alone(self, code: str, as_olga: PrsClient) -> None:
        answer = as_olga.patch(f"{ROLES}{code}/", {"name": "Other"}, version=1)
        assert error(answer, 409)["code"] == "role_is_built_in"
        assert error(as_olga.delete(f"{ROLES}{code}/"), 409)["code"] == "role_is_built_in"

    def test_survives_the_role_matrix(self, clerk: dict[str, Any], as_olga: PrsClient) -> None:
        seed_roles(by=STAGEHAND, at=utc_now())
        assert ok(as_olga.get(f"{ROLES}clerk/"))["grants"] == CLERK["grants"]


@pytest.mark.django_db
class TestArchiving:
    def test_takes_it_from_the_lists_and_from_use(
        self, clerk: dict[str, Any], sam: User, olga: User, as_olga: PrsClient
    ) -> None:
        ok(as_olga.delete(f"{ROLES}clerk/"), 204)
        error(as_olga.get(f"{ROLES}clerk/"), 404)
        error(as_olga.get(f"{ROLES}clerk/usage/"), 404)
        assert "clerk" not in {each["code"] for each in ok(as_olga.get(ROLES))["results"]}
        with pytest.raises(UnknownRole):
            assign_role(user_id=sam.pk, role="clerk", by=olga, at=utc_now())
        with pytest.raises(RoleNameTaken):
            create_role(terms=RoleTerms(name="Clerk", grants={}), by=olga, at=utc_now())
        assert EventRecord.objects.filter(name="access.role_archived").count() == 1

    def test_waits_until_nobody_has_it(
        self, clerk: dict[str, Any], sam: User, olga: User, as_olga: PrsClient
    ) -> None:
        assign_role(user_id=sam.pk, role="clerk", by=olga, at=utc_now())
        used = ok(as_olga.get(f"{ROLES}clerk/usage/"))["results"]
        assert [each["id"] for each in used] == [str(sam.pk)]
        assert ok(as_olga.get(f"{ROLES}clerk/"))["people_count"] == 1
        assert error(as_olga.delete(f"{ROLES}clerk/"), 409)["code"] == "role_in_use"

    def test_waits_until_the_sign_in_policy_does_not_name_it(
        self, clerk: dict[str, Any], as_olga: PrsClient
    ) -> None:
        policy = "/api/admin/sign-in-policy/"
        ok(as_olga.patch(policy, {"roles": ["clerk", "owner"]}, version=1), 200)
        assert error(as_olga.delete(f"{ROLES}clerk/"), 409)["code"] == "role_in_use"


def test_archiving_and_assigning_at_once_leave_no_one_with_an_archived_role(
    fresh_tenant: Tenant,
) -> None:
    olga = activate_owner(at=utc_now())
    sam = make_person("sam", last_name="Seller", role="salesperson", by=olga, at=utc_now())
    for number in range(5):
        terms = RoleTerms(name=f"Clerk {number}", grants={"deals.view": "all"})
        code = create_role(terms=terms, by=olga, at=utc_now()).code
        outcomes = run_together(
            fresh_tenant,
            [
                lambda code=code: archive_role(code=code, by=olga, at=utc_now()),  # type: ignore[misc]
                lambda code=code: assign_role(user_id=sam.pk, role=code, by=olga, at=utc_now()),  # type: ignore[misc]
            ],
        )
        failed = [each for each in outcomes if each is not None]
        assert len(failed) == 1, outcomes
        assert isinstance(failed[0], (RoleInUse, UnknownRole))
        with use_tenant(fresh_tenant):
            is_archived = Role.objects.get(code=code).archived_at is not None
            assert is_archived is (code not in roles_of(sam.pk))
