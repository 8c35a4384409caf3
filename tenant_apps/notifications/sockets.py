"""One open connection: what it has been sent, what waits, and when it last spoke."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

Send = Callable[[dict[str, Any]], Awaitable[None]]
ReadAfter = Callable[[UUID, int], Awaitable[Sequence[tuple[int, str]]]]

UNAUTHENTICATED, REFUSED, SILENT = 4401, 4403, 4408
MAX_PENDING = 1000


class Step(NamedTuple):
    """What to do next for one connection: send a frame, or read the inbox.

    `seq` numbers a frame; `resume_after` reads on from there, `head` from where the connection
    stands by then, unless it has come as far.
    """

    text: str = ""
    seq: int = 0
    resume_after: int | None = None
    head: int = 0


class InboxSocket:
    """Brings one connection its person's inbox: every number once, in order, without a gap.

    Everything that is sent passes through one queue with one drainer, so a slow reader holds up
    nobody else. `sign_in_id` is the sign-in that opened it, None for a program's key. `sent` is the
    last number the connection has; None until it says where it stands. A push of the next number is
    sent as it came; only a gap reads the inbox.
    """

    def __init__(
        self,
        *,
        person_id: UUID,
        send: Send,
        read_after: ReadAfter,
        sign_in_id: UUID | None = None,
    ) -> None:
        self.person_id = person_id
        self.sign_in_id = sign_in_id
        self.sent: int | None = None
        self.heard_at = asyncio.get_running_loop().time()
        self.is_closed = False
        self._send = send
        self._read_after = read_after
        self._pending: deque[Step] = deque()
        self._drainer: asyncio.Task[None] | None = None

    def hear(self) -> None:
        """Note a sign of life."""
        self.heard_at = asyncio.get_running_loop().time()

    def say(self, text: str) -> None:
        """Send a frame that has no number."""
        self._queue(Step(text=text))

    def push(self, *, seq: int, text: str) -> None:
        """Send a numbered frame, unless the connection has it or has not said where it stands."""
        self._queue(Step(text=text, seq=seq))

    def resume(self, *, after: int) -> None:
        """Send everything after a number, then go on live."""
        self._queue(Step(resume_after=after))

    def catch_up(self, *, head: int) -> None:
        """Send what is missing when the inbox is ahead of the connection."""
        if self.sent is not None and self.sent < head:
            self._queue(Step(head=head))

    async def close(self, code: int) -> None:
        """Close the connection at once, whatever still waits."""
        if self.is_closed:
            return
        self.abandon()
        with contextlib.suppress(OSError, RuntimeError):  # it is gone already
            await self._send({"type": "websocket.close", "code": code})

    def abandon(self) -> None:
        """Send nothing any more."""
        self.is_closed = True
        self._pending.clear()
        if self._drainer is not None:
            self._drainer.cancel()

    def _queue(self, step: Step) -> None:
        if self.is_closed:
            return
        if len(self._pending) >= MAX_PENDING:
            self._forget_numbered()
        self._pending.append(step)
        if self._drainer is None:
            self._drainer = asyncio.create_task(self._drain())

    def _forget_numbered(self) -> None:
        """Drop what the inbox keeps anyway; the next number shows the gap and heals it."""
        kept = [step for step in self._pending if not (step.seq or step.head)]
        self._pending = deque(kept[-MAX_PENDING // 2 :])

    async def _drain(self) -> None:
        try:
            while self._pending:
                await self._take(self._pending.popleft())
        except (OSError, RuntimeError):  # the connection went away while it was being sent to
            self.abandon()
        finally:
            self._drainer = None

    async def _take(self, step: Step) -> None:
        if step.resume_after is not None:
            await self._send_missed(step.resume_after)
        elif step.text and not step.seq:
            await self._send({"type": "websocket.send", "text": step.text})
        elif self.sent is not None:
            await self._take_numbered(step, self.sent)

    async def _take_numbered(self, step: Step, sent: int) -> None:
        if step.seq == sent + 1:
            await self._send_numbered(step.seq, step.text)
        elif max(step.seq, step.head) > sent:
            await self._send_missed(sent)

    async def _send_missed(self, after: int) -> None:
        """Read the inbox behind a number, page by page, until it has no more."""
        self.sent = after
        while missed := await self._read_after(self.person_id, self.sent):
            for seq, text in missed:
                await self._send_numbered(seq, text)

    async def _send_numbered(self, seq: int, text: str) -> None:
        await self._send({"type": "websocket.send", "text": text})
        self.sent = seq
