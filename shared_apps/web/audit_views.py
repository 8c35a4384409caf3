"""The event log over HTTP. It stands here because audit lies below the views' own base."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.audit.registry import kinds_of_events
from shared_apps.audit.selectors import EventFilters, get_event, list_events
from shared_apps.web.schema import documented
from shared_apps.web.serializers import OutputSerializer, QuerySerializer
from shared_apps.web.views import ApiViewSet, parse_id

EVENT_EXAMPLE: dict[str, Any] = {
    "id": "0195f5c2-7a4b-7c3d-8e9f-0a1b2c3d4e5f",
    "name": "payments.payment_verified",
    "subject_type": "payments.payment",
    "subject_id": "0195f5c2-6000-7c3d-8e9f-0a1b2c3d4e5f",
    "payload": {"payment_id": "0195f5c2-6000-7c3d-8e9f-0a1b2c3d4e5f"},
    "before": {"status": "submitted"},
    "after": {"status": "verified"},
    "actor": {
        "kind": "user",
        "id": "0195f5c2-5000-7c3d-8e9f-0a1b2c3d4e5f",
        "name": "Vera Verifier",
        "on_behalf_of": "",
    },
    "reason": "",
    "ip": "203.0.113.7",
    "request_id": "5f0c3f0e-27b5-4dc0-8a2f-3a4f9a1b7c11",
    "recorded_at": "2026-03-02T11:00:00Z",
}


class EventQuery(QuerySerializer):
    """Which events to list: `person` is whoever did it or whom it is about."""

    kind = serializers.CharField(required=False, max_length=80)
    actor = serializers.CharField(required=False, max_length=80, source="actor_id")
    person = serializers.UUIDField(required=False, source="person_id")
    subject_type = serializers.CharField(required=False, max_length=80)
    subject_id = serializers.UUIDField(required=False)
    name = serializers.CharField(required=False, max_length=80)
    recorded_after = serializers.DateTimeField(required=False)
    recorded_before = serializers.DateTimeField(required=False)

    def validate_kind(self, kind: str) -> str:
        """Accept a kind that there is."""
        known = kinds_of_events()
        if kind not in known:
            raise serializers.ValidationError(f"Choose one of: {', '.join(known)}.")
        return kind


class EventActorOut(OutputSerializer):
    """Who did it, as it was known at the time."""

    kind = serializers.CharField(source="actor_kind")
    id = serializers.CharField(source="actor_id")
    name = serializers.CharField(source="actor_label")
    on_behalf_of = serializers.CharField()


class EventOut(OutputSerializer):
    """One event of the log."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    subject_type = serializers.CharField()
    subject_id = serializers.UUIDField()
    payload = serializers.DictField()
    before = serializers.DictField(allow_null=True)
    after = serializers.DictField(allow_null=True)
    actor = EventActorOut(source="*")
    reason = serializers.CharField()
    ip = serializers.CharField(allow_null=True)
    request_id = serializers.UUIDField(allow_null=True)
    recorded_at = serializers.DateTimeField()


class AuditViewSet(ApiViewSet):
    """What happened in the organization, newest first."""

    permissions = {"list": "audit.view", "retrieve": "audit.view"}
    pagination = "cursor"

    @documented(response=EventOut, query=EventQuery, example=EVENT_EXAMPLE)
    def list(self, request: Request) -> Response:
        """List the events of the organization."""
        filters = EventFilters(**self.query(EventQuery))
        return self.page(list_events(filters=filters), EventOut)

    @documented(response=EventOut, example=EVENT_EXAMPLE)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show one event."""
        return self.one(get_event(event_id=parse_id(pk)), EventOut)
