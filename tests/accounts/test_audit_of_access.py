"""Whatever happens at the door, to roles, policies, factors and sessions can be read in the log."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from shared_apps.audit.models import EventRecord
from shared_apps.audit.registry import kinds_of_events
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tests.accounts.factors import give_app, sign_in_with
from tests.cast import PASSWORD
from tests.client import PrsClient, error, ok

AUDIT = "/api/admin/audit/"
WRONG = "wrong horse battery 8"
NEW = "another horse battery 9"
KINDS = {
    "key",
    "password",
    "person",
    "policy",
    "role",
    "second_factor",
    "session",
    "settings",
    "sign_in",
}


def listed(client: PrsClient, **filters: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = ok(client.get(AUDIT, {**filters, "page_size": "100"}))["results"]
    return rows


def newest(client: PrsClient, **filters: str) -> dict[str, Any]:
    return listed(client, **filters)[0]


@pytest.fixture
def as_person(person: User, acme: Tenant) -> PrsClient:
    """A client of a person whose failures no other test counts."""
    return PrsClient.signed_in(person, tenant=acme)


class TestSignInFailures:
    """Each is an event that an administrator finds under the person, when there is one."""

    def test_of_a_known_address_are_found_by_person(
        self, person: User, anyone: PrsClient, as_audrey: PrsClient
    ) -> None:
        error(anyone.post("/api/auth/login/", {"email": person.email, "password": WRONG}), 401)

        row = newest(as_audrey, kind="sign_in_failure", person=str(person.pk))

        assert row["payload"]["cause"] == "wrong_password"
        assert row["ip"] == "127.0.0.1"

    @pytest.mark.parametrize(
        ("path", "given", "cause"),
        [
            ("/api/auth/step-up/", {"password": WRONG}, "wrong_password_again"),
            (
                "/api/auth/password/change/",
                {"old_password": WRONG, "new_password": NEW},
                "wrong_old_password",
            ),
        ],
    )
    def test_inside_a_sign_in_count_too(
        self,
        person: User,
        as_person: PrsClient,
        as_audrey: PrsClient,
        path: str,
        given: dict[str, str],
        cause: str,
    ) -> None:
        error(as_person.post(path, given), 400)

        row = newest(as_audrey, kind="sign_in_failure", person=str(person.pk))

        assert row["payload"]["cause"] == cause

    def test_of_a_second_step_are_found(
        self, person: User, anyone: PrsClient, as_audrey: PrsClient
    ) -> None:
        give_app(person)
        asked = ok(anyone.post("/api/auth/login/", {"email": person.email, "password": PASSWORD}))
        step = {"challenge": asked["challenge"], "code": "000000"}
        error(anyone.post("/api/auth/login/mfa/", step), 401)

        row = newest(as_audrey, kind="sign_in_failure", person=str(person.pk))

        assert row["payload"]["cause"] == "wrong_code"


class TestChanges:
    """Each kind of change leaves its event, found by kind, by actor and by subject."""

    @pytest.mark.parametrize(
        ("kind", "act", "name"),
        [
            (
                "role",
                lambda by, sam: by.post(
                    f"/api/admin/users/{sam.pk}/roles/", {"roles": ["salesperson", "team_lead"]}
                ),
                "access.role_assigned",
            ),
            (
                "policy",
                lambda by, sam: by.patch(
                    "/api/admin/sign-in-policy/", {"grace_days": 3}, version=1
                ),
                "access.sign_in_policy_changed",
            ),
            (
                "session",
                lambda by, sam: by.post(f"/api/admin/users/{sam.pk}/sign-out/"),
                "accounts.sign_ins_ended",
            ),
            (
                "password",
                lambda by, sam: by.post(f"/api/admin/users/{sam.pk}/force-reset/"),
                "accounts.password_change_required",
            ),
            (
                "person",
                lambda by, sam: by.post(f"/api/admin/users/{sam.pk}/suspend/", {"reason": "Left"}),
                "accounts.person_suspended",
            ),
        ],
    )
    @pytest.mark.usefixtures("as_sam")
    def test_are_found_by_kind_and_by_actor(
        self,
        kind: str,
        act: Callable[[PrsClient, User], Any],
        name: str,
        sam: User,
        as_olga: PrsClient,
    ) -> None:
        ok(act(as_olga, sam))

        row = newest(as_olga, kind=kind)

        assert (row["name"], row["actor"]["name"]) == (name, "Olga Owner")
        assert name in {each["name"] for each in listed(as_olga, actor=row["actor"]["id"])}

    def test_of_a_person_come_together(
        self, person: User, as_person: PrsClient, anyone: PrsClient, as_audrey: PrsClient
    ) -> None:
        error(anyone.post("/api/auth/login/", {"email": person.email, "password": WRONG}), 401)
        ok(anyone.post("/api/auth/login/", {"email": person.email, "password": PASSWORD}))
        ok(as_person.post("/api/auth/logout/"))

        names = {row["name"] for row in listed(as_audrey, person=str(person.pk))}

        assert {
            "accounts.person_created",
            "accounts.person_signed_in",
            "accounts.person_signed_out",
            "accounts.sign_in_failed",
        } <= names

    def test_elsewhere_that_name_a_person_are_found_too(
        self, sam: User, as_audrey: PrsClient
    ) -> None:
        names = {row["name"] for row in listed(as_audrey, person=str(sam.pk))}
        assert {"access.role_assigned", "teams.member_added"} <= names

    def test_have_kinds_that_can_be_asked_for(self, as_audrey: PrsClient) -> None:
        assert set(kinds_of_events()) >= KINDS
        refusal = error(as_audrey.get(AUDIT, {"kind": "nothing"}), 400)
        assert refusal["errors"][0]["field"] == "/kind"
        assert "sign_in_failure" in refusal["errors"][0]["message"]


class TestSecrets:
    def test_are_in_no_event(self, person: User, anyone: PrsClient) -> None:
        """Walk the door, the second factor and the passwords; then read every word of the log."""
        app = give_app(person)
        signed_in = sign_in_with(app, person, anyone)
        bearer = {"Authorization": f"Bearer {signed_in['access']}"}
        error(anyone.post("/api/auth/step-up/", {"code": "000000"}, headers=bearer), 400)
        error(anyone.post("/api/auth/login/", {"email": person.email, "password": WRONG}), 401)
        change = {"old_password": PASSWORD, "new_password": NEW}
        ok(anyone.post("/api/auth/password/change/", change, headers=bearer))

        log = json.dumps(list(EventRecord.objects.values_list("payload", "before", "after")))

        secrets = [PASSWORD, WRONG, NEW, app.secret, signed_in["access"], signed_in["refresh"]]
        assert str(person.pk) in log
        assert [each for each in (*secrets, *app.recovery_codes) if each in log] == []
