"""The sockets of one organization in one process: one subscription, fanned out in memory."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from channels.layers import get_channel_layer
from django.db import DatabaseError
from redis.exceptions import RedisError

from shared_apps.tenancy.channels import tenant_group
from shared_apps.tenancy.context import Tenant, use_tenant
from tenant_apps.notifications import frames
from tenant_apps.notifications.push import GROUP
from tenant_apps.notifications.reading import (
    heartbeat_s,
    read_heads,
    read_is_organization_live,
    read_people_who_may_stay,
    read_sign_ins_that_stand,
)
from tenant_apps.notifications.sockets import REFUSED, SILENT, InboxSocket

logger = logging.getLogger(__name__)

READY_WITHIN_S = 1.0
PROBE_EVERY_S = 0.2
RETRY_AFTER_S = 1.0
WATCH_EVERY_S = 3.0
MISSED_HEARTBEATS = 3


class OrganizationHub:
    """The open sockets of one organization in this process.

    Holds one channel in the organization's group. A message names numbers per person, so fanning
    out is a look-up and a prefix. The heartbeat heals whatever a lost push left behind, closes who
    may not stay, and closes who has been silent for three heartbeats.
    """

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self._sockets: dict[str, set[InboxSocket]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._closing: set[asyncio.Task[None]] = set()
        self._subscribed = asyncio.Event()

    @property
    def is_empty(self) -> bool:
        """Return whether no socket is left."""
        return not self._sockets

    async def start(self) -> None:
        """Subscribe and begin to beat; without Redis go on after a second, the heartbeat heals."""
        with use_tenant(self.tenant):
            self._tasks = [
                asyncio.create_task(_keep_up(work))
                for work in (self._follow_group, self._beat, self._watch)
            ]
        await _wait_for(self._subscribed, READY_WITHIN_S)

    async def stop(self) -> None:
        """Unsubscribe and stop beating."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, *self._closing, return_exceptions=True)

    def add(self, socket: InboxSocket) -> None:
        """Fan out to one more socket."""
        self._sockets.setdefault(socket.person_id.hex, set()).add(socket)

    def follow_key_version(self, tenant: Tenant) -> None:
        """Close what was opened before everyone was signed out, once somebody comes after it."""
        if self.tenant.key_version < tenant.key_version:
            self._close(self._sockets_of(), REFUSED)
            self.tenant = tenant

    def remove(self, socket: InboxSocket) -> None:
        """Forget a socket."""
        of_person = self._sockets.get(socket.person_id.hex, set())
        of_person.discard(socket)
        if not of_person:
            self._sockets.pop(socket.person_id.hex, None)

    async def _follow_group(self) -> None:
        """Join the group and hand out what comes, until the connection to it breaks."""
        self._subscribed.clear()
        layer, group = get_channel_layer(), tenant_group(GROUP)
        channel = await layer.new_channel()
        await layer.group_add(group, channel)
        probe = asyncio.create_task(_keep_up(partial(self._probe, layer, group)))
        try:
            while True:
                self._handle(await layer.receive(channel))
        finally:
            probe.cancel()
            await layer.group_discard(group, channel)

    async def _probe(self, layer: Any, group: str) -> None:
        """Send to the group until it is heard here: the layer does not await the subscription.

        Then bring every socket up to date: what was pushed before did not come here.
        """
        while not self._subscribed.is_set():
            await layer.group_send(group, {"type": "probe"})
            await _wait_for(self._subscribed, PROBE_EVERY_S)
        await self._heal()

    def _handle(self, message: Mapping[str, Any]) -> None:
        self._subscribed.set()
        match message["type"]:
            case "notification":
                self._fan_out(message["body"], message["seqs"])
            case "changed":
                self._say(frames.changed(message["topics"]), message["to"])
            case "closed":
                self._close(self._sockets_of(message["to"]), REFUSED)

    def _fan_out(self, body: str, seqs: Mapping[str, int]) -> None:
        for person, seq in seqs.items():
            for socket in self._sockets.get(person, ()):
                socket.push(seq=seq, text=frames.numbered(body, seq))

    def _say(self, text: str, people: Iterable[str] | None) -> None:
        for socket in self._sockets_of(people):
            socket.say(text)

    def _sockets_of(self, people: Iterable[str] | None = None) -> list[InboxSocket]:
        named = list(self._sockets) if people is None else people
        return [socket for person in named for socket in self._sockets.get(person, ())]

    async def _beat(self) -> None:
        """Send heartbeats; close who is silent or may not stay."""
        while True:
            await asyncio.sleep(heartbeat_s())
            self._close_silent()
            await self._close_refused()
            heads = await self._heal()
            for socket in self._sockets_of():
                socket.say(frames.heartbeat(heads.get(socket.person_id, 0)))

    async def _heal(self) -> Mapping[UUID, int]:
        """Bring every socket up to its head and return the heads."""
        heads = await read_heads(self._people())
        for socket in self._sockets_of():
            socket.catch_up(head=heads.get(socket.person_id, 0))
        return heads

    async def _watch(self) -> None:
        """Close the sockets of a suspended organization or person, also when no push says so.

        So it is when a sign-in has ended or counts no more, and when everyone was signed out: the
        key version is another one then.
        """
        while True:
            await asyncio.sleep(WATCH_EVERY_S)
            if not await read_is_organization_live(self.tenant.id, self.tenant.key_version):
                self._close(self._sockets_of(), REFUSED)
            await self._close_refused()

    async def _close_refused(self) -> None:
        asked = self._sockets_of()  # who comes meanwhile was let in a moment ago
        people = await read_people_who_may_stay({socket.person_id for socket in asked})
        opened_by = {socket.sign_in_id for socket in asked if socket.sign_in_id}
        standing = await read_sign_ins_that_stand(opened_by)
        refused = [
            socket
            for socket in asked
            if socket.person_id not in people
            or (socket.sign_in_id and socket.sign_in_id not in standing)
        ]
        self._close(refused, REFUSED)

    def _close_silent(self) -> None:
        silent_since = asyncio.get_running_loop().time() - MISSED_HEARTBEATS * heartbeat_s()
        silent = [socket for socket in self._sockets_of() if socket.heard_at < silent_since]
        self._close(silent, SILENT)

    def _close(self, sockets: Iterable[InboxSocket], code: int) -> None:
        """Close without waiting: a dead connection must not hold up the others."""
        for socket in sockets:
            task = asyncio.create_task(socket.close(code))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    def _people(self) -> list[UUID]:
        return [UUID(hex=person) for person in self._sockets]


async def _keep_up(work: Callable[[], Awaitable[None]]) -> None:
    """Run until it ends by itself; begin again, after a pause, when Redis or the database fails."""
    while True:
        try:
            return await work()
        except (RedisError, DatabaseError, OSError) as error:
            logger.warning("sockets_degraded", extra={"why": str(error)})
            await asyncio.sleep(RETRY_AFTER_S)


async def _wait_for(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
