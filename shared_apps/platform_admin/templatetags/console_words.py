"""The console's words in its pages."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import template
from django.utils.text import capfirst

from shared_apps.platform_admin.console import happenings, reading
from shared_apps.platform_admin.console.site import site
from shared_apps.platform_admin.console.words import Text, role_word, word_for

if TYPE_CHECKING:
    from django.contrib.admin.views.main import ChangeList

register = template.Library()


@register.filter
def in_words(kept: str) -> Text:
    """Return the word for a status as rows keep it."""
    return word_for(kept)


@register.filter
def role_words(names: list[str]) -> list[str]:
    """Return the names of roles in the language at work."""
    return [role_word(name) for name in names]


@register.filter
def event_words(name: str) -> Text:
    """Return what kind of event it is."""
    return happenings.event_word(name)


@register.filter
def reaction_words(name: str) -> Text:
    """Return what a reaction does."""
    return happenings.reaction_word(name)


@register.filter
def minute(at: datetime | None) -> str:
    """Return an instant as every page of the console writes it."""
    return reading.minute_of(at)


@register.filter
def is_narrowed(listing: "ChangeList") -> bool:
    """Return whether a list was searched or filtered."""
    return reading.is_narrowed(listing)


@register.filter
def way_here(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the way to a page without Django's app, which operators do not know."""
    return parts[1:] or parts


@register.filter
def title_of(shown: Any) -> str:
    """Return what a row is called above its page; a kind of rows begins with a capital."""
    admin = site._registry.get(type(shown))  # noqa: SLF001  as Django's admin finds it
    return str(capfirst(str(shown)) if admin is None else admin.title_of(shown))
