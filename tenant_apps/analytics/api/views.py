"""The analytics API."""

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.web.schema import documented
from shared_apps.web.views import ApiViewSet
from tenant_apps.analytics.api.examples import DASHBOARD
from tenant_apps.analytics.api.serializers import DashboardOut, DashboardQuery
from tenant_apps.analytics.periods import PeriodKind
from tenant_apps.analytics.selectors import VIEW, dashboard


class DashboardViewSet(ApiViewSet):
    """The figures of the person who asks."""

    permissions: ClassVar[dict[str, str | None]] = {"retrieve": VIEW}

    @documented(response=DashboardOut, query=DashboardQuery, example=DASHBOARD)
    def retrieve(self, request: Request) -> Response:
        """Show booked, collected and awaited money and commission within one's scope."""
        asked = self.query(DashboardQuery)
        figures = dashboard(
            viewer=self.viewer,
            period=PeriodKind(asked["period"]),
            as_of=asked.get("as_of"),
            at=self.at,
        )
        return self.one(figures, DashboardOut)
