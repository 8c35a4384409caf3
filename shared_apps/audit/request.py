"""Which request is being answered: its id and address, in every log line and audit row."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import ip_address
from typing import cast
from uuid import UUID, uuid4

import structlog
from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

GetResponse = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]


@dataclass(frozen=True, slots=True)
class RequestInfo:
    """The request's id and the address of who sent it; both empty outside a request."""

    request_id: UUID | None = None
    ip: str | None = None


_NO_REQUEST = RequestInfo()
_current: ContextVar[RequestInfo] = ContextVar("request_info", default=_NO_REQUEST)


def current_request_info() -> RequestInfo:
    """Return the request being answered, or an empty RequestInfo."""
    return _current.get()


@contextmanager
def use_request_info(info: RequestInfo) -> Iterator[None]:
    """Make `info` the current request: in the log lines and audit rows written inside."""
    token = _current.set(info)
    with structlog.contextvars.bound_contextvars(request_id=str(info.request_id or "")):
        try:
            yield
        finally:
            _current.reset(token)


class RequestInfoMiddleware:
    """Give every request an id: the sender's X-Request-ID when it is a UUID, else a new one."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        info = RequestInfo(request_id=_request_id(request), ip=client_ip(request))
        if self.is_async:
            return self._answer_async(request, info)
        with use_request_info(info):
            return _with_id(cast("HttpResponseBase", self.get_response(request)), info)

    async def _answer_async(self, request: HttpRequest, info: RequestInfo) -> HttpResponseBase:
        with use_request_info(info):
            answer = await cast("Awaitable[HttpResponseBase]", self.get_response(request))
            return _with_id(answer, info)


def client_ip(request: HttpRequest) -> str | None:
    """Return the sender's address, behind as many proxies as the settings say there are.

    Entries of X-Forwarded-For beyond TRUSTED_PROXY_COUNT are the sender's own words and not read.
    """
    chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    trusted: int = settings.TRUSTED_PROXY_COUNT
    address = request.META.get("REMOTE_ADDR", "")
    if 0 < trusted <= len(chain):
        address = chain[-trusted]
    try:
        return str(ip_address(address.partition("%")[0]))  # without the zone of a local address
    except ValueError:
        return None


def _request_id(request: HttpRequest) -> UUID:
    try:
        return UUID(request.headers.get("X-Request-ID", ""))
    except ValueError:
        return uuid4()


def _with_id(response: HttpResponseBase, info: RequestInfo) -> HttpResponseBase:
    response["X-Request-ID"] = str(info.request_id)
    return response
