"""Tickets that open one WebSocket: good once, for half a minute, in one organization."""

import secrets
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.core.cache import caches

from tenant_apps.accounts.models import ApiKey, SignIn, User
from tenant_apps.accounts.selectors import find_api_key
from tenant_apps.accounts.services.standing import find_standing_sign_in
from tenant_apps.accounts.tokens import current_key_version

OF_KEY = "key:"


def issue_ticket(*, credential: SignIn | ApiKey) -> str:
    """Return a new ticket for whoever came with a sign-in or a key; only its hash is kept."""
    ticket = secrets.token_urlsafe(32)
    prefix = OF_KEY if isinstance(credential, ApiKey) else ""
    value = f"{prefix}{credential.pk}"
    caches["tenant"].set(_key(ticket), value, timeout=settings.WS_TICKET_LIFETIME_S)
    return ticket


def redeem_ticket(ticket: str, *, at: datetime) -> User | None:
    """Use a ticket up and return whose it is; None when it is unknown, used, late or foreign."""
    cache, key = caches["tenant"], _key(ticket)
    value: str | None = cache.get(key)
    if value is None or not cache.delete(key):  # of two who come at once, one deletes
        return None
    if value.startswith(OF_KEY):
        return _account_of_key(UUID(value.removeprefix(OF_KEY)), at)
    sign_in = find_standing_sign_in(UUID(value), at=at)
    return sign_in.user if sign_in else None


def _account_of_key(key_id: UUID, at: datetime) -> User | None:
    key = find_api_key(key_id)
    if key is None or not key.is_open(at) or not key.service_account.is_active:
        return None
    return key.service_account


def _key(ticket: str) -> str:
    """Return where a ticket is kept; a ticket from before everybody was signed out is not found."""
    digest = sha256(ticket.encode()).hexdigest()
    return f"ws-ticket:{current_key_version()}:{digest}"
