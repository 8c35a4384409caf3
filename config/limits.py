"""A request body that is too large is refused while it arrives, before it is written to disk."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]


class _BodyTooLarge(Exception):
    """More bytes came than a request may have."""


class BodyLimit:
    """ASGI middleware: answer 413 once a body has more than `max_bytes`, declared or sent."""

    def __init__(self, inner: Application, *, max_bytes: int) -> None:
        self.inner = inner
        self.max_bytes = max_bytes

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one request, counting what it sends."""
        if _declared_bytes(scope) > self.max_bytes:
            await self._refuse(send)
            return
        try:
            await self.inner(scope, self._counting(receive), send)
        except _BodyTooLarge:
            await self._refuse(send)

    def _counting(self, receive: Receive) -> Receive:
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.max_bytes:
                raise _BodyTooLarge
            return message

        return counted

    async def _refuse(self, send: Send) -> None:
        error = {
            "code": "request_too_large",
            "message": f"The request is larger than {self.max_bytes} bytes; send less at once.",
            "errors": [],
        }
        body = json.dumps({"success": False, "error": error, "meta": {"version": "1.0"}}).encode()
        headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 413, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _declared_bytes(scope: MutableMapping[str, Any]) -> int:
    headers: list[tuple[bytes, bytes]] = scope.get("headers", [])
    declared = next((value for name, value in headers if name == b"content-length"), b"0")
    return int(declared) if declared.isdigit() else 0
