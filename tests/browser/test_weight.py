"""The first load of the dashboard is light, local and still."""

import gzip
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.contrib.staticfiles import finders
from playwright.sync_api import ViewportSize

from tests.browser.conftest import NARROW, WIDE, Visit
from tests.browser.screens import furnish

if TYPE_CHECKING:
    from playwright.sync_api import Response

MOST_BYTES, MOST_OWN_SCRIPT = 100_000, 15_000
FETCH = "(url) => fetch(url).then((answer) => answer.text())"
# a phone on a train
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 2e5, "uploadThroughput": 1e5}
SHIFT = """
() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 300);
})
"""


def test_the_dashboard_weighs_little_and_asks_no_other_host(visit: Visit) -> None:
    page = visit("sam").page
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108  it keeps a mark on it
    page.goto("/dashboard/", wait_until="networkidle")
    host = page.url.split("/")[2]
    assert {answer.url.split("/")[2] for answer in answers if answer.url.startswith("http")} == {
        host
    }
    urls = {answer.url for answer in answers if not answer.url.endswith(".woff2")}
    # what the browser has kept since the sign-in counts as well
    fetched = {url: str(page.evaluate(FETCH, url)) for url in urls}
    weights = {url: len(gzip.compress(text.encode())) for url, text in fetched.items()}
    assert sum(weights.values()) <= MOST_BYTES, weights
    assert page.evaluate(SHIFT) < 0.02


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("sam", "/deals/"),
        ("sam", "/clients/"),
        ("sam", "/payments/"),
        ("sam", "/invoices/"),
        ("sam", "/deals/new/"),
        ("viktor", "/queue/"),
        ("adam", "/settings/time/"),
    ],
)
def test_a_page_stands_still_while_it_loads(visit: Visit, who: str, path: str) -> None:
    furnish()
    page = visit(who).page
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        page.goto(path, wait_until="networkidle")
        assert page.evaluate(SHIFT) < 0.02, size


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_fonts_that_come_late_move_nothing(visit: Visit, size: ViewportSize) -> None:
    page = visit("adam", size).page
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    wire.send("Network.emulateNetworkConditions", SLOW)
    for path in ("/dashboard/", "/roles/"):
        page.goto(path, wait_until="networkidle")
        assert page.evaluate(SHIFT) == 0, path


def test_our_own_script_is_small() -> None:
    found = finders.find("portal/portal.js")
    assert Path(str(found)).stat().st_size <= MOST_OWN_SCRIPT
