"""The controls report over HTTP."""

from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.web.schema import documented
from shared_apps.web.views import ApiViewSet
from tenant_apps.controls.api.serializers import ControlsOut, ControlsQuery
from tenant_apps.controls.exporting import export_csv
from tenant_apps.controls.reports import ControlsReport
from tenant_apps.controls.selectors import VIEW, read_controls

CSV, JSON = "text/csv", "application/vnd.prs.controls+json"
_VERA = {
    "id": "0197a1b2-0000-7000-8000-000000000001",
    "full_name": "Vera Verifier",
    "status": "active",
}
_SAM = {
    "id": "0197a1b2-0000-7000-8000-000000000002",
    "full_name": "Sam Seller",
    "status": "active",
}
EXAMPLE: dict[str, Any] = {
    "since": "2026-01-01",
    "until": "2026-03-31",
    "made_at": "2026-04-01T09:00:00Z",
    "conflicts": [
        {
            "person": _VERA,
            "rule": {
                "code": "submits_and_approves_payments",
                "permissions": ["payments.submit", "payments.decide"],
                "risk": "high",
                "why": "Money that never arrived could be entered and verified by one person.",
            },
            "roles": ["verifier", "salesperson"],
            "times": [2, 41],
            "is_used": True,
        }
    ],
    "duties": [{"permission": "payments.decide", "people": [_VERA], "is_single": True}],
    "findings": [
        {
            "code": "pair_concentration",
            "risk": "medium",
            "person": _VERA,
            "other": _SAM,
            "kind": "payments.payment",
            "count": 41,
            "share_percent": "100.0",
            "subject_id": None,
            "at": "2026-03-30T11:00:00Z",
        }
    ],
    "pairs": [
        {
            "maker": _SAM,
            "checker": _VERA,
            "count": 41,
            "approvals": 39,
            "refusals": 2,
            "share_percent": "100.0",
            "by_kind": {"payments.payment": 41},
            "last_at": "2026-03-30T11:00:00Z",
        }
    ],
    "pairs_count": 1,
}


class ControlsViewSet(ApiViewSet):
    """Conflicting grants, single points of control, and who checked what."""

    permissions: ClassVar = {"retrieve": VIEW, "export_csv": VIEW, "export_json": VIEW}
    confirmed_actions: ClassVar = frozenset({"export_csv", "export_json"})

    @documented(response=ControlsOut, query=ControlsQuery, example=EXAMPLE)
    def retrieve(self, request: Request) -> Response:
        """Show what one person could do alone, and who checked whom."""
        return self.one(self._report(), ControlsOut)

    @documented(response=OpenApiTypes.BINARY, query=ControlsQuery, content_type=CSV)
    def export_csv(self, request: Request) -> HttpResponse:
        """Download the report as CSV, a line for each finding; asks for a recent proof."""
        return file_of(self._report(), "csv")

    @documented(response=OpenApiTypes.BINARY, query=ControlsQuery, content_type=JSON)
    def export_json(self, request: Request) -> HttpResponse:
        """Download the report as JSON; asks for a recent proof."""
        return file_of(self._report(), "json")

    def _report(self) -> ControlsReport:
        asked = self.query(ControlsQuery)
        return read_controls(since=asked.get("since"), until=asked.get("until"), at=self.at)


def file_of(report: ControlsReport, suffix: str) -> HttpResponse:
    """Return the report as a file: "csv", or "json" as the API shows it."""
    is_csv = suffix == "csv"
    content = export_csv(report) if is_csv else JSONRenderer().render(ControlsOut(report).data)
    name = f"controls-{report.since}-{report.until}.{suffix}"
    return HttpResponse(
        content,
        content_type=CSV if is_csv else JSON,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )
