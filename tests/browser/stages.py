"""Who looks at which screens: a page for each, signed in, in the theme and the size asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import Site, Visit
from tests.browser.operators import new_operator, pass_door
from tests.browser.platform_screens import platform_story, screens_of_console, screens_of_site
from tests.browser.screens import Screen, furnish, screens_of


@dataclass
class Stage:
    """A page before somebody, and the screens that they look at."""

    page: Page
    url: str
    screens: Sequence[Screen]

    def wear(self, theme: str, language: str = "en") -> None:
        """Choose a theme (the portal's by cookie, the console's by the device) and a language."""
        worn = {"theme": theme, "language": language}
        self.page.context.add_cookies(
            [{"name": name, "value": value, "url": self.url} for name, value in worn.items()]
        )
        self.page.emulate_media(color_scheme="dark" if theme == "dark" else "light")

    def show(self, screen: Screen) -> None:
        """Go to a screen."""
        if screen.sign_up:
            self.page.context.add_cookies(
                [{"name": "prs_sign_up", "value": screen.sign_up, "url": self.url}]
            )
        self.page.goto(screen.path)
        self.page.evaluate("document.fonts.ready")
        expect(self.page.locator(".skeleton")).to_have_count(0)
        self.page.evaluate(
            "Promise.all([...document.images].map(image => image.decode().catch(() => 0)))"
        )


def stages(visit: Visit, site: Site, size: ViewportSize) -> Iterator[Stage]:
    """Yield everybody who looks at screens, one after the other; clear the platform up at last."""
    screens = screens_of(furnish())
    for who in ("", "sam", "vera", "adam"):
        theirs = [each for each in screens if each.who == who]
        yield Stage(visit(who, size).page, site.url, theirs)
    operator = new_operator()
    with platform_story(site.tenant, operator.person) as story:
        page = visit("", size, base_url=site.platform).page
        yield Stage(page, site.platform, screens_of_site(story))
        page = visit("", size, base_url=site.platform).page
        pass_door(page, operator)
        yield Stage(page, site.platform, screens_of_console(story))
