"""The console's words in its pages."""

from django import template
from django.utils.translation import gettext

from shared_apps.platform_admin.console.words import Text, word_for

register = template.Library()


@register.filter
def in_words(kept: str) -> Text:
    """Return the word for a status as rows keep it."""
    return word_for(kept)


@register.filter
def roles_in_words(names: list[str]) -> list[str]:
    """Return roles under their names in the language at work; one's own roles keep theirs."""
    return [gettext(name) for name in names]
