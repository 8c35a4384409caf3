"""Every request has an id, which is returned, logged and written into the audit rows."""

from uuid import UUID, uuid4

import pytest
import structlog
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from shared_apps.audit.request import (
    RequestInfo,
    RequestInfoMiddleware,
    client_ip,
    current_request_info,
)

SEEN: list[tuple[RequestInfo, str]] = []


def view(request: HttpRequest) -> HttpResponse:
    """Note what the code behind the middleware sees."""
    bound = structlog.contextvars.get_contextvars()
    SEEN.append((current_request_info(), bound["request_id"]))
    return HttpResponse()


async def async_view(request: HttpRequest) -> HttpResponse:
    """Do the same as a coroutine."""
    return view(request)


class TestRequestInfoMiddleware:
    def test_gives_every_request_an_id(self) -> None:
        response = RequestInfoMiddleware(view)(RequestFactory().get("/"))

        info, logged = SEEN.pop()
        assert isinstance(info.request_id, UUID)
        assert isinstance(response, HttpResponse)
        assert response["X-Request-ID"] == logged == str(info.request_id)

    def test_accepts_the_senders_id_when_it_is_a_uuid(self) -> None:
        sent = uuid4()

        RequestInfoMiddleware(view)(RequestFactory().get("/", HTTP_X_REQUEST_ID=str(sent)))

        assert SEEN.pop()[0].request_id == sent

    @pytest.mark.parametrize("sent", ["1", "x" * 4000, "\r\nX-Injected: 1", "'; drop table"])
    def test_ignores_an_id_that_is_no_uuid(self, sent: str) -> None:
        response = RequestInfoMiddleware(view)(RequestFactory().get("/", HTTP_X_REQUEST_ID=sent))

        assert isinstance(response, HttpResponse)
        assert response["X-Request-ID"] != sent
        assert isinstance(SEEN.pop()[0].request_id, UUID)

    def test_forgets_the_request_afterwards(self) -> None:
        RequestInfoMiddleware(view)(RequestFactory().get("/"))

        SEEN.clear()
        assert current_request_info() == RequestInfo()
        assert "request_id" not in structlog.contextvars.get_contextvars()

    async def test_serves_async_views_as_well(self) -> None:
        middleware = RequestInfoMiddleware(async_view)

        answer = middleware(RequestFactory().get("/"))

        assert not isinstance(answer, HttpResponse)
        response = await answer  # type: ignore[misc]  # a coroutine here
        assert response["X-Request-ID"] == SEEN.pop()[1]
        assert current_request_info() == RequestInfo()


class TestClientIp:
    def test_is_the_peer_when_no_proxy_is_trusted(self) -> None:
        request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR="203.0.113.7")

        assert client_ip(request) == "127.0.0.1"

    def test_is_what_the_nearest_trusted_proxy_saw(self, settings: Settings) -> None:
        settings.TRUSTED_PROXY_COUNT = 1
        request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR="6.6.6.6, 203.0.113.7")

        assert client_ip(request) == "203.0.113.7"

    def test_is_nothing_when_the_entry_is_no_address(self, settings: Settings) -> None:
        settings.TRUSTED_PROXY_COUNT = 1

        assert client_ip(RequestFactory().get("/", HTTP_X_FORWARDED_FOR="nobody")) is None
