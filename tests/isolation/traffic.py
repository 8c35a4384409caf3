"""The load: real HTTP and sockets against a uvicorn of our own, a real worker, many threads."""

import asyncio
import contextvars
import json
import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn
import websockets
from celery.contrib.testing.worker import start_worker
from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.db import close_old_connections, connections

from config.celery import app as celery_app
from shared_apps.tenancy.channels import TenantWebSocketMiddleware
from shared_apps.tenancy.context import Tenant, use_tenant
from tests.isolation.edges import IN_THREADS, PIECES, canary_task, websocket_urlpatterns
from tests.isolation.world import tally

CONCURRENCY = 16
SOCKETS = 6
PATIENCE_S = 4.0


@contextmanager
def web_server() -> Iterator[int]:
    """Serve the isolation views on a free port of 127.0.0.1; yield the port."""
    application = ProtocolTypeRouter(
        {
            "http": get_asgi_application(),
            "websocket": TenantWebSocketMiddleware(URLRouter(websocket_urlpatterns)),
        }
    )
    config = uvicorn.Config(
        application, host="127.0.0.1", port=0, log_level="critical", lifespan="off"
    )
    server = uvicorn.Server(config)
    # A new thread starts with an empty context: whatever the server serves must say its tenant.
    thread = threading.Thread(target=contextvars.Context().run, args=(server.run,), daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("The web server did not start.")
        threading.Event().wait(0.02)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)


def drive_threads(tenants: list[Tenant], _port: int, count: int) -> None:
    """Run the synchronous operations in many threads, each of which starts with no context."""

    def one(_: int) -> None:
        here, there = random.sample(tenants, 2)
        try:
            random.choice(IN_THREADS)(here, there)
        finally:
            close_old_connections()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(count)))
        list(pool.map(lambda _: connections.close_all(), range(8)))


def drive_tasks(tenants: list[Tenant], _port: int, count: int) -> None:
    """Send tasks through the broker to a worker with four threads and wait for them."""
    before = tally.done["task"]
    with start_worker(
        celery_app, pool="threads", concurrency=4, perform_ping_check=False, loglevel="CRITICAL"
    ):
        for _ in range(count):
            tenant = random.choice(tenants)
            with use_tenant(tenant):
                canary_task.delay(owner=tenant.slug)
        _wait_for(lambda: tally.done["task"], before + count)


def drive_web(_tenants: list[Tenant], port: int, count: int) -> None:
    """Send requests of all kinds at once, over one event loop."""
    asyncio.run(_drive_web(port, count))


async def _drive_web(port: int, count: int) -> None:
    per_socket = count // 4 // SOCKETS
    gate = asyncio.Semaphore(CONCURRENCY)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:

        async def gated(kind: str) -> None:
            async with gate:
                await _ask(client, kind)

        kinds = random.choices(("sync", "async", "stream"), k=count - per_socket * SOCKETS)
        await asyncio.gather(
            *(gated(kind) for kind in kinds), *(_talk(port, per_socket) for _ in range(SOCKETS))
        )


async def _ask(client: httpx.AsyncClient, kind: str) -> None:
    owner = random.choice(("left", "right"))
    answer = await client.get(
        f"/{kind}", params={"as": owner}, headers={"Host": f"{owner}.localhost"}
    )
    expected = f"{owner}\n" * PIECES if kind == "stream" else owner
    failed_as_planned = answer.status_code == 500 and kind != "stream"
    tally.note(kind, right=failed_as_planned or answer.text == expected)


async def _talk(port: int, count: int) -> None:
    owner = random.choice(("left", "right"))
    async with websockets.connect(
        f"ws://{owner}.localhost:{port}/ws", host="127.0.0.1", port=port, proxy=None
    ) as socket:
        for _ in range(count):
            await socket.send(json.dumps({"as": owner}))
            answer: dict[str, Any] = json.loads(await socket.recv())
            tally.note("socket", right=answer == {"owner": owner, "asked": owner})


def _wait_for(count: Callable[[], int], target: int) -> None:
    """Wait until `count` reaches `target`, as long as it grows within PATIENCE_S."""
    moment, seen, still_s = threading.Event(), count(), 0.0
    while seen < target:
        moment.wait(0.05)
        still_s = 0.0 if count() > seen else still_s + 0.05
        seen = count()
        if still_s > PATIENCE_S:
            raise TimeoutError("The worker stopped in the middle of its tasks.")


Driver = Callable[[list[Tenant], int, int], None]
DRIVERS: dict[str, Driver] = {"threads": drive_threads, "web": drive_web, "tasks": drive_tasks}
# The share of each in a run.
PARTS = {"threads": 0.3, "web": 0.5, "tasks": 0.2}
