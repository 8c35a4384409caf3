"""One sentence that the next page shows: kept in a signed cookie, so it costs no row."""

from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase

COOKIE = "prs_flash"
_SALT = "portal.flash"
_LASTS_S = 60


class Flash(NamedTuple):
    """What was done, or why not; the tone is "ok" or "bad"."""

    text: str
    tone: str = "ok"


def leave(response: HttpResponseBase, flash: Flash) -> None:
    """Put the sentence beside an answer that leads to another page."""
    response.set_cookie(
        COOKIE,
        signing.dumps(list(flash), salt=_SALT, compress=True),
        max_age=_LASTS_S,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def find(request: HttpRequest) -> Flash | None:
    """Return the sentence that the page before has left; a part of a page shows none."""
    text = None if _is_of_a_part(request) else request.COOKIES.get(COOKIE)
    if not text:
        return None
    try:
        return Flash(*signing.loads(text, salt=_SALT, max_age=_LASTS_S))
    except (signing.BadSignature, TypeError, ValueError):
        return None


def forget(response: HttpResponseBase, request: HttpRequest) -> None:
    """Drop the sentence once it was shown, unless the answer leaves another."""
    was_shown = COOKIE in request.COOKIES and not _is_of_a_part(request)
    if was_shown and COOKIE not in response.cookies:
        response.delete_cookie(COOKIE, samesite="Lax")


def _is_of_a_part(request: HttpRequest) -> bool:
    """Return whether a page fetches itself again, which must not take the next page's sentence."""
    return "HX-Request" in request.headers
