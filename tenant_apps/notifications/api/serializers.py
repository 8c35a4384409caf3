"""What the inbox reads and writes."""

from rest_framework import serializers

from shared_apps.web.paging import LARGEST_PAGE, PAGE_SIZE
from shared_apps.web.serializers import InputSerializer, OutputSerializer, QuerySerializer


class InboxQuery(QuerySerializer):
    """`after` reads on from a number, oldest first; without it the newest come first."""

    after = serializers.IntegerField(
        min_value=0, required=False, help_text="Only what came after this number, oldest first."
    )
    before = serializers.IntegerField(
        min_value=1, required=False, help_text="Only what came before this number, newest first."
    )
    unread = serializers.BooleanField(required=False, help_text="Only what is unread.")


class PageSize(InputSerializer):
    """How many messages a page has."""

    page_size = serializers.IntegerField(min_value=1, max_value=LARGEST_PAGE, default=PAGE_SIZE)


class ReadAll(InputSerializer):
    """`up_to` is the newest number on the reader's screen."""

    up_to = serializers.IntegerField(min_value=0, max_value=2**63 - 1)


class NotificationOut(OutputSerializer):
    """One message of the inbox."""

    seq = serializers.IntegerField()
    event_id = serializers.UUIDField()
    kind = serializers.CharField()
    title = serializers.CharField()
    body = serializers.CharField()
    params = serializers.DictField(child=serializers.CharField())
    link = serializers.CharField()
    occurred_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)


class UnreadOut(OutputSerializer):
    """How many messages are unread, and the newest number."""

    unread = serializers.IntegerField()
    head = serializers.IntegerField()


class MarkedOut(OutputSerializer):
    """How many messages were marked read."""

    marked = serializers.IntegerField()


EXAMPLE = {
    "seq": 7,
    "event_id": "0199aa10-7c4e-7d55-9f0e-1d2c3b4a5968",
    "kind": "payment_submitted",
    "title": "PY-0001 waits for your decision",
    "body": "Sam Silva submitted 400.00 USD from Northern Foods (bank transfer).",
    "params": {"code": "PY-0001", "amount": "400.00 USD"},
    "link": "/payments/PY-0001/",
    "occurred_at": "2026-03-02T11:00:00Z",
    "read_at": None,
}
