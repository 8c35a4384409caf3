"""How the controls of a page are called: read from the page itself, so that it is written once."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from shared_apps.web.pages.form import Place

_LABEL = re.compile(
    r'<label for="(?P<of>[^"]+)"[^>]*>(?P<text>[^<]+)'
    r'|<fieldset[^>]* id="(?P<group>[^"]+)"[^>]*>\s*<legend[^>]*>(?P<legend>[^<]+)'
)


@dataclass(frozen=True)
class NamedPlace:
    """Where something is put right: the id of its control, if it is on the page, and its name."""

    anchor: str
    part: str
    label: SafeString
    message: str


def places_on(page: str, places: Iterable[Place]) -> list[NamedPlace]:
    """Return the places of problems, one for each control, as a page calls and orders them."""
    labels = dict(reversed(list(_labels(page))))  # the first label of a control counts
    said: dict[tuple[str, str], list[str]] = {}
    for place in places:
        control = _control_on(page, place.anchor) or place.anchor
        said.setdefault((control, place.part), []).append(place.message)
    named = [
        NamedPlace(
            anchor=anchor if f'id="{anchor}"' in page else "",
            part=part,
            label=labels.get(anchor, SafeString("")),
            message=" ".join(messages),
        )
        for (anchor, part), messages in said.items()
    ]
    return sorted(named, key=lambda each: _offset_on(page, each.anchor))


def _offset_on(page: str, anchor: str) -> int:
    """Return where a control stands; what is nowhere on the page comes last."""
    return page.index(f'id="{anchor}"') if anchor else len(page)


def _control_on(page: str, anchor: str) -> str:
    """Return the id of a control, else of what it is a part of: an entry of a list in one field."""
    while anchor.strip("f"):
        for each in (anchor, f"{anchor}_id"):
            if f'id="{each}"' in page:
                return each
        anchor = anchor.rpartition("-")[0]
    return ""


def _labels(page: str) -> Iterator[tuple[str, SafeString]]:
    for found in _LABEL.finditer(page):
        text = found["text"] or found["legend"]
        # a part of the page, where it was escaped
        yield found["of"] or found["group"], mark_safe(text.strip())  # noqa: S308
