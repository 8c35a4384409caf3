"""What a request, a socket, a task or a hook does to the canaries: the kinds of operation."""

import asyncio
import random
import time
from collections.abc import Iterator, MutableMapping
from typing import Any

from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path, re_path

from shared_apps.tenancy.channels import TenantConsumer, tenant_group
from shared_apps.tenancy.context import Tenant, current_tenant, on_commit, use_tenant
from shared_apps.tenancy.streaming import stream_response
from shared_apps.tenancy.tasks import tenant_task
from tests.isolation.world import (
    PlannedFailure,
    fail_now_and_then,
    failing_transaction,
    numbers,
    read_canary,
    tally,
    write_canary,
)

PIECES = 4


def sync_view(request: HttpRequest) -> HttpResponse:
    """Answer with the canary, now and then after a failure."""
    with failing_transaction(fails=random.random() < 0.2):
        write_canary(request.GET["as"])
    fail_now_and_then(0.05)
    return HttpResponse(read_canary())


async def async_view(request: HttpRequest) -> HttpResponse:
    """Answer with the canary, read around suspension points."""
    first = await sync_to_async(read_canary)()
    await asyncio.sleep(random.random() / 500)
    second = await sync_to_async(read_canary)()
    fail_now_and_then(0.05)
    return HttpResponse(first if first == second else f"{first}|{second}")


def streamed_view(request: HttpRequest) -> HttpResponseBase:
    """Answer piece by piece, each read from the database when the server pulls it."""
    return stream_response(request, _pieces())


def _pieces() -> Iterator[str]:
    for _ in range(PIECES):
        time.sleep(random.random() / 1000)
        yield read_canary() + "\n"


urlpatterns = [
    path("sync", sync_view),
    path("async", async_view),
    path("stream", streamed_view),
]


class CanaryConsumer(TenantConsumer, AsyncJsonWebsocketConsumer):  # type: ignore[misc]  # untyped
    """Answer every message with the canary; pass a group message on with it."""

    async def connect(self) -> None:
        await self.channel_layer.group_add(tenant_group("canaries"), self.channel_name)
        await self.accept()

    async def receive_json(self, content: Any, **_kwargs: Any) -> None:
        await asyncio.sleep(random.random() / 500)
        owner = await database_sync_to_async(read_canary)()
        await self.send_json({"owner": owner, "asked": content["as"]})
        if random.random() < 0.1:
            sender = {"type": "canary.call", "from": owner}
            await self.channel_layer.group_send(tenant_group("canaries"), sender)

    async def canary_call(self, message: MutableMapping[str, Any]) -> None:
        owner = await database_sync_to_async(read_canary)()
        tally.note("group", right=owner == message["from"] == self.scope["tenant"].slug)


websocket_urlpatterns = [re_path(r"^ws$", CanaryConsumer.as_asgi())]


@tenant_task("isolation.canary")
def canary_task(*, owner: str) -> None:
    """Check, in a worker, whose table the task reads."""
    write_canary(owner)
    tally.note("task", right=read_canary() == owner)
    fail_now_and_then(0.05)


def nested_contexts(one: Tenant, other: Tenant) -> None:
    """Read here, there and here again, with a failure in between."""
    with use_tenant(one):
        seen = [read_canary()]
        try:
            with use_tenant(other):
                seen.append(read_canary())
                write_canary(other.slug)
                fail_now_and_then(0.3)
        except PlannedFailure:
            pass
        seen.append(read_canary())
    tally.note("thread", right=seen == [one.slug, other.slug, one.slug])


def rolled_back_path(one: Tenant, other: Tenant) -> None:
    """Switch inside a transaction and a savepoint that are rolled back."""
    with use_tenant(one):
        with failing_transaction(fails=True):
            read_canary()
            with failing_transaction(fails=True), use_tenant(other):
                read_canary()
            inside = read_canary()
        after = read_canary()
    tally.note("rollback", right=inside == after == one.slug)


def hook_after_commit(one: Tenant, other: Tenant) -> None:
    """Register hooks under one organization and commit under another."""
    seen: dict[str, str] = {}

    def look(name: str) -> None:
        seen[name] = read_canary()

    with use_tenant(other), transaction.atomic(), use_tenant(one):
        on_commit(lambda: look("ours"))
        transaction.on_commit(lambda: look("stock"))
    tally.note("on_commit", right=seen == {"ours": one.slug, "stock": one.slug})


def cached_value(tenant: Tenant, other: Tenant) -> None:
    """Use one cache key in two organizations."""
    for owner in (tenant, other):
        with use_tenant(owner):
            caches["tenant"].set("canary", owner.slug, 60)
    with use_tenant(tenant):
        tally.note("cache", right=caches["tenant"].get("canary") == tenant.slug)


def stored_file(tenant: Tenant, other: Tenant) -> None:
    """Write a file in one organization and look for it in the other."""
    with use_tenant(tenant):
        name = default_storage.save(
            f"canary-{next(numbers)}.txt", ContentFile(tenant.slug.encode())
        )
        with default_storage.open(name) as stored:
            own = stored.read().decode()
    with use_tenant(other):
        leaked = default_storage.exists(name)
    with use_tenant(tenant):
        default_storage.delete(name)
    tally.note("file", right=own == tenant.slug and not leaked)


def held_cursor(tenant: Tenant, other: Tenant) -> None:
    """A cursor opened for one organization refuses to serve another."""
    with use_tenant(tenant), connection.cursor() as cursor:
        try:
            with use_tenant(other):
                cursor.execute("SELECT owner FROM canary")
                right = cursor.fetchone()[0] == other.slug
        except RuntimeError:
            right = current_tenant() == tenant
    tally.note("cursor", right=right)


IN_THREADS = (
    nested_contexts,
    rolled_back_path,
    hook_after_commit,
    cached_value,
    stored_file,
    held_cursor,
)
