"""What the deals of a project or a team come to, over HTTP."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.organizations.selectors import local_day_of
from shared_apps.web.schema import documented
from shared_apps.web.serializers import MoneyOut, OutputSerializer
from shared_apps.web.views import ApiViewSet, parse_id, parse_reference
from tenant_apps.clients.api.serializers import ClientOut
from tenant_apps.clients.api.views import CLIENT_EXAMPLE
from tenant_apps.deals.selectors import VIEW
from tenant_apps.deals.selectors.figures import (
    clients_of_project,
    project_figures,
    team_figures,
)
from tenant_apps.projects.selectors import get_project
from tenant_apps.teams.selectors import get_visible_team

USD = {"currency": "USD"}
EXAMPLE: dict[str, Any] = {
    "deals": {"draft": 0, "open": 2, "won": 1, "lost": 0, "cancelled": 0, "bad_debt": 0},
    "sums": [
        {
            "booked": {"amount": "1000.00", **USD},
            "collected": {"amount": "400.00", **USD},
            "outstanding": {"amount": "600.00", **USD},
        }
    ],
}


class GroupSumsOut(OutputSerializer):
    """The won deals in one currency: booked is net of tax, the rest gross."""

    booked = MoneyOut()
    collected = MoneyOut()
    outstanding = MoneyOut()


class GroupFiguresOut(OutputSerializer):
    """How many deals are in which state, and what the won ones come to."""

    deals = serializers.DictField(child=serializers.IntegerField())
    sums = GroupSumsOut(many=True)


class GroupFiguresViewSet(ApiViewSet):
    """Figures over the deals that a person may see."""

    permissions: ClassVar = {"project": VIEW, "team": VIEW, "project_clients": "clients.view"}

    @documented(response=GroupFiguresOut, example=EXAMPLE)
    def project(self, request: Request, reference: str) -> Response:
        """Show what the deals of a project come to."""
        today = local_day_of(self.at)
        found = get_project(reference=parse_reference(reference), viewer=self.viewer, on=today)
        figures = project_figures(found.pk, viewer=self.viewer, today=today)
        return self.one(figures, GroupFiguresOut)

    @documented(response=ClientOut, many=True, example=CLIENT_EXAMPLE)
    def project_clients(self, request: Request, reference: str) -> Response:
        """List the clients with deals in a project, as far as you see them."""
        today = local_day_of(self.at)
        found = get_project(reference=parse_reference(reference), viewer=self.viewer, on=today)
        return self.page(clients_of_project(found.pk, viewer=self.viewer), ClientOut)

    @documented(response=GroupFiguresOut, example=EXAMPLE)
    def team(self, request: Request, pk: str) -> Response:
        """Show what the deals of a team's people come to."""
        today = local_day_of(self.at)
        found = get_visible_team(team_id=parse_id(pk), viewer=self.viewer, on=today)
        figures = team_figures(found.pk, viewer=self.viewer, today=today)
        return self.one(figures, GroupFiguresOut)
