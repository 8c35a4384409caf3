"""The style guide, which shows while DEBUG is on: every component once, in both themes."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize

from tests.browser.conftest import NARROW, WIDE, Site, Visit, serving
from tests.browser.test_every_screen import grave_findings, overflow_of

# A component, and where it is to be seen.
COMPONENTS = {
    "button": ".btn.primary",
    "field with its error": ".field.wrong .error",
    "select": ".field select",
    "table": "table.table tbody tr",
    "pill": ".pill",
    "card": ".card",
    "key figure": ".card.kpi",
    "avatar": ".av",
    "dialog": "#example",
    "toast": ".toast",
    "bell": ".icon-btn .badge-count",
    "tabs": ".tabs",
    "segmented control": ".seg",
    "pagination": ".pages",
    "empty state": ".empty",
    "skeleton": ".skeleton",
    "progress": ".meter",
    "file drop": ".drop",
    "bars": ".chart rect.fill",
    "line": ".chart line.line",
    "ring": "svg.ring",
    "spark": "svg.spark",
}
HEIGHTS = "(cards) => cards.map((card) => Math.round(card.getBoundingClientRect().height))"


@pytest.fixture(scope="module")
def address(site: Site, tmp_path_factory: Any) -> Iterator[str]:
    """The organization, served with DEBUG on."""
    told = {"DJANGO_SETTINGS_MODULE": "config.settings.base", "DEBUG": "true"}
    with serving(tmp_path_factory.mktemp("debug"), **told) as port:
        yield f"http://{site.tenant.host}:{port}"


def guide_at(visit: Visit, address: str, size: ViewportSize, theme: str = "light") -> Page:
    page: Page = visit("", size, base_url=address).page
    page.context.add_cookies([{"name": "theme", "value": theme, "url": address}])
    page.goto("/styleguide/")
    page.evaluate("document.fonts.ready")
    return page


def test_every_component_is_there(visit: Visit, address: str) -> None:
    page = guide_at(visit, address, WIDE)
    missing = [name for name, where in COMPONENTS.items() if not page.locator(where).count()]
    assert missing == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_it_is_accessible_and_fits(
    visit: Visit, address: str, size: ViewportSize, theme: str
) -> None:
    page = guide_at(visit, address, size, theme)
    assert grave_findings(page) == []
    assert overflow_of(page) <= 0


@pytest.mark.parametrize("size", [WIDE, NARROW])
@pytest.mark.parametrize("kind", ["bars", "line", "ring"])
def test_a_chart_without_data_takes_the_same_room(
    visit: Visit, address: str, kind: str, size: ViewportSize
) -> None:
    cards = guide_at(visit, address, size).locator(f"[data-chart={kind}]")
    drawn, blank = cards.evaluate_all(HEIGHTS)
    assert drawn == blank
