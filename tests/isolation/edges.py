"""What a request, a socket and a task do to the canaries, through the edges of the product."""

import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, MutableMapping
from http import HTTPStatus
from typing import Any

from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.core.cache import caches
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path, re_path

from shared_apps.tenancy.channels import TenantConsumer, tenant_group
from shared_apps.tenancy.context import current_tenant, find_current_tenant, on_commit, use_tenant
from shared_apps.tenancy.streaming import stream_response
from shared_apps.tenancy.tasks import tenant_task
from tests.isolation.world import (
    PlannedFailure,
    by_slug,
    fail_now_and_then,
    failing_transaction,
    other_than,
    read_canary,
    tally,
    write_canary,
)

PIECES = 4
FAILED = "PlannedFailure"


def sync_view(request: HttpRequest) -> HttpResponse:
    """Write and answer with the canary, now and then after a failure."""
    with failing_transaction(fails=random.random() < 0.2):
        write_canary(request.GET["as"])
    fail_now_and_then(0.05)
    return HttpResponse(read_canary())


async def async_view(request: HttpRequest) -> HttpResponse:
    """Answer with the canary, read and cached around suspension points."""
    first = await sync_to_async(read_canary)()
    await caches["tenant"].aset("async canary", request.GET["as"], 60)
    await asyncio.sleep(random.random() / 500)
    second = await sync_to_async(read_canary)()
    fail_now_and_then(0.05)
    third = await caches["tenant"].aget("async canary")
    return HttpResponse("|".join(sorted({first, second, third})))


def streamed_view(request: HttpRequest) -> HttpResponseBase:
    """Answer piece by piece, each read from the database when the server pulls it."""
    return stream_response(request, _pieces())


async def async_streamed_view(request: HttpRequest) -> HttpResponseBase:
    """Answer from a coroutine, piece by piece, after a look at the other organization."""
    with use_tenant(other_than(by_slug[request.GET["as"]])):
        await sync_to_async(read_canary)()
    return stream_response(request, _pieces())


def _pieces() -> Iterator[str]:
    for _ in range(PIECES):
        time.sleep(random.random() / 1000)
        yield read_canary() + "\n"


def broken_streamed_view(request: HttpRequest) -> HttpResponseBase:
    """Fail after the first piece, with a connection in use."""
    return stream_response(request, _broken_pieces())


def _broken_pieces() -> Iterator[str]:
    yield read_canary() + "\n"
    read_canary()
    raise PlannedFailure


async def timed_out_view(request: HttpRequest) -> HttpResponse:
    """Answer with the canary after a time limit ended some work for the other organization."""
    try:
        async with asyncio.timeout(0.001):
            with use_tenant(other_than(by_slug[request.GET["as"]])):
                await asyncio.sleep(10)
    except TimeoutError:
        pass
    return HttpResponse(await sync_to_async(read_canary)())


arrived: Counter[str] = Counter()


async def hanging_view(request: HttpRequest) -> HttpResponse:
    """Never answer; when the client hangs up, note whose request it was."""
    own = by_slug[request.GET["as"]]
    try:
        with use_tenant(other_than(own)):
            arrived[request.GET["token"]] += 1
            await asyncio.sleep(60)
    finally:
        tally.note("cancelled", right=find_current_tenant() == own)
    return HttpResponse("too late")


def failed_view(_request: HttpRequest) -> HttpResponse:
    """Name the failure: only the planned one is right."""
    kind = sys.exc_info()[0]
    return HttpResponse(kind.__name__ if kind else "unknown", status=500)


def suspended_view(_request: HttpRequest) -> HttpResponse:
    """Refuse to change a suspended organization, as the setting TENANT_SUSPENDED_VIEW asks."""
    return HttpResponse(status=HTTPStatus.LOCKED)


handler500 = failed_view

urlpatterns = [
    path("sync", sync_view),
    path("async", async_view),
    path("stream", streamed_view),
    path("async-stream", async_streamed_view),
    path("broken-stream", broken_streamed_view),
    path("timeout", timed_out_view),
    path("hang", hanging_view),
]

markers: Counter[str] = Counter()


class CanaryConsumer(TenantConsumer, AsyncJsonWebsocketConsumer):  # type: ignore[misc]  # untyped
    """Answer every message with the canary; pass a group message on with it."""

    async def connect(self) -> None:
        await self.channel_layer.group_add(tenant_group("canaries"), self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(tenant_group("canaries"), self.channel_name)

    async def receive_json(self, content: Any, **_kwargs: Any) -> None:
        await asyncio.sleep(random.random() / 500)
        owner = await database_sync_to_async(read_canary)()
        if content.get("fail"):
            raise PlannedFailure
        if content.get("marker") or random.random() < 0.1:
            await self.channel_layer.group_send(
                tenant_group("canaries"),
                {"type": "canary.call", "from": owner, "marker": content.get("marker")},
            )
        await self.send_json({"owner": owner, "asked": content["as"]})

    async def canary_call(self, message: MutableMapping[str, Any]) -> None:
        owner = await database_sync_to_async(read_canary)()
        tally.note("group", right=owner == message["from"] == self.scope["tenant"].slug)
        if message["marker"]:
            markers[message["marker"]] += 1


websocket_urlpatterns = [re_path(r"^ws$", CanaryConsumer.as_asgi())]


@tenant_task("isolation.canary")
def canary_task(*, owner: str) -> None:
    """Check, in a worker, whose table the task reads; now and then fail."""
    write_canary(owner)
    tally.note("task", right=read_canary() == owner)
    fail_now_and_then(0.05)


@tenant_task("isolation.relay")
def relay_task(*, owner: str) -> None:
    """Pass the work on after a commit, which happens under the other organization."""
    own = current_tenant()
    with use_tenant(other_than(own)), transaction.atomic(), use_tenant(own):
        on_commit(lambda: canary_task.delay(owner=owner))


@tenant_task("isolation.retried", bind=True, max_retries=1)
def retried_task(self: Any, *, owner: str) -> None:
    """Fail once; check on the second try."""
    if not self.request.retries:
        raise self.retry(countdown=0)
    tally.note("task", right=read_canary() == owner)


@tenant_task("isolation.refused")
def refused_task() -> None:
    """Never run: only sent for nobody and for a suspended organization."""
    tally.note("refused", right=False)
