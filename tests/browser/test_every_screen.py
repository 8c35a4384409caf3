"""Every screen: nothing that axe finds serious, nothing wider than the window, quiet consoles."""

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import axe_playwright_python
import pytest
from django.urls import URLPattern, resolve
from playwright.sync_api import Page, ViewportSize

from tenant_apps.portal.urls import urlpatterns
from tests.browser.conftest import NARROW, WIDE, Site, Visit
from tests.browser.screens import furnish, screens_of
from tests.browser.stages import stages
from tests.cast import PASSWORD, email_of

if TYPE_CHECKING:
    from collections.abc import Mapping

AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
GRAVE = {"serious", "critical"}
# a tablet on end, a tablet across and the first width with two columns, besides the usual two
BETWEEN = (768, 1024, 1100)
TOO_WIDE = """() => {
  const scrolls = '.matrix-wrap, .tabs, pre, textarea, input, select, .sr-only';
  const cut = [...document.querySelectorAll('.shell main, .shell main *')].filter(each => {
    const style = getComputedStyle(each);
    return style.overflowX !== 'visible' && style.textOverflow !== 'ellipsis'
      && each.clientWidth > 0 && each.scrollWidth > each.clientWidth + 1
      && !each.closest(scrolls);
  });
  return cut.map(each => (each.id || each.className) + ' ' + (each.scrollWidth - each.clientWidth));
}"""


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


def too_wide_for(page: Page, widths: Sequence[int]) -> list[str]:
    """Return what is wider than its place when the window is as wide as each of these, in px.

    What scrolls on purpose (the role matrix, tabs, a code) and shortened text do not count.
    """
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{each} at {width}" for each in page.evaluate(TOO_WIDE)]
    return found


# Pages without a screen of their own.
LEADS_ON = {
    *("home", "settings", "welcome", "visit", "message", "contact_new", "claim", "give_back"),
    *("codes_new", "own_picture"),
}
FRAGMENTS = {"inbox_menu", "message_text", "member_new"}
FILES = {
    *("picture", "logo", "proof", "proof_page", "invoice_pdf", "credit_note_pdf"),
    *("deals_file", "clients_file", "payments_file", "invoices_file", "lines_file"),
    "controls_file",
}
# in the middle of a sign-in: tests/browser/test_sign_in.py and test_provider.py go through them
AT_THE_DOOR = {
    *("sign_in_password", "sign_in_code", "sign_in_setup", "sign_in_passkey"),
    *("sign_in_provider", "sign_in_arrival"),
}
# the page of the return with this act open, as return_reject shows it; that of the deal
LIKE_ANOTHER = {
    "deal_note",
    "return_approve",
    "return_withdraw",
    "return_sent",
    "return_failed",
}
WITHOUT_SCREEN = LEADS_ON | FRAGMENTS | FILES | AT_THE_DOOR | LIKE_ANOTHER


def test_every_page_has_a_screen() -> None:
    """A new page is put into tests/browser/screens.py, or said above why it is none."""
    anything: Mapping[str, str] = defaultdict(lambda: "1")
    shown = {resolve(each.path.split("?")[0]).url_name for each in screens_of(anything)}
    pages = {
        str(pattern.name)
        for pattern in urlpatterns
        if isinstance(pattern, URLPattern)
        and hasattr(getattr(pattern.callback, "view_class", None), "get")
    }
    assert pages - shown == WITHOUT_SCREEN
    assert not shown & WITHOUT_SCREEN


@pytest.mark.timeout(420)
@pytest.mark.parametrize(
    ("theme", "language", "size"), [("light", "en", WIDE), ("dark", "de", NARROW)]
)
def test_every_screen_is_accessible_and_fits(
    visit: Visit, site: Site, theme: str, language: str, size: ViewportSize
) -> None:
    found: dict[str, list[str]] = {}
    for stage in stages(visit, site, size):
        stage.wear(theme, language)
        for screen in stage.screens:
            stage.page.set_viewport_size(size)
            stage.show(screen)
            problems = grave_findings(stage.page)
            if overflow_of(stage.page) > 0:
                problems.append(f"{overflow_of(stage.page)} px wider than the window")
            problems += too_wide_for(stage.page, [size["width"], *BETWEEN])
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
