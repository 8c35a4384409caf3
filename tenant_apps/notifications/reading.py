"""What the sockets read from the database: each read in a thread, none waiting for another's."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import ParamSpec, TypeVar
from uuid import UUID

from channels.db import database_sync_to_async
from django.conf import settings
from prometheus_client import Counter

from tenant_apps.notifications import frames
from tenant_apps.notifications.selectors import head_of, heads_of, notifications_after
from tenant_apps.notifications.services import acknowledge
from tenant_apps.notifications.standing import (
    is_organization_live,
    people_who_may_stay,
    sign_ins_that_stand,
)

P = ParamSpec("P")
R = TypeVar("R")

PAGE = 200
INBOX_READS = Counter("prs_inbox_reads", "Reads of an inbox to resume or to fill a gap")


def heartbeat_s() -> float:
    """Return the seconds between two heartbeats."""
    return float(settings.SOCKET_HEARTBEAT_S)


async def read_after(person_id: UUID, after: int) -> Sequence[tuple[int, str]]:
    """Return the next page of an inbox behind a number, as numbered frames."""
    INBOX_READS.inc()
    return await _in_thread(_frames_after, person_id, after)


async def read_head(person_id: UUID) -> int:
    """Return the newest number of one inbox."""
    return await _in_thread(head_of, person_id)


async def read_heads(person_ids: Collection[UUID]) -> Mapping[UUID, int]:
    """Return the newest number of each inbox."""
    return await _in_thread(heads_of, person_ids)


async def read_people_who_may_stay(person_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return those of the people who may keep their sockets."""
    return await _in_thread(people_who_may_stay, person_ids)


async def read_sign_ins_that_stand(sign_in_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return those of the sign-ins whose sockets may stay."""
    return await _in_thread(sign_ins_that_stand, sign_in_ids)


async def read_is_organization_live(tenant_id: UUID, key_version: int) -> bool:
    """Return whether the organization may keep the sockets that were opened under this version."""
    return await _in_thread(is_organization_live, tenant_id, key_version)


async def write_acknowledged(person_id: UUID, seq: int) -> None:
    """Note how far the person's client has come."""

    def write() -> None:
        acknowledge(recipient_id=person_id, seq=seq)

    await _in_thread(write)


def _frames_after(person_id: UUID, after: int) -> list[tuple[int, str]]:
    rows = notifications_after(recipient_id=person_id, after=after, limit=PAGE)
    return [(row.seq, frames.numbered(frames.body_of(row), row.seq)) for row in rows]


async def _in_thread(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    run: Callable[..., R] = database_sync_to_async(function, thread_sensitive=False)
    result: R = await run(*args, **kwargs)  # type: ignore[misc]  # channels is untyped
    return result
