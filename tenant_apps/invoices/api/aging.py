"""Open invoices by age over HTTP, and series as exports."""

from datetime import datetime, time, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.organizations.selectors import local_day_of
from shared_apps.tenancy.context import current_tenant
from shared_apps.tenancy.streaming import stream_response
from shared_apps.web.schema import documented
from shared_apps.web.serializers import MoneyOut, OutputSerializer, QuerySerializer
from shared_apps.web.views import ApiViewSet
from tenant_apps.invoices import selectors

VIEW = "invoices.view"
JSON_LINES = "application/x-ndjson"
_NAMES = tuple(selectors.BUCKETS)


def _money(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


BUCKETS_EXAMPLE: dict[str, Any] = {
    name: _money("600.00" if name == "days_1_30" else "0.00") for name in _NAMES
}
CLIENT_EXAMPLE: dict[str, Any] = {
    "client_id": "0197f1a0-0000-7000-8000-000000000001",
    "client_code": "CL-0001",
    "client_name": "Northwind",
    "currency": "USD",
    "buckets": BUCKETS_EXAMPLE,
    "open": _money("600.00"),
}
TOTALS_EXAMPLE: dict[str, Any] = {
    "currency": "USD",
    "buckets": BUCKETS_EXAMPLE,
    "open": _money("600.00"),
}


class AgingQuery(QuerySerializer):
    """On which day; today unless said."""

    as_of = serializers.DateField(required=False)


class BucketsOut(OutputSerializer):
    """What is open by days after the due day."""

    current = MoneyOut()
    days_1_30 = MoneyOut()
    days_31_60 = MoneyOut()
    days_61_90 = MoneyOut()
    days_over_90 = MoneyOut()


class AgingTotalOut(OutputSerializer):
    """What everybody owes in one currency."""

    currency = serializers.CharField()
    buckets = BucketsOut()
    open = MoneyOut()


class AgingOut(AgingTotalOut):
    """What one client owes in one currency."""

    client_id = serializers.UUIDField()
    client_code = serializers.CharField()
    client_name = serializers.CharField()


class AgingViewSet(ApiViewSet):
    """Open invoices by age."""

    permissions: ClassVar = {"list": VIEW, "totals": VIEW, "export": VIEW}
    confirmed_actions: ClassVar = frozenset({"export"})

    @documented(response=AgingOut, query=AgingQuery, example=CLIENT_EXAMPLE)
    def list(self, request: Request) -> Response:
        """List what each client owes on invoices, by age and currency."""
        return self.page(selectors.aging_by_client(viewer=self.viewer, **self._day()), AgingOut)

    @documented(response=AgingTotalOut, query=AgingQuery, example=TOTALS_EXAMPLE, many=True)
    def totals(self, request: Request) -> Response:
        """List what all clients together owe on invoices, by age and currency."""
        found = selectors.aging_totals(viewer=self.viewer, **self._day())
        return self.page(found, AgingTotalOut)

    @documented(response=OpenApiTypes.BINARY, content_type=JSON_LINES)
    def export(self, request: Request, series_type: str, year: int) -> HttpResponseBase:
        """Export a series with its certificate, for the verifier that needs nothing else."""
        lines = selectors.export_series(series_type=series_type, year=year, viewer=self.viewer)
        response = stream_response(
            request._request,  # noqa: SLF001  the server's own request says how it is served
            (line.encode() for line in lines),
            content_type=JSON_LINES,
        )
        name = f"{series_type}-{year}.jsonl"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response

    def _day(self) -> dict[str, Any]:
        """Return the asked day and the instant at which it ends in the organization's zone."""
        day = self.query(AgingQuery).get("as_of") or local_day_of(self.at)
        zone = ZoneInfo(current_tenant().timezone)
        return {"as_of": day, "until": datetime.combine(day + timedelta(days=1), time(), zone)}
