"""A request body that is too large is refused while it arrives, before it is written to disk."""

from collections.abc import Awaitable, Callable, MutableMapping
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any, cast

from django.core.handlers.asgi import ASGIRequest

from shared_apps.audit.request import RequestInfoMiddleware

if TYPE_CHECKING:
    from django.http import HttpResponse

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
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

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, counting what it sends."""
        if _declared_bytes(scope) > self.max_bytes:
            await self._refuse(scope, send)
            return
        try:
            await self.inner(scope, self._counting(receive), send)
        except _BodyTooLarge:
            await self._refuse(scope, send)

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

    async def _refuse(self, scope: Scope, send: Send) -> None:
        from config.pages import request_too_large  # noqa: PLC0415  pages need the apps loaded

        answer = RequestInfoMiddleware(partial(request_too_large, most_bytes=self.max_bytes))
        response = cast("HttpResponse", answer(ASGIRequest(scope, BytesIO())))
        response["Connection"] = "close"
        headers = [(n.lower().encode(), value.encode()) for n, value in response.items()]
        start = {"type": "http.response.start", "status": response.status_code, "headers": headers}
        await send(start)
        await send({"type": "http.response.body", "body": response.content})


def _declared_bytes(scope: Scope) -> int:
    headers: list[tuple[bytes, bytes]] = scope.get("headers", [])
    declared = next((value for name, value in headers if name == b"content-length"), b"0")
    return int(declared) if declared.isdigit() else 0
