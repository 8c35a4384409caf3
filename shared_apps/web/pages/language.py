"""Which language and which theme a person reads in."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

THEME_COOKIE, LANGUAGE_COOKIE = "theme", "language"
THEMES = ("system", "light", "dark")


def theme_of(request: HttpRequest) -> str:
    """Return "system", "light" or "dark", as the cookie says."""
    theme = request.COOKIES.get(THEME_COOKIE, THEMES[0])
    return theme if theme in THEMES else THEMES[0]


def language_of(request: HttpRequest) -> str:
    """Return the language that was chosen here, else the person's own, else the browser's.

    An address may name one (`?language=de`) for whoever has none yet, as it leads over from
    another host.
    """
    wanted = [request.COOKIES.get(LANGUAGE_COOKIE, ""), _own_language(request)]
    wanted.append(request.GET.get("language", ""))
    accepted = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    wanted += [language for language, _weight in accepted]
    found = (_supported(language) for language in wanted)
    return next((language for language in found if language), settings.LANGUAGE_CODE)


def _own_language(request: HttpRequest) -> str:
    person = getattr(request, "user", None)  # nobody was looked up at a host of nobody
    return str(person.locale) if person is not None and person.is_authenticated else ""


def _supported(language: str) -> str:
    try:
        return get_supported_language_variant(language) if language else ""
    except LookupError:
        return ""
