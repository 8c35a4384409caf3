"""Wake-ups for the web processes: one message per event and organization.

A push is never the message itself: what it carries is in the inbox already, so a push that is lost
delays a person until the next heartbeat and loses nothing.
"""

import asyncio
import logging
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from redis.exceptions import RedisError

from shared_apps.tenancy.channels import tenant_group
from shared_apps.tenancy.context import on_commit

logger = logging.getLogger(__name__)

GROUP = "sockets"
PATIENCE_S = 2.0


def push_notification(*, body: str, seqs: Mapping[UUID, int]) -> None:
    """Hand one encoded body and each recipient's number to every web process, after commit."""
    numbers = {person_id.hex: seq for person_id, seq in seqs.items()}
    on_commit(lambda: _send({"type": "notification", "body": body, "seqs": numbers}))


def push_changed(*, topics: Iterable[str], recipients: Collection[UUID] | None = None) -> None:
    """Name what pages should fetch again, to some people or to everyone, after commit."""
    message = {"type": "changed", "topics": list(topics), "to": _hexes(recipients)}
    on_commit(lambda: _send(message))


def push_closed(*, recipients: Collection[UUID] | None = None) -> None:
    """Close the sockets of some people, or of the whole organization, after commit."""
    message = {"type": "closed", "to": _hexes(recipients)}
    on_commit(lambda: _send(message))


def _hexes(recipients: Collection[UUID] | None) -> list[str] | None:
    return None if recipients is None else [person_id.hex for person_id in recipients]


def _send(message: dict[str, Any]) -> None:
    """Send to the organization's group; without Redis say so and go on."""
    try:
        async_to_sync(_send_to_group)(tenant_group(GROUP), message)
    except (RedisError, OSError, TimeoutError) as error:
        logger.warning("push_lost", extra={"push": message["type"], "why": str(error)})


async def _send_to_group(group: str, message: dict[str, Any]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        await get_channel_layer().group_send(group, message)
