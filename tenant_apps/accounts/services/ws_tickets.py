"""Tickets that open one WebSocket: good once, for half a minute, in one organization."""

import secrets
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.core.cache import caches

from tenant_apps.accounts.models import SignIn, User
from tenant_apps.accounts.selectors import find_open_sign_in


def issue_ticket(*, sign_in: SignIn) -> str:
    """Return a new ticket for the person of this sign-in; only its hash is kept."""
    ticket = secrets.token_urlsafe(32)
    caches["tenant"].set(_key(ticket), str(sign_in.pk), timeout=settings.WS_TICKET_LIFETIME_S)
    return ticket


def redeem_ticket(ticket: str, *, at: datetime) -> User | None:
    """Use a ticket up and return its person; None when it is unknown, used, late or foreign."""
    cache, key = caches["tenant"], _key(ticket)
    sign_in_id = cache.get(key)
    if sign_in_id is None or not cache.delete(key):  # of two who come at once, one deletes
        return None
    sign_in = find_open_sign_in(UUID(sign_in_id))
    if sign_in is None or not sign_in.is_open(at) or not sign_in.user.is_active:
        return None
    return sign_in.user


def _key(ticket: str) -> str:
    return f"ws-ticket:{sha256(ticket.encode()).hexdigest()}"
