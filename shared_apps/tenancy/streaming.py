"""Answers that are read after the middleware has left.

A streamed answer is pulled chunk by chunk by the server, outside of every context manager of the
request; each pull enters the request's organization again.
"""

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db import close_old_connections
from django.http import HttpRequest, StreamingHttpResponse

from shared_apps.tenancy.context import Scope

Chunk = TypeVar("Chunk")
_END = object()


def tenant_stream(chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    """Return the chunks so that each is made on the data selected now."""
    return _pull(Scope(), chunks)


def tenant_stream_async(chunks: Iterable[Chunk]) -> AsyncIterator[Chunk]:
    """Return the chunks asynchronously, each made on the data selected now."""
    return _pull_async(Scope(), chunks)


def stream_response(
    request: HttpRequest, chunks: Iterable[Any], **options: Any
) -> StreamingHttpResponse:
    """Return a streamed answer for the server at hand, never read whole into memory."""
    served_async = isinstance(request, ASGIRequest)
    source = tenant_stream_async(chunks) if served_async else tenant_stream(chunks)
    return StreamingHttpResponse(source, **options)


def _pull(scope: Scope, chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    source: Iterator[Chunk] | None = None
    while True:
        with scope.enter(), _no_connection_left():
            source = iter(chunks) if source is None else source
            chunk = next(source, _END)
        if chunk is _END:
            return
        yield chunk  # type: ignore[misc]  # _END has left


@contextmanager
def _no_connection_left() -> Iterator[None]:
    """Give connections back when a chunk fails.

    Django's ASGI handler never closes an answer that fails on its way, and its thread ends with a
    connection of the pool: ten of them, and the process would answer nobody any more.
    """
    try:
        yield
    except Exception:
        close_old_connections()
        raise


def _next(source: Iterator[Chunk]) -> Any:
    return next(source, _END)


async def _pull_async(scope: Scope, chunks: Iterable[Chunk]) -> AsyncIterator[Chunk]:
    source = _pull(scope, chunks)
    pull = sync_to_async(_next)
    while (chunk := await pull(source)) is not _END:
        yield chunk
