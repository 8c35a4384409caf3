"""Every page in German: nothing on it is left in English."""

import re
from html.parser import HTMLParser

import pytest
from django.test import Client

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant
from tests.browser.screens import furnish, screens_of
from tests.cast import person_named
from tests.factories.commissions import PlanFactory
from tests.portal.conftest import signed_in

# words that stand in nearly every English sentence, and in no German one
ENGLISH = re.compile(
    r"\b(the|of|is|are|and|or|to|for|with|without|not|by|from|this|that|it|its|you|your|yet|"
    r"nothing|everything|who|whose|which|has|have|be|at|on|after|before|until|only|each|every|new|"
    r"open|paid|unpaid|verified|rejected|approved|submitted|total|amount|day|month|state)\b"
)
# what people of the story typed, and the names of things
TYPED = (
    *("Website relaunch", "Support plan", "A test makes several of a kind.", "One page was late."),
    *("One panel was broken.", "They sign for two years.", "Transfer slip", "One verifier"),
    *("Annual fair", "Winter fair", "Nina New", "Isle of Man", "America/New York"),
    *("America/North Dakota/New Salem", "America/Port of Spain", "Single Sign-on"),
)
SILENT = {"script", "style", "template", "code"}
SAID_IN = ("placeholder", "aria-label", "alt", "title")


class Reader(HTMLParser):
    """Gathers what a page says: its texts, and the attributes that are read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where we are, and what is read aloud."""
        if tag in SILENT or (tag != "html" and "lang" in dict(attrs)):
            self.inside.append(tag)
        self.said += [value for name, value in attrs if name in SAID_IN and value]

    def handle_endtag(self, tag: str) -> None:
        """Note that we are outside again."""
        if tag in self.inside:
            self.inside.remove(tag)

    def handle_data(self, data: str) -> None:
        """Take a text."""
        if not self.inside and data.strip():
            self.said.append(" ".join(data.split()))


def english_on(html: str) -> list[str]:
    """Return the texts of a page that look English."""
    reader = Reader()
    reader.feed(html)
    return [
        text
        for text in reader.said
        if ENGLISH.search(text.lower()) and not any(typed in text for typed in TYPED)
    ]


@pytest.mark.timeout(120)
def test_no_page_says_anything_in_english(cast: None, acme: Tenant) -> None:
    PlanFactory(
        author=person_named("fay"),
        checker=person_named("adam"),
        payees=[person_named("sam")],
        at=utc_now(),
    )
    screens = screens_of(furnish())
    found: dict[str, list[str]] = {}
    for who in ("", "sam", "vera", "adam"):
        browser = Client(SERVER_NAME=acme.host, headers={"accept-language": "de"})
        if who:
            person = person_named(who)
            person.locale = "de"
            person.save(update_fields=["locale"])
            browser = signed_in(person, acme)
        for screen in (each for each in screens if each.who == who):
            answer = browser.get(screen.path, follow=True)
            if texts := english_on(answer.content.decode()):
                found[screen.name] = texts
    assert not found, "\n".join(f"{name}: {texts}" for name, texts in found.items())
