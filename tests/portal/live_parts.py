"""What of a page changes by itself: its parts with `data-live`, and all that stands around them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from uuid import UUID

from django.test import Client as Browser

from shared_apps.audit.models import Delivery
from tenant_apps.notifications.live import TOPICS, push_changed

VOID = {"br", "hr", "img", "input", "link", "meta", "source", "wbr"}
OF_EACH_ANSWER = ("csrfmiddlewaretoken", "request_key")


@dataclass
class Part:
    """A live part: the topics that it shows, and what stands in it."""

    topics: set[str]
    words: list[str] = field(default_factory=list)


class LivePage(HTMLParser):
    """The main part of a page, taken apart into its live parts and the rest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: dict[str, Part] = {}
        self.rest: list[str] = []
        self.nested: list[str] = []
        self._depth = self._main = self._left_at = 0
        self._part: Part | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element, and where the main part or a live part begins."""
        given = dict(attrs)
        self._depth += tag not in VOID
        if tag == "main":
            self._main = self._depth
        if not self._main:
            return
        if "data-live" in given:
            self._begin(given["id"] or "", (given["data-live"] or "").split())
        elif given.get("name") not in OF_EACH_ANSWER:
            self._note(f"<{tag} {sorted(attrs)}>")

    def handle_endtag(self, tag: str) -> None:
        """Note where the main part or a live part ends."""
        if tag in VOID:
            return
        if self._part and self._depth == self._left_at:
            self._part = None
        if self._depth == self._main:
            self._main = 0
        self._depth -= 1

    def handle_data(self, data: str) -> None:
        """Note the words."""
        if self._main and data.strip():
            self._note(" ".join(data.split()))

    def _begin(self, name: str, topics: list[str]) -> None:
        if self._part or name in self.parts:
            self.nested.append(name)
        self._part = self.parts[name] = Part(set(topics))
        self._left_at = self._depth
        self.rest.append(f"part {name}")

    def _note(self, word: str) -> None:
        (self._part.words if self._part else self.rest).append(word)


def page_at(browser: Browser, path: str) -> LivePage:
    """Return the page at an address, taken apart."""
    answer = browser.get(path)
    assert answer.status_code == 200
    return LivePage(answer.content.decode())


def changed_live(browser: Browser, path: str, change: Callable[[], object]) -> set[str]:
    """Make a change, and return which parts of a page look otherwise after it.

    What looks otherwise must stand in a part that is there before and after, and the change must
    have told the open pages of a topic of that part.
    """
    before, known = page_at(browser, path), set(Delivery.objects.values_list("pk", flat=True))
    change()
    after, told = page_at(browser, path), _topics_told(known)
    assert before.nested == after.nested == []
    assert after.rest == before.rest
    changed = {name for name in before.parts if before.parts[name].words != after.parts[name].words}
    assert {name for name in changed if not after.parts[name].topics & told} == set()
    return changed


def _topics_told(known: set[UUID]) -> set[str]:
    pushed = Delivery.objects.filter(reaction=push_changed.reaction_name).exclude(pk__in=known)
    names = pushed.values_list("event__name", flat=True).distinct()
    return {topic for name in names for topic in TOPICS.get(name.partition(".")[0], ())}
