"""Invitations over HTTP: with roles and teams, and taken back again."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core import mail

from shared_apps.audit.selectors import history_of
from tenant_apps.access.selectors import roles_of
from tenant_apps.accounts.models import User
from tenant_apps.accounts.selectors import get_person
from tenant_apps.accounts.services import accept_invitation
from tenant_apps.accounts.services.invitations import make_invitation_token, send_invitation_mail
from tenant_apps.teams.models import Team, TeamMembership
from tests.cast import PASSWORD
from tests.client import PrsClient, error, ok

USERS = "/api/admin/users/"


@pytest.fixture
def team(cast: None) -> Team:
    return Team.objects.get(name="North")


def invite(client: PrsClient, **given: Any) -> dict[str, Any]:
    body = {"email": f"ann-{uuid4().hex[:8]}@acme.example", "roles": ["salesperson"], **given}
    data: dict[str, Any] = ok(client.post(USERS, body), 201)
    return data


def names_of(person_id: UUID) -> list[str]:
    return [event.name for event in history_of("accounts.user", person_id)]


def person_of(shown: dict[str, Any]) -> User:
    return get_person(UUID(shown["id"]))


class TestInvitation:
    def test_makes_a_member_of_teams(self, as_adam: PrsClient, team: Team) -> None:
        person = person_of(invite(as_adam, teams=[str(team.pk), str(team.pk)]))

        (membership,) = TeamMembership.objects.filter(user=person)
        assert (membership.team_id, membership.valid_to) == (team.pk, None)
        assert roles_of(person.pk) == ["salesperson"]

    def test_into_an_unknown_team_makes_nobody(self, as_adam: PrsClient) -> None:
        given = {"email": "nora@acme.example", "teams": [str(uuid4())]}
        assert error(as_adam.post(USERS, given), 404)["code"] == "not_found"
        assert not User.objects.filter(email="nora@acme.example").exists()


class TestTakingBack:
    def test_ends_link_roles_and_teams(
        self, as_adam: PrsClient, as_sam: PrsClient, team: Team
    ) -> None:
        shown = invite(as_adam, teams=[str(team.pk)])
        person = person_of(shown)
        token = make_invitation_token(person)

        ok(as_adam.post(f"{USERS}{person.pk}/revoke/"), 204)

        assert error(as_adam.get(f"{USERS}{person.pk}/"), 404)
        assert roles_of(person.pk) == []
        assert not TeamMembership.objects.filter(user=person, valid_to=None).exists()
        assert "accounts.invitation_revoked" in names_of(person.pk)
        with pytest.raises(Exception, match="no longer valid"):
            accept_invitation(token=token, password=PASSWORD, at=person.created_at)

    def test_sends_no_mail_that_was_still_to_be_sent(self, as_adam: PrsClient) -> None:
        person = person_of(invite(as_adam))
        ok(as_adam.post(f"{USERS}{person.pk}/revoke/"), 204)
        mail.outbox.clear()
        send_invitation_mail(user_id=person.pk)
        assert mail.outbox == []

    def test_lets_the_same_address_be_invited_again(self, as_adam: PrsClient) -> None:
        first = invite(as_adam)
        ok(as_adam.post(f"{USERS}{first['id']}/revoke/"), 204)

        again = invite(as_adam, email=first["email"], first_name="Anna", roles=["auditor"])

        assert (again["id"], again["full_name"]) == (first["id"], "Anna")
        assert [role["code"] for role in again["roles"]] == ["auditor"]

    def test_is_for_invitations_only(self, as_adam: PrsClient, sam: User) -> None:
        refusal = error(as_adam.post(f"{USERS}{sam.pk}/revoke/"), 409)
        assert refusal["code"] == "person_wrong_status"

    def test_twice_is_refused(self, as_adam: PrsClient) -> None:
        shown = invite(as_adam)
        ok(as_adam.post(f"{USERS}{shown['id']}/revoke/"), 204)
        assert error(as_adam.post(f"{USERS}{shown['id']}/revoke/"), 409)
        assert error(as_adam.post(f"{USERS}{shown['id']}/invite/"), 409)

    def test_of_one_who_will_hold_more_is_refused(
        self, as_adam: PrsClient, as_olga: PrsClient
    ) -> None:
        shown = invite(as_olga, roles=["owner"])
        refusal = error(as_adam.post(f"{USERS}{shown['id']}/revoke/"), 403)
        assert refusal["code"] == "permission_denied"
