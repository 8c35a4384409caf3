"""One connection: every number once, in order, without a gap; only a gap reads the inbox."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from tenant_apps.notifications.sockets import MAX_PENDING, InboxSocket

PAGE = 3


class Line:
    """A connection in memory: what was sent, an inbox behind it, and a reader that can stall."""

    def __init__(self, *, inbox: int = 0) -> None:
        self.inbox = inbox
        self.reads = 0
        self.frames: list[str] = []
        self.codes: list[int] = []
        self.flowing = asyncio.Event()
        self.flowing.set()
        self.socket = InboxSocket(person_id=uuid4(), send=self.send, read_after=self.read_after)

    async def send(self, message: dict[str, Any]) -> None:
        """Take what the socket sends, once the reader takes anything."""
        if message["type"] == "websocket.close":
            self.codes.append(message["code"])
            return
        await self.flowing.wait()
        self.frames.append(message["text"])

    async def read_after(self, _person_id: UUID, after: int) -> Sequence[tuple[int, str]]:
        """Return the next page of the inbox."""
        self.reads += 1
        await asyncio.sleep(0)
        return [(seq, f"n{seq}") for seq in range(after + 1, min(after + PAGE, self.inbox) + 1)]

    def push(self, *seqs: int) -> None:
        """Let pushes arrive, each after its commit."""
        for seq in seqs:
            self.inbox = max(self.inbox, seq)
            self.socket.push(seq=seq, text=f"n{seq}")


async def settle() -> None:
    for _ in range(2000):
        await asyncio.sleep(0)


def numbers(first: int, last: int) -> list[str]:
    return [f"n{seq}" for seq in range(first, last + 1)]


class TestInboxSocket:
    async def test_sends_nothing_numbered_before_it_is_told_where_the_client_stands(self) -> None:
        line = Line()
        line.socket.say("hello")
        line.push(1, 2)
        await settle()
        assert line.frames == ["hello"]

    async def test_resume_sends_everything_missed_in_order(self) -> None:
        line = Line(inbox=8)
        line.socket.resume(after=2)
        await settle()
        assert line.frames == numbers(3, 8)

    async def test_live_pushes_are_sent_without_reading_the_inbox(self) -> None:
        line = Line(inbox=2)
        line.socket.resume(after=2)
        await settle()
        reads = line.reads
        line.push(3, 4, 5)
        await settle()
        assert line.frames == numbers(3, 5)
        assert line.reads == reads

    async def test_a_dropped_push_is_read_from_the_inbox_with_the_next_one(self) -> None:
        line = Line()
        line.socket.resume(after=0)
        line.push(1)
        await settle()
        reads = line.reads
        line.inbox = 2
        line.push(3)
        await settle()
        assert line.frames == numbers(1, 3)
        assert line.reads == reads + 2  # the page with 2 and 3, and the empty one behind it

    async def test_reordered_and_doubled_pushes_arrive_once_in_order(self) -> None:
        line = Line()
        line.socket.resume(after=0)
        await settle()
        line.inbox = 5
        line.push(2, 1, 5, 4, 4, 3)
        await settle()
        assert line.frames == numbers(1, 5)

    async def test_what_arrives_while_it_catches_up_comes_after_it(self) -> None:
        line = Line(inbox=20)
        line.socket.resume(after=0)
        await asyncio.sleep(0)
        line.push(21, 22)
        await settle()
        assert line.frames == numbers(1, 22)

    async def test_a_heartbeat_shows_what_a_lost_push_left_behind(self) -> None:
        line = Line()
        line.socket.resume(after=0)
        await settle()
        line.inbox = 4
        line.socket.catch_up(head=4)
        await settle()
        assert line.frames == numbers(1, 4)

    async def test_a_heartbeat_during_a_resume_sends_nothing_twice(self) -> None:
        line = Line(inbox=7)
        line.socket.resume(after=0)
        await asyncio.sleep(0)
        line.socket.catch_up(head=7)
        line.socket.catch_up(head=7)
        await settle()
        assert line.frames == numbers(1, 7)

    async def test_a_slow_reader_gets_everything_from_a_bounded_queue(self) -> None:
        line = Line()
        line.socket.resume(after=0)
        await settle()
        line.flowing.clear()
        line.push(*range(1, 3 * MAX_PENDING))
        assert len(line.socket._pending) <= MAX_PENDING
        line.flowing.set()
        await settle()
        line.push(3 * MAX_PENDING)
        await settle()
        await settle()
        assert line.frames == numbers(1, 3 * MAX_PENDING)

    async def test_close_does_not_wait_for_a_reader_that_stalls(self) -> None:
        line = Line()
        line.socket.resume(after=0)
        line.flowing.clear()
        line.push(1, 2, 3)
        await settle()
        await asyncio.wait_for(line.socket.close(4403), timeout=1)
        line.flowing.set()
        line.push(4)
        await settle()
        assert line.codes == [4403]
        assert line.frames == []

    async def test_closes_once(self) -> None:
        line = Line()
        await line.socket.close(4403)
        await line.socket.close(4408)
        assert line.codes == [4403]

    async def test_gives_up_when_the_connection_is_gone(self) -> None:
        line = Line()

        async def broken(_message: dict[str, Any]) -> None:
            raise OSError("gone")

        line.socket._send = broken
        line.socket.say("hello")
        await settle()
        assert line.socket.is_closed
