"""The administration of people, over HTTP."""

from typing import Any

import pytest

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.ids import uuid7
from shared_apps.tenancy.context import Tenant
from tenant_apps.access.selectors import roles_of
from tenant_apps.access.services import assign_role
from tenant_apps.accounts.models import User
from tests.cast import PASSWORD
from tests.client import PrsClient, error, ok
from tests.factories.accounts import InvitedPersonFactory, PersonFactory
from tests.queries import queries_of

pytestmark = pytest.mark.django_db

NOBODY = "01a20000-0000-7000-8000-000000000000"
USERS = "/api/admin/users/"
ANN = {"email": "ann@acme.example", "first_name": "Ann", "roles": ["salesperson"]}
LEFT = {"reason": "left"}


def url_of(person: User, action: str = "") -> str:
    return f"{USERS}{person.pk}/{action}"


class TestList:
    def test_shows_people_with_their_roles(self, as_adam: PrsClient, sam: User) -> None:
        page = ok(as_adam.get(USERS))
        row = next(each for each in page["results"] if each["id"] == str(sam.pk))
        assert row["primary_role"] == "salesperson"
        assert row["roles"] == [{"code": "salesperson", "name": "Salesperson"}]
        assert "password" not in row
        assert page["pagination"]["count"] == 11

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ("search=seller", 2),
            ("search=vera@", 1),
            ("role=verifier", 2),
            ("status=invited", 0),
            ("status=active&role=owner", 1),
            ("search=Create website %26 update logo", 0),
        ],
    )
    def test_filters(self, query: str, count: int, as_adam: PrsClient) -> None:
        assert ok(as_adam.get(f"{USERS}?{query}"))["pagination"]["count"] == count

    def test_refuses_unknown_parameters_by_name(self, as_adam: PrsClient) -> None:
        refusal = error(as_adam.get(f"{USERS}?is_operator=true"), 400)
        assert refusal["errors"][0]["field"] == "/is_operator"

    def test_costs_the_same_for_1_and_for_50_people(self, as_adam: PrsClient, adam: User) -> None:
        one = queries_of(lambda: as_adam.get(f"{USERS}?search=adam"))
        for _ in range(50):
            PersonFactory()
        assert queries_of(lambda: as_adam.get(f"{USERS}?page_size=100")) == one

    def test_shows_nobody_of_another_organization(self, as_adam: PrsClient, mallory: User) -> None:
        assert ok(as_adam.get(f"{USERS}?search=mallory"))["results"] == []


class TestOne:
    @pytest.mark.parametrize("path", [f"{USERS}{NOBODY}/", f"{USERS}nonsense/", f"{USERS}0/"])
    def test_unknown_is_not_found(self, path: str, as_adam: PrsClient) -> None:
        assert error(as_adam.get(path), 404)["code"] == "not_found"

    def test_of_another_organization_is_the_same_not_found(
        self, as_adam: PrsClient, mallory: User
    ) -> None:
        unknown = error(as_adam.get(f"{USERS}{uuid7()}/"), 404)
        for action in ("suspend", "reactivate", "invite", "force-reset"):
            assert (
                error(as_adam.post(url_of(mallory, f"{action}/"), {"reason": "x"}), 404) == unknown
            )
        assert error(as_adam.get(url_of(mallory)), 404) == unknown
        assert error(as_adam.patch(url_of(mallory), {}, version=1), 404) == unknown
        roles = {"roles": ["auditor"]}
        assert error(as_adam.post(url_of(mallory, "roles/"), roles), 404) == unknown


