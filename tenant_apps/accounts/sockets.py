"""Who opens a WebSocket: the browser's session with its Origin, or a one-use ticket."""

from collections.abc import Mapping
from datetime import datetime
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs, urlsplit

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpRequest

from shared_apps.kernel.clock import utc_now
from shared_apps.web.errors import WrongTenant
from tenant_apps.accounts.browser_sessions import session_sign_in
from tenant_apps.accounts.models import User
from tenant_apps.accounts.services.ws_tickets import redeem_ticket


async def identify(scope: Mapping[str, Any]) -> User | None:
    """Return who opens the socket; None refuses it (close code 4401).

    Runs under the tenant of the scope. `?ticket=` comes first; without it the session cookie
    counts, and then the Origin must be this very host: a foreign page sends the cookie too.
    """
    return await sync_to_async(identify_now)(scope, at=utc_now())


def identify_now(scope: Mapping[str, Any], *, at: datetime) -> User | None:
    """Return who opens the socket, in synchronous code."""
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    ticket = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("ticket")
    origin, host = headers.get(b"origin"), headers.get(b"host", "")
    if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
        return None
    if ticket:
        return redeem_ticket(ticket[0], at=at)
    return _find_session_person(headers.get(b"cookie", ""), at) if origin else None


def _find_session_person(cookies: str, at: datetime) -> User | None:
    request = HttpRequest()
    engine = import_module(settings.SESSION_ENGINE)
    request.session = engine.SessionStore(_session_key(cookies))
    try:
        sign_in = session_sign_in(request, at=at)
    except WrongTenant:
        return None
    return sign_in.user if sign_in else None


def _session_key(cookies: str) -> str | None:
    try:
        morsel = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    return morsel.value if morsel else None
