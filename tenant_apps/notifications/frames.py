"""The frames of the WebSocket, as text. The body of an event is encoded once."""

from collections.abc import Iterable
from uuid import UUID

import orjson

from tenant_apps.notifications.models import Notification


def body_of(notification: Notification) -> str:
    """Return the frame's body as JSON: everything but the recipient's own number."""
    return orjson.dumps(
        {
            "kind": notification.kind,
            "title": notification.title,
            "body": notification.body,
            "link": notification.link,
            "params": notification.params,
            "event_id": notification.event_id,
            "occurred_at": notification.occurred_at,
        }
    ).decode()


def numbered(body: str, seq: int) -> str:
    """Return the frame of one recipient: the shared body behind his own number."""
    return f'{{"type":"notification","seq":{seq},{body[1:]}'


def hello(head: int, person_id: UUID) -> str:
    """Return the first frame: whose inbox it is, and the number of its newest message."""
    return f'{{"type":"hello","head":{head},"person":"{person_id}"}}'


def heartbeat(head: int) -> str:
    """Return the sign of life, which carries the head."""
    return f'{{"type":"heartbeat","head":{head}}}'


def changed(topics: Iterable[str]) -> str:
    """Return the frame that names what a page should fetch again."""
    return orjson.dumps({"type": "changed", "topics": list(topics)}).decode()


def problem(message: str) -> str:
    """Return the answer to a frame that was not understood."""
    return orjson.dumps({"type": "error", "code": "invalid_frame", "message": message}).decode()


PONG = '{"type":"pong"}'
