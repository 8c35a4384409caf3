"""A picture of every screen in both themes and at both widths: `make screenshots` runs this."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE, Site, Visit
from tests.browser.screens import furnish, screens_of

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.mark.timeout(600)
def test_takes_a_picture_of_every_screen(visit: Visit, site: Site) -> None:
    folder = CHECKOUT / (os.environ.get("SCREENSHOTS") or "screenshots")
    folder.mkdir(exist_ok=True)
    screens = screens_of(furnish())
    for who in ("", "sam", "vera", "adam"):
        page = visit(who).page
        for theme in ("light", "dark"):
            page.context.add_cookies([{"name": "theme", "value": theme, "url": site.url}])
            for size in (WIDE, NARROW):
                page.set_viewport_size(size)
                for screen in (each for each in screens if each.who == who):
                    page.goto(screen.path)
                    page.evaluate("document.fonts.ready")
                    expect(page.locator(".skeleton")).to_have_count(0)
                    name = f"{screen.name}-{size['width']}-{theme}.png"
                    page.screenshot(path=folder / name, full_page=True)
    assert len(list(folder.glob("*.png"))) >= 4 * len(screens)
