"""People, roles and the matrix, for those who administer them."""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.web.schema import documented
from shared_apps.web.views import ApiViewSet, parse_id
from tenant_apps.access.api import serializers
from tenant_apps.access.scopes import has_permission
from tenant_apps.access.selectors import get_person_with_roles, list_people_with_roles
from tenant_apps.access.services import (
    NewInvitation,
    edit_member,
    force_password_change,
    invite_member_again,
    invite_with_roles,
    reactivate_member,
    set_roles,
    suspend_member,
    take_invitation_back,
)
from tenant_apps.accounts.services import NewPerson, PersonChanges, require_recent_proof

PERSON_EXAMPLE: dict[str, Any] = {
    "id": "0197a1b2-0000-7000-8000-000000000001",
    "email": "sam@acme.example",
    "first_name": "Sam",
    "last_name": "Seller",
    "full_name": "Sam Seller",
    "status": "invited",
    "phone": "",
    "external_id": None,
    "password_change_required": False,
    "picture_url": None,
    "last_login": None,
    "roles": [{"code": "salesperson", "name": "Salesperson"}],
    "primary_role": "salesperson",
    "created_at": "2026-03-02T11:00:00Z",
    "version": 1,
}


class PeopleViewSet(ApiViewSet):
    """The people of the organization."""

    permissions: ClassVar = {
        "list": "people.view",
        "retrieve": "people.view",
        "create": "people.manage",
        "partial_update": "people.manage",
        "suspend": "people.manage",
        "reactivate": "people.manage",
        "invite_again": "people.manage",
        "revoke": "people.manage",
        "force_reset": "people.manage",
        "set_roles": "roles.manage",
    }

    @documented(
        response=serializers.PersonOut, query=serializers.PeopleQuery, example=PERSON_EXAMPLE
    )
    def list(self, request: Request) -> Response:
        """List people with their roles."""
        people = list_people_with_roles(**self.query(serializers.PeopleQuery))
        return self.page(people, serializers.PersonOut)

    @documented(response=serializers.PersonOut, example=PERSON_EXAMPLE)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show a person with the roles."""
        return self._show(pk)

    @documented(
        request=serializers.InvitationIn,
        response=serializers.PersonOut,
        status=201,
        request_example={
            "email": "sam@acme.example",
            "first_name": "Sam",
            "last_name": "Seller",
            "roles": ["salesperson"],
        },
        example=PERSON_EXAMPLE,
    )
    def create(self, request: Request) -> Response:
        """Invite a person by e-mail. Giving roles asks for a recent proof of who one is."""
        given = self.read(serializers.InvitationIn)
        wanted = {name: tuple(given.pop(name)) for name in ("roles", "teams")}
        if wanted["roles"] and has_permission(self.viewer, "roles.manage"):
            require_recent_proof(request.auth, at=self.at)
        invitation = NewInvitation(person=NewPerson(**given), **wanted)
        person = invite_with_roles(invitation=invitation, by=self.viewer, at=self.at)
        return self._show(str(person.pk), status=201)

    @documented(
        request=serializers.PersonIn,
        response=serializers.PersonOut,
        request_example={"first_name": "Samuel"},
        example=PERSON_EXAMPLE,
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a person's names."""
        shown = serializers.PersonOut(get_person_with_roles(parse_id(pk)))
        changes = PersonChanges(**self.read(serializers.PersonIn, current=shown))
        edit_member(
            user_id=parse_id(pk),
            changes=changes,
            expected_version=self.expected_version(),
            by=self.viewer,
            at=self.at,
        )
        return self._show(pk)

    @documented(
        request=serializers.SuspensionIn,
        response=serializers.PersonOut,
        request_example={"reason": "Left the company"},
        example={**PERSON_EXAMPLE, "status": "suspended"},
    )
    def suspend(self, request: Request, pk: str) -> Response:
        """Keep a person from signing in and end every sign-in."""
        reason = self.read(serializers.SuspensionIn)["reason"]
        suspend_member(user_id=parse_id(pk), reason=reason, by=self.viewer, at=self.at)
        return self._show(pk)

    @documented(response=serializers.PersonOut, example={**PERSON_EXAMPLE, "status": "active"})
    def reactivate(self, request: Request, pk: str) -> Response:
        """Let a suspended person sign in again."""
        reactivate_member(user_id=parse_id(pk), by=self.viewer, at=self.at)
        return self._show(pk)

    @documented(response=serializers.PersonOut, example=PERSON_EXAMPLE)
    def invite_again(self, request: Request, pk: str) -> Response:
        """Send an invited person a new link; the old one stops working."""
        invite_member_again(user_id=parse_id(pk), by=self.viewer, at=self.at)
        return self._show(pk)

    @documented()
    def revoke(self, request: Request, pk: str) -> Response:
        """Take an invitation back: its link stops working, roles and teams go."""
        take_invitation_back(user_id=parse_id(pk), by=self.viewer, at=self.at)
        return self.nothing()

    @documented(
        response=serializers.PersonOut,
        example={**PERSON_EXAMPLE, "status": "active", "password_change_required": True},
    )
    def force_reset(self, request: Request, pk: str) -> Response:
        """Make a person choose a new password at the next sign-in."""
        force_password_change(user_id=parse_id(pk), by=self.viewer, at=self.at)
        return self._show(pk)

    @documented(
        request=serializers.RolesIn,
        response=serializers.PersonOut,
        status=200,
        request_example={"roles": ["salesperson", "team_lead"]},
        example=PERSON_EXAMPLE,
    )
    def set_roles(self, request: Request, pk: str) -> Response:
        """Give a person exactly these roles."""
        roles = self.read(serializers.RolesIn)["roles"]
        set_roles(user_id=parse_id(pk), roles=roles, by=self.viewer, at=self.at)
        return self._show(pk)

    def _show(self, pk: str, status: int = 200) -> Response:
        return self.one(get_person_with_roles(parse_id(pk)), serializers.PersonOut, status=status)
