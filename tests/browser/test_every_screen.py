"""Every screen: nothing that axe finds serious, nothing wider than the window, quiet consoles."""

from functools import cache
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Page, ViewportSize

from tests.browser.conftest import NARROW, WIDE, Site, Visit
from tests.browser.screens import furnish
from tests.browser.stages import stages
from tests.cast import PASSWORD, email_of

AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
GRAVE = {"serious", "critical"}


@cache
def axe_source() -> str:
    return AXE.read_text(encoding="utf-8")


def grave_findings(page: Page) -> list[str]:
    """Return what axe finds serious or critical, with the first place of each."""
    page.evaluate(axe_source())
    asked = {"runOnly": {"type": "tag", "values": RULES}}
    result: dict[str, Any] = page.evaluate("(options) => axe.run(document, options)", asked)
    return [
        f"{each['id']}: {each['help']} at {each['nodes'][0]['target']}"
        for each in result["violations"]
        if each["impact"] in GRAVE
    ]


def overflow_of(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


@pytest.mark.timeout(420)
@pytest.mark.parametrize(("theme", "size"), [("light", WIDE), ("dark", NARROW)])
def test_every_screen_is_accessible_and_fits(
    visit: Visit, site: Site, theme: str, size: ViewportSize
) -> None:
    found: dict[str, list[str]] = {}
    for stage in stages(visit, site, size):
        stage.wear(theme)
        for screen in stage.screens:
            stage.show(screen)
            problems = grave_findings(stage.page)
            if overflow_of(stage.page) > 0:
                problems.append(f"{overflow_of(stage.page)} px wider than the window")
            if problems:
                found[screen.name] = problems
    assert found == {}


def test_pages_are_read_without_script(visit: Visit) -> None:
    story = furnish()
    page = visit("", java_script_enabled=False).page
    page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill(email_of("sam"))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    for path, shown in (
        ("/dashboard/", "Booked, net"),
        ("/deals/?q=relaunch", "Website relaunch"),
        (f"/deals/{story['deal']}/", "Support plan"),
        (f"/commissions/lines/{story['line']}/", "How it came about"),
    ):
        page.goto(path)
        assert shown in page.content()
