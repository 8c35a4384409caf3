"""A real web process on the test database, and an organization whose data is committed."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker

from shared_apps.organizations.selectors import get_tenant
from shared_apps.tenancy.context import Tenant, use_tenant
from tests.addresses import urls_of_this_run
from tests.notifications.clients import HEARTBEAT_S
from tests.notifications.people import AT
from tests.organizations import drop_organization, found_organization

CHECKOUT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def committed(
    django_db_setup: dict[str, Tenant], django_db_blocker: DjangoDbBlocker
) -> Iterator[Tenant]:
    """An organization for the tests of one module; everything in it is committed."""
    with django_db_blocker.unblock():
        tenant = found_organization(
            slug=f"inbox-{uuid4().hex[:10]}", currency="USD", timezone="UTC", at=AT
        )
        try:
            yield tenant
        finally:
            drop_organization(tenant)


@pytest.fixture
def fresh_tenant(committed: Tenant, django_db_blocker: DjangoDbBlocker) -> Iterator[Tenant]:
    """The module's committed organization, selected: founding one for each test takes too long.

    As it is now: a test before this one may have signed everybody out.
    """
    with django_db_blocker.unblock():
        tenant = get_tenant(committed.id)
        with use_tenant(tenant):
            yield tenant


@pytest.fixture(scope="module")
def port(committed: Tenant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a web process that serves the test database."""
    with _serving(tmp_path_factory.mktemp("web")) as port:
        yield port


@pytest.fixture(scope="module")
def deaf_port(committed: Tenant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a web process whose channel layer cannot be reached."""
    nowhere = f"redis://127.0.0.1:{_free_port()}/0"
    with _serving(tmp_path_factory.mktemp("deaf"), CHANNELS_URL=nowhere) as port:
        yield port


@contextmanager
def _serving(folder: Path, **environment: str) -> Iterator[int]:
    free = _free_port()
    log = folder / "web.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                sys.executable,
                *("-m", "uvicorn", "tests.notifications.server:application"),
                *("--host", "127.0.0.1", "--port", str(free), "--log-level", "warning"),
            ],
            cwd=CHECKOUT,
            env=_environment() | environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _await_port(free, process, log)
            yield free
        finally:
            process.terminate()
            process.wait(timeout=20)


def _environment() -> dict[str, str]:
    """Return this process's environment, with the database that the tests work on."""
    return {
        **os.environ,
        **urls_of_this_run(),
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "SECRET_KEY": settings.SECRET_KEY,
        "TEST_HEARTBEAT_S": str(HEARTBEAT_S),
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _await_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"The web process did not start:\n{log.read_text()}")
