"""Teams and their members."""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.organizations.selectors import local_day_of
from shared_apps.web.schema import documented
from shared_apps.web.views import ApiViewSet, parse_id
from tenant_apps.teams.api import serializers
from tenant_apps.teams.selectors import get_visible_team, list_members, list_visible_teams
from tenant_apps.teams.services import (
    NewTeam,
    add_member,
    archive_team,
    create_team,
    remove_member,
    update_team,
)

LEAD_EXAMPLE = {
    "id": "0197a1b2-0000-7000-8000-000000000003",
    "full_name": "Theo Lead",
    "email": "theo@example.com",
    "phone": "+1 555 0103",
}
TEAM_EXAMPLE: dict[str, Any] = {
    "id": "0197a1b2-0000-7000-8000-000000000004",
    "name": "North",
    "description": "",
    "lead": LEAD_EXAMPLE,
    "lead_id": LEAD_EXAMPLE["id"],
    "external_id": None,
    "created_at": "2026-03-02T11:00:00Z",
    "version": 1,
}
MEMBER_EXAMPLE = {"user": LEAD_EXAMPLE, "valid_from": "2026-01-01", "valid_to": None}


class TeamViewSet(ApiViewSet):
    """Teams; those who hold teams.view for their team only see their own teams."""

    permissions: ClassVar = {
        "list": "teams.view",
        "retrieve": "teams.view",
        "members": "teams.view",
        "create": "teams.manage",
        "partial_update": "teams.manage",
        "destroy": "teams.manage",
        "add_member": "teams.manage",
        "remove_member": "teams.manage",
    }

    @documented(response=serializers.TeamOut, query=serializers.TeamsQuery, example=TEAM_EXAMPLE)
    def list(self, request: Request) -> Response:
        """List teams."""
        filters = self.query(serializers.TeamsQuery)
        teams = list_visible_teams(viewer=self.viewer, on=local_day_of(self.at), **filters)
        return self.page(teams, serializers.TeamOut)

    @documented(response=serializers.TeamOut, example=TEAM_EXAMPLE)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show a team."""
        return self._show(pk)

    @documented(
        request=serializers.NewTeamIn,
        response=serializers.TeamOut,
        status=201,
        request_example={"name": "North", "lead_id": LEAD_EXAMPLE["id"]},
        example=TEAM_EXAMPLE,
    )
    def create(self, request: Request) -> Response:
        """Create a team."""
        new = NewTeam(**self.read(serializers.NewTeamIn))
        team = create_team(new=new, by=self.viewer.actor, at=self.at)
        return self._show(str(team.pk), status=201)

    @documented(
        request=serializers.TeamIn,
        response=serializers.TeamOut,
        request_example={"name": "North and East"},
        example=TEAM_EXAMPLE,
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a team's name, description or lead."""
        shown = serializers.TeamOut(self._team(pk))
        update_team(
            team_id=parse_id(pk),
            changes=self.read(serializers.TeamIn, current=shown),
            expected_version=self.expected_version(),
            by=self.viewer.actor,
            at=self.at,
        )
        return self._show(pk)

    @documented()
    def destroy(self, request: Request, pk: str) -> Response:
        """Archive a team; what it earned stays."""
        archive_team(team_id=parse_id(pk), by=self.viewer.actor, at=self.at)
        return self.nothing()

    @documented(
        response=serializers.MemberOut,
        query=serializers.MembersQuery,
        many=True,
        example=MEMBER_EXAMPLE,
    )
    def members(self, request: Request, pk: str) -> Response:
        """List a team's members of a day, today by default."""
        day = self.query(serializers.MembersQuery).get("on", local_day_of(self.at))
        rows = list_members(self._team(pk).pk, on=day)
        return self.page(rows, serializers.MemberOut)

    @documented(
        request=serializers.NewMemberIn,
        response=serializers.MemberOut,
        status=201,
        request_example={"user_id": LEAD_EXAMPLE["id"], "valid_from": "2026-01-01"},
        example=MEMBER_EXAMPLE,
    )
    def add_member(self, request: Request, pk: str) -> Response:
        """Make a person a member of a team."""
        given = self.read(serializers.NewMemberIn)
        membership = add_member(
            team_id=parse_id(pk),
            user_id=given["user_id"],
            valid_from=given.get("valid_from", local_day_of(self.at)),
            by=self.viewer.actor,
            at=self.at,
        )
        return self.one(membership, serializers.MemberOut, status=201)

    @documented()
    def remove_member(self, request: Request, pk: str, user_id: str) -> Response:
        """End a person's membership today."""
        remove_member(
            team_id=parse_id(pk),
            user_id=parse_id(user_id),
            valid_to=local_day_of(self.at),
            by=self.viewer.actor,
            at=self.at,
        )
        return self.nothing()

    def _team(self, pk: str) -> Any:
        return get_visible_team(team_id=parse_id(pk), viewer=self.viewer, on=local_day_of(self.at))

    def _show(self, pk: str, status: int = 200) -> Response:
        return self.one(self._team(pk), serializers.TeamOut, status=status)
