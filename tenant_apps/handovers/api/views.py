"""Hand-overs over HTTP."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.web.schema import documented
from shared_apps.web.serializers import InputSerializer, OutputSerializer, QuerySerializer
from shared_apps.web.views import ApiViewSet, parse_reference
from tenant_apps.clients.api.fields import IdField, PersonNameOut
from tenant_apps.handovers import selectors, services
from tenant_apps.handovers.models import HandOverStatus
from tenant_apps.handovers.selectors import HAND_OVER

SAM = {"id": "0197f1a0-0000-7000-8000-000000000003", "name": "Sam Seller"}
SUKI = {"id": "0197f1a0-0000-7000-8000-000000000007", "name": "Suki Seller"}
EXAMPLE: dict[str, Any] = {
    "id": "0197f1a0-0000-7000-8000-000000000050",
    "code": "HO-0001",
    "leaver": SAM,
    "successor": SUKI,
    "effective_on": "2026-03-31",
    "takes_credit": True,
    "leaves": True,
    "reason": "Sam leaves us",
    "status": "done",
    "done_at": "2026-03-31T00:10:00Z",
    "moved": {"deals": 12, "credited_deals": 12, "clients": 9, "next_steps": 4, "payments": 1},
    "left": [{"kind": "deal", "code": "DL-0007", "why": "The successor decided on its money."}],
    "created_at": "2026-03-02T11:00:00Z",
    "version": 2,
}


class HandOverIn(InputSerializer):
    """Whose work goes to whom, from which day and why."""

    leaver = IdField()
    successor = IdField()
    effective_on = serializers.DateField(
        required=False, allow_null=True, help_text="From this day on; left out: from today."
    )
    takes_credit = serializers.BooleanField(
        required=False, help_text="Credit the successor with the leaver's shares from then on."
    )
    leaves = serializers.BooleanField(
        required=False, help_text="End the leaver's team memberships on that day."
    )
    reason = serializers.CharField(max_length=500)


class HandOverQuery(QuerySerializer):
    """Which hand-overs to list."""

    status = serializers.ChoiceField(choices=HandOverStatus.choices, required=False)


class LeftOut(OutputSerializer):
    """What could not be handed over, and why."""

    kind = serializers.CharField()
    code = serializers.CharField()
    why = serializers.CharField()


class HandOverOut(OutputSerializer):
    """A hand-over; `moved` counts what went over, `left` lists what had to stay."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    leaver = PersonNameOut()
    successor = PersonNameOut()
    effective_on = serializers.DateField()
    takes_credit = serializers.BooleanField()
    leaves = serializers.BooleanField()
    reason = serializers.CharField()
    status = serializers.ChoiceField(choices=HandOverStatus.choices)
    done_at = serializers.DateTimeField(allow_null=True)
    moved = serializers.DictField(child=serializers.IntegerField())
    left = LeftOut(many=True)
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField()


class HandOverViewSet(ApiViewSet):
    """Hand-overs of the work of people that the viewer is responsible for."""

    permissions: ClassVar = {
        "list": HAND_OVER,
        "retrieve": HAND_OVER,
        "create": HAND_OVER,
        "cancel": HAND_OVER,
    }
    idempotent_actions: ClassVar = frozenset({"create"})

    @documented(response=HandOverOut, query=HandOverQuery, example=EXAMPLE)
    def list(self, request: Request) -> Response:
        """List the hand-overs, the newest first."""
        found = selectors.list_hand_overs(viewer=self.viewer, **self.query(HandOverQuery))
        return self.page(found, HandOverOut)

    @documented(
        request=HandOverIn,
        response=HandOverOut,
        status=201,
        request_example={
            "leaver": SAM["id"],
            "successor": SUKI["id"],
            "effective_on": "2026-03-31",
            "reason": "Sam leaves us",
        },
        example={**EXAMPLE, "status": "planned", "done_at": None, "moved": {}, "left": []},
    )
    def create(self, request: Request) -> Response:
        """Plan a hand-over; with today's day it happens at once."""
        values = self.read(HandOverIn)
        people = {f"{name}_id": values.pop(name) for name in ("leaver", "successor")}
        new = services.NewHandOver(**people, **values)
        made = services.plan_hand_over(new=new, by=self.viewer, at=self.at)
        return self._show(str(made.pk), status=201)

    @documented(response=HandOverOut, example=EXAMPLE)
    def retrieve(self, request: Request, reference: str) -> Response:
        """Show a hand-over with what it moved."""
        return self._show(reference)

    @documented(
        response=HandOverOut,
        status=200,
        example={**EXAMPLE, "status": "cancelled", "done_at": None, "moved": {}, "left": []},
    )
    def cancel(self, request: Request, reference: str) -> Response:
        """Call a planned hand-over off."""
        found = selectors.get_hand_over(reference=parse_reference(reference), viewer=self.viewer)
        services.cancel_hand_over(hand_over_id=found.pk, by=self.viewer, at=self.at)
        return self._show(reference)

    def _show(self, reference: str, *, status: int = 200) -> Response:
        found = selectors.get_hand_over(reference=parse_reference(reference), viewer=self.viewer)
        return self.one(found, HandOverOut, status=status)
