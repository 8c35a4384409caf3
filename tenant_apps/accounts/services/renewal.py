"""Refresh tokens: each is exchanged once for the next pair; a second use ends the family."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.web.errors import TokenInvalid
from tenant_apps.accounts.events import RefreshTokenReused
from tenant_apps.accounts.services.door import stay_until
from tenant_apps.accounts.services.sign_ins import (
    TokenPair,
    issue_tokens,
    lock_sign_in,
    mark_ended,
)
from tenant_apps.accounts.tokens import BEARER, BoundRefreshToken, read_token


def refresh_tokens(*, refresh: str, at: datetime) -> TokenPair:
    """Exchange a refresh token for the next pair; it is good once, and the door is asked again.

    Locks the sign-in. An older token of the same sign-in means that somebody copied it: the sign-in
    ends, which is kept although the request is refused, and RefreshTokenReused is recorded.
    Raises: TokenInvalid, WrongTenant.
    """
    token = read_token(BoundRefreshToken, refresh)
    pair = _rotate(UUID(token["sid"]), refresh_id=token["jti"], at=at)
    if pair is None:
        raise TokenInvalid(headers=BEARER)
    return pair


@transaction.atomic
def _rotate(sign_in_id: UUID, *, refresh_id: str, at: datetime) -> TokenPair | None:
    sign_in = lock_sign_in(sign_in_id)
    if sign_in is None or not sign_in.is_open(at):
        return None
    if sign_in.refresh_id.hex != refresh_id:
        mark_ended(sign_in, at)
        event = RefreshTokenReused(user_id=sign_in.user_id, sign_in_id=sign_in.pk)
        record(event, actor=sign_in.user.actor, at=at)
        return None
    expires_at = stay_until(sign_in, at=at)
    if expires_at is None:
        return None
    sign_in.refresh_id, sign_in.expires_at = uuid4(), expires_at
    sign_in.save(update_fields=["refresh_id", "expires_at"])
    return issue_tokens(sign_in=sign_in, at=at)
