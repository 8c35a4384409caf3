"""The console's words in its pages."""

from django import template

from shared_apps.platform_admin.console.words import Text, role_word, word_for

register = template.Library()


@register.filter
def in_words(kept: str) -> Text:
    """Return the word for a status as rows keep it."""
    return word_for(kept)


@register.filter
def role_words(names: list[str]) -> list[str]:
    """Return the names of roles in the language at work."""
    return [role_word(name) for name in names]
