"""The load: real HTTP and sockets against a uvicorn of our own, a real worker, many threads."""

import contextvars
import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from celery.contrib.testing.worker import start_worker
from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.db import close_old_connections, connections

from config.celery import app as celery_app
from shared_apps.tenancy.channels import TenantWebSocketMiddleware
from shared_apps.tenancy.context import Tenant, use_nothing, use_tenant
from tests.isolation import web
from tests.isolation.edges import (
    canary_task,
    refused_task,
    relay_task,
    retried_task,
    websocket_urlpatterns,
)
from tests.isolation.operations import IN_THREADS, Operation
from tests.isolation.waiting import wait_for
from tests.isolation.world import CANARIES, SUSPENDED, by_slug, tally

CHECKOUT = Path(__file__).resolve().parents[2]
THREADS = 8
# What a command is asked for, its exit status, and what it prints.
COMMANDS = (
    (("left",), 0, "left"),
    (("right",), 0, "right"),
    (("nobody",), 2, ""),
    (("right", "--fail"), 1, ""),
)
KINDS_OF_TASKS = (canary_task.delay, canary_task.delay, relay_task.delay, retried_task.delay)


@dataclass(frozen=True)
class Load:
    """How much of a part to send, which of a thread's operations, and whether to stop early."""

    count: int
    port: int
    operations: tuple[Operation, ...] = IN_THREADS
    until_wrong: bool = False

    @property
    def is_over(self) -> bool:
        """Return whether something wrong was looked for, and found."""
        return self.until_wrong and bool(tally.wrong)


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


def drive_threads(load: Load) -> None:
    """Run the synchronous operations in many threads, each of which starts with no context."""

    def one(number: int) -> None:
        here, there = random.sample([by_slug[slug] for slug in CANARIES], 2)
        try:
            load.operations[number % len(load.operations)](here, there)
        except Exception as error:  # noqa: BLE001  an operation that breaks off is a finding
            tally.note(f"broken off: {type(error).__name__}", right=False)
        finally:
            close_old_connections()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(one, range(load.count)))
        list(pool.map(lambda _: connections.close_all(), range(THREADS)))


def drive_tasks(load: Load) -> None:
    """Send tasks through the broker to a worker with four threads and wait for them."""
    before, refused = tally.done["task"], 0
    with start_worker(
        celery_app, pool="threads", concurrency=4, perform_ping_check=False, loglevel="CRITICAL"
    ):
        for number in range(load.count):
            refused += _send_refused() if number % 50 == 0 else 0
            _send(by_slug[random.choice(CANARIES)])
        wait_for(lambda: tally.done["task"] - before, load.count)
    # The worker has finished what it took: none of these has run.
    tally.note("refused", right=True, times=refused)


def _send(tenant: Tenant) -> None:
    with use_tenant(tenant):
        random.choice(KINDS_OF_TASKS)(owner=tenant.slug)


def _send_refused() -> int:
    """Send two messages that must not be worked on; return how many were sent."""
    with use_tenant(by_slug[SUSPENDED]):
        refused_task.delay()
    with use_nothing():
        celery_app.send_task(refused_task.name)
    return 2


def drive_web(load: Load) -> None:
    """Send requests of all kinds at once, over one event loop."""
    web.drive(load.port, load.count, lambda: load.is_over)


def drive_commands(load: Load) -> None:
    """Run commands as processes of their own, two at a time."""
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(_command, range(load.count)))


def _command(number: int) -> None:
    arguments, status, printed = COMMANDS[number % len(COMMANDS)]
    ended = subprocess.run(
        [sys.executable, "manage.py", "canary", "--organization", *arguments],
        cwd=CHECKOUT,
        env={**os.environ, "DATABASE_POOL": "false"},
        capture_output=True,
        text=True,
        check=False,
    )
    tally.note("process", right=(ended.returncode, ended.stdout.strip()) == (status, printed))


Driver = Callable[[Load], None]
DRIVERS: dict[str, Driver] = {
    "threads": drive_threads,
    "web": drive_web,
    "tasks": drive_tasks,
    "commands": drive_commands,
}
# The share of each in a run; a process of its own is dear.
PARTS = {"threads": 0.3, "web": 0.5, "tasks": 0.1994, "commands": 0.0006}