class TestInvite:
    def test_enters_a_person_with_roles(self, as_adam: PrsClient) -> None:
        answer = as_adam.post(USERS, ANN)
        shown = ok(answer, 201)
        assert (shown["status"], shown["primary_role"]) == ("invited", "salesperson")
        assert answer["ETag"]

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("status", "active"),
            ("is_operator", True),
            ("is_staff", True),
            ("is_superuser", True),
            ("password", PASSWORD),
            ("id", NOBODY),
            ("created_by_id", None),
            ("version", 7),
            ("password_change_required", False),
            ("granted", {}),
        ],
    )
    def test_refuses_every_other_field_by_name(
        self, field: str, value: Any, as_adam: PrsClient
    ) -> None:
        refusal = error(as_adam.post(USERS, {**ANN, field: value}), 400)
        assert [each["field"] for each in refusal["errors"]] == [f"/{field}"]
        assert not User.objects.filter(email=ANN["email"]).exists()

    def test_twice_is_refused(self, as_adam: PrsClient) -> None:
        ok(as_adam.post(USERS, ANN))
        assert error(as_adam.post(USERS, ANN), 409)["code"] == "email_taken"

    def test_with_an_unknown_role_enters_nobody(self, as_adam: PrsClient) -> None:
        refusal = error(as_adam.post(USERS, {**ANN, "roles": ["emperor"]}), 400)
        assert refusal["errors"][0]["field"] == "/roles"
        assert not User.objects.filter(email=ANN["email"]).exists()

    def test_with_more_than_one_holds_enters_nobody(self, as_adam: PrsClient) -> None:
        error(as_adam.post(USERS, {**ANN, "roles": ["owner"]}), 403)
        assert not User.objects.filter(email=ANN["email"]).exists()

    @pytest.mark.parametrize("email", ["", "ann", "a@b", 7, None, "x" * 250 + "@example.com"])
    def test_refuses_bad_addresses(self, email: Any, as_adam: PrsClient) -> None:
        error(as_adam.post(USERS, {**ANN, "email": email}), 400)

    def test_can_be_sent_again_to_the_invited_only(self, as_adam: PrsClient, sam: User) -> None:
        ok(as_adam.post(url_of(InvitedPersonFactory(), "invite/"), {}))
        assert error(as_adam.post(url_of(sam, "invite/"), {}), 409)["code"] == (
            "person_wrong_status"
        )


class TestEdit:
    def test_changes_names(self, as_adam: PrsClient, sam: User) -> None:
        answer = as_adam.patch(url_of(sam), {"last_name": "Salesman"}, version=sam.version)
        assert ok(answer)["full_name"] == "Sam Salesman"

    def test_refuses_what_roles_and_suspension_are_for(self, as_adam: PrsClient, sam: User) -> None:
        changes: list[dict[str, Any]] = [{"status": "suspended"}, {"roles": []}, {"email": "x"}]
        for change in changes:
            error(as_adam.patch(url_of(sam), change, version=sam.version), 400)

    def test_needs_the_current_version(self, as_adam: PrsClient, sam: User) -> None:
        error(as_adam.patch(url_of(sam), {"last_name": "X"}), 428)
        error(as_adam.patch(url_of(sam), {"last_name": "X"}, version=sam.version + 1), 412)


class TestSuspend:
    def test_ends_the_persons_access_at_once(
        self, as_adam: PrsClient, as_sam: PrsClient, sam: User
    ) -> None:
        ok(as_sam.get("/api/auth/me/"))
        shown = ok(as_adam.post(url_of(sam, "suspend/"), LEFT))
        assert shown["status"] == "suspended"
        error(as_sam.get("/api/auth/me/"), 401)
        assert ok(as_adam.post(url_of(sam, "reactivate/"), {}))["status"] == "active"
        error(as_sam.get("/api/auth/me/"), 401)

    @pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "  "}])
    def test_asks_why(self, as_adam: PrsClient, sam: User, body: dict[str, str]) -> None:
        refused = error(as_adam.post(url_of(sam, "suspend/"), body), 400)
        assert [each["field"] for each in refused["errors"]] == ["/reason"]
        assert ok(as_adam.get(url_of(sam)))["status"] == "active"

    def test_keeps_why_in_the_audit_log(self, as_adam: PrsClient, sam: User) -> None:
        ok(as_adam.post(url_of(sam, "suspend/"), {"reason": " left "}))
        event = EventRecord.objects.get(name="accounts.person_suspended")
        assert event.reason == "left"

    def test_twice_is_refused(self, as_adam: PrsClient, sam: User) -> None:
        ok(as_adam.post(url_of(sam, "suspend/"), LEFT))
        error(as_adam.post(url_of(sam, "suspend/"), LEFT), 409)

    def test_of_the_last_owner_is_refused(self, as_olga: PrsClient, olga: User) -> None:
        assert error(as_olga.post(url_of(olga, "suspend/"), LEFT), 409)["code"] == "last_owner"

    def test_of_oneself_is_refused(self, as_adam: PrsClient, adam: User) -> None:
        refused = error(as_adam.post(url_of(adam, "suspend/"), LEFT), 409)
        assert refused["code"] == "own_membership"
        assert ok(as_adam.get(url_of(adam)))["status"] == "active"


