"""Roles, what they grant and who has them."""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.web.schema import documented
from shared_apps.web.views import ApiViewSet
from tenant_apps.access.api import serializers
from tenant_apps.access.api.views import PERSON_EXAMPLE
from tenant_apps.access.selectors import (
    get_role,
    list_matrix,
    list_people_in_role,
    list_people_with_roles,
    list_roles,
)
from tenant_apps.access.services import (
    BulkAssignment,
    RoleTerms,
    archive_role,
    assign_roles,
    change_role,
    create_role,
)

ROLE_EXAMPLE: dict[str, Any] = {
    "id": "0197a1b2-0000-7000-8000-000000000002",
    "code": "salesperson",
    "name": "Salesperson",
    "description": "Own clients, deals, payments, commission and figures.",
    "rank": 60,
    "is_builtin": True,
    "people_count": 2,
    "grants": [{"permission": "deals.view", "scope": "own"}],
    "version": 1,
}
OWN_EXAMPLE = {
    **ROLE_EXAMPLE,
    "code": "clerk",
    "name": "Clerk",
    "description": "Keeps the clients.",
    "rank": 100,
    "is_builtin": False,
    "people_count": 0,
    "grants": [{"permission": "clients.edit", "scope": "all"}],
}


class RoleViewSet(ApiViewSet):
    """Roles, what they grant and who has them."""

    permissions: ClassVar = {
        "list": "roles.view",
        "retrieve": "roles.view",
        "people": "roles.view",
        "matrix": "roles.view",
        "create": "roles.manage",
        "partial_update": "roles.manage",
        "destroy": "roles.manage",
        "bulk_assign": "roles.manage",
    }

    @documented(response=serializers.RoleOut, example=ROLE_EXAMPLE)
    def list(self, request: Request) -> Response:
        """List roles with their grants."""
        return self.page(list_roles(), serializers.RoleOut)

    @documented(response=serializers.RoleOut, example=ROLE_EXAMPLE)
    def retrieve(self, request: Request, code: str) -> Response:
        """Show a role with its grants and how many people have it."""
        return self.one(get_role(code), serializers.RoleOut)

    @documented(
        request=serializers.RoleIn,
        response=serializers.RoleOut,
        status=201,
        request_example={name: OWN_EXAMPLE[name] for name in ("name", "description", "grants")},
        example=OWN_EXAMPLE,
    )
    def create(self, request: Request) -> Response:
        """Make a role of the organization's own, with rights that one holds oneself."""
        terms = terms_of(self.read(serializers.RoleIn))
        role = create_role(terms=terms, by=self.viewer, at=self.at)
        return self.one(get_role(role.code), serializers.RoleOut, status=201)

    @documented(
        request=serializers.RoleIn,
        response=serializers.RoleOut,
        request_example={"grants": OWN_EXAMPLE["grants"]},
        example=OWN_EXAMPLE,
    )
    def partial_update(self, request: Request, code: str) -> Response:
        """Change a role of the organization's own; it works on everybody's next request."""
        shown = serializers.RoleOut(get_role(code))
        change_role(
            code=code,
            terms=terms_of(self.read(serializers.RoleIn, current=shown)),
            expected_version=self.expected_version(),
            by=self.viewer,
            at=self.at,
        )
        return self.one(get_role(code), serializers.RoleOut)

    @documented()
    def destroy(self, request: Request, code: str) -> Response:
        """Archive a role of the organization's own that nobody has."""
        archive_role(code=code, by=self.viewer, at=self.at)
        return self.nothing()

    @documented(
        request=serializers.BulkRolesIn,
        response=serializers.BulkRolesOut,
        status=200,
        request_example={
            "user_ids": [PERSON_EXAMPLE["id"]],
            "add": ["salesperson"],
            "remove": ["team_member"],
        },
        example={"people": [PERSON_EXAMPLE]},
    )
    def bulk_assign(self, request: Request) -> Response:
        """Give and take roles of up to 100 people: all of it, or nothing."""
        wanted = BulkAssignment(**self.read(serializers.BulkRolesIn))
        assign_roles(wanted=wanted, by=self.viewer, at=self.at)
        people = list_people_with_roles().filter(pk__in=wanted.user_ids)
        return self.one({"people": people}, serializers.BulkRolesOut)

    @documented(response=serializers.PersonOut, many=True, example=PERSON_EXAMPLE)
    def people(self, request: Request, code: str) -> Response:
        """List the people who have a role."""
        return self.page(list_people_in_role(code), serializers.PersonOut)

    @documented(
        response=serializers.MatrixRowOut,
        many=True,
        example={
            "permission": "deals.view",
            "description": "See deals",
            "scopes": {"owner": "all", "team_lead": "team", "salesperson": "own"},
        },
    )
    def matrix(self, request: Request) -> Response:
        """Show every permission with the scope that each role has of it."""
        return self.page(list_matrix(), serializers.MatrixRowOut)


def terms_of(given: dict[str, Any]) -> RoleTerms:
    """Return the validated values of a RoleIn as the service takes them."""
    grants = given.get("grants")
    return RoleTerms(
        name=given.get("name"),
        description=given.get("description"),
        grants=None
        if grants is None
        else {grant["permission"]: grant["scope"] for grant in grants},
    )
