"""The client's side of the web traffic: requests of all kinds and sockets, over one event loop."""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import websockets

from tests.isolation.edges import FAILED, PIECES, arrived, markers
from tests.isolation.waiting import wait_for
from tests.isolation.world import CANARIES, SUSPENDED, numbers, tally

CONCURRENCY = 16
SOCKETS = 6
STREAMS = ("stream", "async-stream")
ORDINARY = ("sync", "async", *STREAMS, "timeout")
SUSPENDED_STATUS, UNKNOWN_STATUS = 423, 404


@dataclass(frozen=True)
class Client:
    """One HTTP client, a gate for it, and the port of the server."""

    http: httpx.AsyncClient
    port: int
    is_over: Callable[[], bool]

    async def get(self, kind: str, owner: str, *, host: str = "", **query: str) -> httpx.Response:
        """Ask for one kind of answer at the host of an organization."""
        return await self.http.get(
            f"/{kind}",
            params={"as": owner, **query},
            headers={"Host": f"{host or owner}.localhost"},
        )


def drive(port: int, count: int, is_over: Callable[[], bool]) -> None:
    """Send `count` operations, unless it is over before: a quarter messages, the rest requests."""
    asyncio.run(_drive(port, count, is_over))


async def _drive(port: int, count: int, is_over: Callable[[], bool]) -> None:
    per_socket = count // 4 // SOCKETS
    hung_before = tally.done["cancelled"]
    gate = asyncio.Semaphore(CONCURRENCY)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as http:
        client = Client(http, port, is_over)

        async def gated(work: Callable[[Client], Awaitable[None]]) -> None:
            async with gate:
                if not is_over():
                    await work(client)

        asked = [_kind(number) for number in range(count - per_socket * SOCKETS)]
        talks = asyncio.create_task(_talk_all(client, per_socket))
        await asyncio.gather(*(gated(work) for work in asked))
        await talks
    if not is_over():
        hung = asked.count(_hang_up)
        await asyncio.to_thread(wait_for, lambda: tally.done["cancelled"] - hung_before, hung)


def _kind(number: int) -> Callable[[Client], Awaitable[None]]:
    """Return the kind of request: mostly ordinary ones, and each other kind now and then."""
    return {5: _break_off, 7: _leave, 17: _hang_up, 27: _suspended, 37: _unknown}.get(
        number % 40, _ask
    )


async def _ask(client: Client) -> None:
    owner, kind = random.choice(CANARIES), random.choice(ORDINARY)
    try:
        answer = await client.get(kind, owner)
    except httpx.HTTPError:  # a stream that broke off
        tally.note(kind, right=False)
        return
    expected = f"{owner}\n" * PIECES if kind in STREAMS else owner
    failed_as_planned = (answer.status_code, answer.text) == (500, FAILED)
    tally.note(kind, right=failed_as_planned or answer.text == expected)


async def _leave(client: Client) -> None:
    """Read the first piece of a stream and leave."""
    owner = random.choice(CANARIES)
    request = client.http.build_request(
        "GET", "/stream", params={"as": owner}, headers={"Host": f"{owner}.localhost"}
    )
    try:
        answer = await client.http.send(request, stream=True)
        first = await anext(answer.aiter_lines(), "")
        await answer.aclose()
    except httpx.HTTPError:
        first = ""
    tally.note("left stream", right=first == owner)


async def _break_off(client: Client) -> None:
    """Read a stream that fails after its first piece."""
    owner, pieces = random.choice(CANARIES), []
    try:
        async with client.http.stream(
            "GET", "/broken-stream", headers={"Host": f"{owner}.localhost"}
        ) as answer:
            pieces = [line async for line in answer.aiter_lines()]
        right = False
    except httpx.RemoteProtocolError:
        right = True
    tally.note("broken stream", right=right and pieces in ([], [owner]))


async def _hang_up(client: Client) -> None:
    """Hang up in the middle of a view; the view itself notes what it was left with."""
    token = str(next(numbers))
    request = asyncio.create_task(client.get("hang", random.choice(CANARIES), token=token))
    await asyncio.to_thread(wait_for, lambda: arrived[token] or request.done(), 1)
    request.cancel()
    await asyncio.gather(request, return_exceptions=True)


async def _suspended(client: Client) -> None:
    """A suspended organization answers what reads, and refuses what writes."""
    headers = {"Host": f"{SUSPENDED}.localhost"}
    read = await client.get("timeout", CANARIES[0], host=SUSPENDED)
    written = await client.http.post("/sync", params={"as": SUSPENDED}, headers=headers)
    right = (read.text, written.status_code) == (SUSPENDED, SUSPENDED_STATUS)
    tally.note("suspended", right=right)


async def _unknown(client: Client) -> None:
    """A host of nobody is not found."""
    answer = await client.get("sync", CANARIES[0], host=f"nobody-{next(numbers)}")
    tally.note("unknown host", right=answer.status_code == UNKNOWN_STATUS)


async def _talk_all(client: Client, per_socket: int) -> None:
    """Talk over all sockets at once; at the end each organization calls its own group.

    The calls travel in the order in which they are sent. Once the last one has come, whatever a
    group shared by both would have brought has come too.
    """
    owners = [CANARIES[number % 2] for number in range(SOCKETS)]
    sockets = await asyncio.gather(*(_connect(client.port, owner) for owner in owners))
    talks = (_talk(client, *pair, per_socket) for pair in zip(sockets, owners, strict=True))
    sockets = await asyncio.gather(*talks)
    for socket, owner in zip(sockets, owners, strict=True):
        if client.is_over():
            break
        await _call_group(socket, owner, f"{owner}-{next(numbers)}")
    await asyncio.gather(*(socket.close() for socket in sockets))


async def _call_group(socket: Any, owner: str, marker: str) -> None:
    await _exchange(socket, owner, marker=marker)
    await asyncio.to_thread(wait_for, lambda: markers[marker], SOCKETS // 2)


async def _talk(client: Client, socket: Any, owner: str, count: int) -> Any:
    """Exchange `count` messages; now and then one fails and takes its socket down."""
    for number in range(count):
        if client.is_over():
            break
        fails = number % 40 == 39
        if await _exchange(socket, owner, fail=fails):
            await socket.close()
            socket = await _connect(client.port, owner)
    return socket


async def _exchange(socket: Any, owner: str, **content: Any) -> bool:
    """Send one message and check the answer; return whether the socket is gone."""
    await socket.send(json.dumps({"as": owner, **content}))
    try:
        answer: dict[str, Any] = json.loads(await socket.recv())
    except websockets.ConnectionClosed:
        tally.note("socket", right=content.get("fail", False))
        return True
    right = answer == {"owner": owner, "asked": owner} and not content.get("fail")
    tally.note("socket", right=right)
    return False


async def _connect(port: int, owner: str) -> Any:
    return await websockets.connect(
        f"ws://{owner}.localhost:{port}/ws", host="127.0.0.1", port=port, proxy=None
    )
