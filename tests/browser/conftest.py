"""A web process on the test database, a browser before it, and an organization with its people.

All of it is made once: the tests of this folder share the organization, each with objects of its
own. Whatever a page complains about in its console, or reports against its policy, fails the test.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)
from pytest_django import DjangoDbBlocker

from shared_apps.audit.delivery import deliver
from shared_apps.audit.models import Delivery, DeliveryState
from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant, use_tenant
from tests.browser.chromium import WHY_NOT, find_chromium
from tests.cast import PASSWORD, make_cast, person_named
from tests.factories.commissions import PlanFactory
from tests.organizations import drop_organization, found_organization

CHECKOUT = Path(__file__).resolve().parents[2]
WIDE: ViewportSize = {"width": 1440, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}
PATIENCE_MS = 30_000  # on a machine that does other things as well
expect.set_options(timeout=PATIENCE_MS)


@dataclass
class Site:
    """An organization and where it answers."""

    tenant: Tenant
    port: int

    @property
    def url(self) -> str:
        """Return the address of the portal."""
        return f"http://{self.tenant.host}:{self.port}"

    @property
    def platform(self) -> str:
        """Return the address of the platform's host."""
        return f"http://localhost:{self.port}"


@dataclass
class Visitor:
    """A person before the browser: a page, and what it complained about."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        """Note errors and warnings of the console; a refused form is an answer, not a fault."""
        is_answer = "the server responded with a status of 40" in message.text
        if message.type in ("error", "warning") and not is_answer:
            self.complaints.append(f"{message.type}: {message.text}")


@pytest.fixture(scope="session")
def site(
    django_db_setup: Any, django_db_blocker: DjangoDbBlocker, tmp_path_factory: Any
) -> Iterator[Site]:
    """The organization with its cast and a commission plan, committed, and a web process."""
    with django_db_blocker.unblock():
        at = utc_now()
        tenant = found_organization(
            slug=f"portal-{uuid4().hex[:8]}", currency="USD", timezone="UTC", at=at
        )
        try:
            with use_tenant(tenant):
                make_cast(at=at)
                people = [person_named(name) for name in ("fay", "adam", "sam", "suki")]
                PlanFactory(author=people[0], checker=people[1], payees=people[2:], at=at)
            with serving(tmp_path_factory.mktemp("web")) as port:
                yield Site(tenant, port)
        finally:
            drop_organization(tenant)


@pytest.fixture(scope="session")
def chromium(site: Site) -> Iterator[Browser]:
    """The system's Chromium."""
    path = find_chromium()
    if path is None:
        pytest.skip(WHY_NOT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def fresh_tenant(
    site: Site, django_db_blocker: DjangoDbBlocker, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Tenant]:
    """Select the committed organization for what the test itself does in the database."""
    # Playwright keeps an event loop in this thread, which waits while the test works.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with django_db_blocker.unblock(), use_tenant(site.tenant):
        yield site.tenant
        connection.close()  # it is the event loop's own, which nobody else closes


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Visit]:
    """Return a function that brings a person of the cast to the portal, signed in."""
    visitors: list[Visitor] = []

    def come(name: str, viewport: ViewportSize = WIDE, **options: Any) -> Visitor:
        context = chromium.new_context(**{"base_url": site.url, "viewport": viewport, **options})
        context.set_default_timeout(PATIENCE_MS)
        visitor = Visitor(context.new_page())
        visitor.page.on("console", visitor.hear)
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        visitors.append(visitor)
        if name:
            sign_in(visitor.page, name)
        return visitor

    yield come
    for visitor in visitors:
        visitor.page.context.close()
    assert [each.complaints for each in visitors if each.complaints] == []


def sign_in(page: Page, name: str) -> None:
    """Pass the door as a member of the cast."""
    page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill(person_named(name).email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)


def elsewhere(work: Callable[[], object]) -> None:
    """Do something in a thread of its own: where Playwright's event loop is, nothing is pushed."""

    def do() -> None:
        try:
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(copy_context().run, do).result()


def work_off() -> None:
    """Carry out what is owed, as a worker would."""
    elsewhere(_deliver_owed)


def _deliver_owed() -> None:
    for _ in range(5):
        owed = list(Delivery.objects.filter(state=DeliveryState.READY).values_list("pk", flat=True))
        if not owed:
            return
        for delivery_id in owed:
            deliver(delivery_id=delivery_id)


def _serving_environment(port: int) -> dict[str, str]:
    """Return this process's environment, with the database that the tests work on.

    The base domain has the port: passkeys answer to pages of exactly that origin only.
    """
    url = urlsplit(os.environ["DATABASE_URL"])
    name = connection.settings_dict["NAME"]
    return {
        **os.environ,
        "BASE_DOMAIN": f"localhost:{port}",
        "DATABASE_URL": urlunsplit(url._replace(path=f"/{name}")),
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "SECRET_KEY": settings.SECRET_KEY,
        "FIELD_KEYS": ",".join(settings.FIELD_KEYS),
    }


@contextmanager
def serving(folder: Path, **variables: str) -> Iterator[int]:
    """Run a web process with more variables, in which {port} is its port; yield that port."""
    port, log = _free_port(), folder / "web.log"
    more = {name: value.format(port=port) for name, value in variables.items()}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "uvicorn", "tests.browser.server:application"),
                *("--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"),
                *("--lifespan", "off"),
            ],
            cwd=CHECKOUT,
            env={**_serving_environment(port), **more},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _await_port(port, process, log)
            yield port
        finally:
            process.terminate()
            process.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _await_port(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"The web process did not start:\n{log.read_text()}")
