"""Too large a body is refused while it arrives."""

import json
from collections.abc import MutableMapping
from typing import Any
from uuid import UUID, uuid4

import pytest

from config.limits import BodyLimit

Message = MutableMapping[str, Any]


async def echo(_scope: Any, receive: Any, send: Any) -> None:
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})


async def answered(
    chunks: list[bytes], headers: list[tuple[bytes, bytes]], *, path: str = "/api/"
) -> list[Message]:
    sent: list[Message] = []
    waiting = [
        {"type": "http.request", "body": chunk, "more_body": index < len(chunks) - 1}
        for index, chunk in enumerate(chunks)
    ]

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": path, "headers": headers}
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


async def test_the_refusal_is_a_whole_envelope() -> None:
    start, body = await answered([b""], [(b"content-length", b"11")])
    headers, answer = dict(start["headers"]), json.loads(body["body"])

    assert (answer["success"], answer["error"]["code"]) == (False, "request_too_large")
    assert "10 bytes" in answer["error"]["message"]
    assert set(answer["meta"]) == {"timestamp", "version", "request_id"}
    assert UUID(answer["meta"]["request_id"]) == UUID(headers[b"x-request-id"].decode())
    assert headers[b"content-type"] == b"application/json"
    assert headers[b"connection"] == b"close"


async def test_the_refusal_keeps_the_senders_request_id() -> None:
    own = str(uuid4())
    sent = [(b"content-length", b"11"), (b"x-request-id", own.encode())]
    start, body = await answered([b""], sent)

    assert dict(start["headers"])[b"x-request-id"].decode() == own
    assert json.loads(body["body"])["meta"]["request_id"] == own


@pytest.mark.parametrize(
    ("language", "said"), [("en", "larger than 11 MB"), ("de", "größer als 11 MB")]
)
async def test_a_form_is_refused_with_a_page(language: str, said: str) -> None:
    headers = [(b"content-length", b"99999999"), (b"accept-language", language.encode())]
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/payments/new/", "headers": headers}
    await BodyLimit(echo, max_bytes=11 * 1024 * 1024)(scope, nothing_more, send)
    start, body = sent
    names = dict(start["headers"])
    assert (start["status"], names[b"content-type"]) == (413, b"text/html; charset=utf-8")
    assert b"default-src 'none'" in names[b"content-security-policy"]
    assert said in body["body"].decode()


async def nothing_more() -> Message:
    return {"type": "http.disconnect"}
