"""Too large a body is refused while it arrives."""

from collections.abc import MutableMapping
from typing import Any

import pytest

from config.limits import BodyLimit

Message = MutableMapping[str, Any]


async def echo(_scope: Any, receive: Any, send: Any) -> None:
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})


async def answered(chunks: list[bytes], headers: list[tuple[bytes, bytes]]) -> list[Message]:
    sent: list[Message] = []
    waiting = [
        {"type": "http.request", "body": chunk, "more_body": index < len(chunks) - 1}
        for index, chunk in enumerate(chunks)
    ]

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "headers": headers}
    await BodyLimit(echo, max_bytes=10)(scope, receive, send)
    return sent


@pytest.mark.parametrize(
    ("chunks", "headers", "status"),
    [
        ([b"12345", b"67890"], [], 200),
        ([b"12345", b"678901"], [], 413),
        ([b""], [(b"content-length", b"11")], 413),
        ([b"12"], [(b"content-length", b"nonsense")], 200),
    ],
)
async def test_the_bytes_are_counted_as_declared_and_as_sent(
    chunks: list[bytes], headers: list[tuple[bytes, bytes]], status: int
) -> None:
    sent = await answered(chunks, headers)
    assert [m["status"] for m in sent if m["type"] == "http.response.start"] == [status]
