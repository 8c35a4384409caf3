"""How the life of an object is shown to those who may see the object."""

from typing import Any

from rest_framework import serializers

from shared_apps.web.serializers import OutputSerializer

ACTIVITY_EXAMPLE: dict[str, Any] = {
    "id": "0195f5c2-7a4b-7c3d-8e9f-0a1b2c3d4e5f",
    "name": "payments.payment_verified",
    "subject_type": "payments.payment",
    "subject_id": "0195f5c2-6000-7c3d-8e9f-0a1b2c3d4e5f",
    "before": {"status": "submitted"},
    "after": {"status": "verified"},
    "note": "",
    "actor": "Vera Verifier",
    "reason": "",
    "recorded_at": "2026-03-02T11:00:00Z",
}


class ActivityOut(OutputSerializer):
    """One thing that happened: who, when, what it was and what it became.

    The audit log alone says from which address and in which request.
    """

    id = serializers.UUIDField()
    name = serializers.CharField()
    subject_type = serializers.CharField()
    subject_id = serializers.UUIDField()
    before = serializers.DictField(allow_null=True)
    after = serializers.DictField(allow_null=True)
    actor = serializers.CharField(source="actor_label")
    reason = serializers.CharField()
    note = serializers.SerializerMethodField()
    recorded_at = serializers.DateTimeField()

    def get_note(self, event: Any) -> str:
        """Return the text of a note, empty for everything else."""
        return str(event.payload.get("text", ""))
