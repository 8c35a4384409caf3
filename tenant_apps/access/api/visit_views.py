"""When operators of the platform acted as people of the organization, and why."""

from typing import Any, ClassVar

from rest_framework import serializers as drf
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.web.schema import documented
from shared_apps.web.serializers import OutputSerializer
from shared_apps.web.views import ApiViewSet
from tenant_apps.accounts.selectors import list_impersonations

VISIT_EXAMPLE: dict[str, Any] = {
    "id": "0197a1b2-0000-7000-8000-00000000000a",
    "operator_name": "Pat Platform",
    "person_id": "0197a1b2-0000-7000-8000-000000000001",
    "person_name": "Olga Owner",
    "reason": "The invoice series was asked about in ticket 4711",
    "started_at": "2026-03-02T11:00:00Z",
    "ends_at": "2026-03-02T11:30:00Z",
    "entered_at": "2026-03-02T11:00:05Z",
    "ended_at": None,
}


class VisitOut(OutputSerializer):
    """One visit: who acted as whom, why, and from when to when."""

    id = drf.UUIDField()
    operator_name = drf.CharField(source="operator_label")
    person_id = drf.UUIDField()
    person_name = drf.CharField(source="person_label")
    reason = drf.CharField()
    started_at = drf.DateTimeField()
    ends_at = drf.DateTimeField()
    entered_at = drf.DateTimeField(allow_null=True)
    ended_at = drf.DateTimeField(allow_null=True)


class VisitViewSet(ApiViewSet):
    """Operators' visits."""

    permissions: ClassVar = {"list": "audit.view"}

    @documented(response=VisitOut, example=VISIT_EXAMPLE)
    def list(self, request: Request) -> Response:
        """List when operators of the platform acted as people of the organization."""
        return self.page(list_impersonations(), VisitOut)