class TestAnOwner:
    """Meets no administrator's hand; another owner may do all of this."""

    @pytest.fixture
    def second(self, olga: User, acme: Tenant) -> User:
        return self._owner(PersonFactory(), olga)

    @staticmethod
    def _owner(person: User, olga: User) -> User:
        assign_role(user_id=person.pk, role="owner", by=olga, at=utc_now())
        return person

    def _refused(self, answer: Any) -> None:
        assert error(answer, 403)["code"] == "permission_denied"

    def test_is_not_suspended_or_reset(self, as_adam: PrsClient, second: User) -> None:
        for action in ("suspend/", "force-reset/"):
            self._refused(as_adam.post(url_of(second, action), LEFT))

    def test_is_not_reactivated(self, as_adam: PrsClient, as_olga: PrsClient, second: User) -> None:
        ok(as_olga.post(url_of(second, "suspend/"), LEFT))
        self._refused(as_adam.post(url_of(second, "reactivate/"), {}))
        assert ok(as_olga.get(url_of(second)))["status"] == "suspended"
        assert ok(as_olga.post(url_of(second, "reactivate/"), {}))["status"] == "active"

    def test_is_not_invited_again(self, as_adam: PrsClient, as_olga: PrsClient, olga: User) -> None:
        invited = self._owner(InvitedPersonFactory(), olga)
        self._refused(as_adam.post(url_of(invited, "invite/"), {}))
        ok(as_olga.post(url_of(invited, "invite/"), {}))

    def test_is_not_edited(self, as_adam: PrsClient, as_olga: PrsClient, second: User) -> None:
        change, version = {"last_name": "Renamed"}, second.version
        self._refused(as_adam.patch(url_of(second), change, version=version))
        ok(as_olga.patch(url_of(second), change, version=version))


class TestForcedReset:
    def test_signs_the_person_out(self, as_adam: PrsClient, as_sam: PrsClient, sam: User) -> None:
        shown = ok(as_adam.post(url_of(sam, "force-reset/"), {}))
        assert shown["password_change_required"] is True
        error(as_sam.get("/api/auth/me/"), 401)


class TestRoles:
    def test_are_set_to_exactly_these(self, as_adam: PrsClient, sam: User) -> None:
        shown = ok(as_adam.post(url_of(sam, "roles/"), {"roles": ["verifier", "auditor"]}))
        assert [role["code"] for role in shown["roles"]] == ["verifier", "auditor"]
        assert roles_of(sam.pk) == ["verifier", "auditor"]

    def test_work_on_the_next_request(
        self, as_adam: PrsClient, as_sam: PrsClient, sam: User
    ) -> None:
        error(as_sam.get(USERS), 403)
        ok(as_adam.post(url_of(sam, "roles/"), {"roles": ["auditor"]}))
        ok(as_sam.get(USERS))
        ok(as_adam.post(url_of(sam, "roles/"), {"roles": []}))
        error(as_sam.get(USERS), 403)

    def test_of_oneself_can_not_be_raised(self, as_adam: PrsClient, adam: User) -> None:
        refusal = error(as_adam.post(url_of(adam, "roles/"), {"roles": ["admin", "owner"]}), 403)
        assert refusal["code"] == "permission_denied"

    @pytest.mark.parametrize("given", [{}, {"roles": "owner"}, {"roles": [1, None]}, {"role": []}])
    def test_refuse_bad_input(self, given: dict[str, Any], as_adam: PrsClient, sam: User) -> None:
        error(as_adam.post(url_of(sam, "roles/"), given), 400)


class TestRoleScreens:
    def test_list_roles_with_grants_and_how_many_have_them(self, as_audrey: PrsClient) -> None:
        rows = ok(as_audrey.get("/api/admin/roles/"))["results"]
        by_code = {row["code"]: row for row in rows}
        assert by_code["salesperson"]["people_count"] == 2
        assert {"permission": "deals.view", "scope": "own"} in by_code["salesperson"]["grants"]
        assert rows[0]["code"] == "owner"

    def test_show_who_has_a_role(self, as_adam: PrsClient, vera: User, viktor: User) -> None:
        rows = ok(as_adam.get("/api/admin/roles/verifier/usage/"))["results"]
        assert {row["id"] for row in rows} == {str(vera.pk), str(viktor.pk)}
        error(as_adam.get("/api/admin/roles/emperor/usage/"), 404)

    def test_show_the_matrix(self, as_adam: PrsClient) -> None:
        rows = ok(as_adam.get("/api/admin/permissions/?page_size=100"))["results"]
        row = next(each for each in rows if each["permission"] == "payments.decide")
        assert row["scopes"]["verifier"] == "all"
        assert row["scopes"]["reviewer"] == "own"
        assert "salesperson" not in row["scopes"]

    def test_list_roles_at_a_constant_cost(
        self, as_adam: PrsClient, django_assert_max_num_queries: Any
    ) -> None:
        with django_assert_max_num_queries(5):
            ok(as_adam.get("/api/admin/roles/"))
