"""Sign-ins that are open: the tokens they hand out, their renewal and their end."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID, uuid4

from django.db import transaction
from rest_framework_simplejwt.settings import api_settings

from shared_apps.audit.recording import record
from shared_apps.audit.request import current_request_info
from shared_apps.web.errors import TokenInvalid
from tenant_apps.accounts.events import PersonSignedOut, RefreshTokenReused
from tenant_apps.accounts.models import SignIn, SignInKind, User
from tenant_apps.accounts.tokens import (
    BEARER,
    BoundAccessToken,
    BoundRefreshToken,
    BoundToken,
    read_token,
)

T = TypeVar("T", bound=BoundToken)


@dataclass(frozen=True)
class TokenPair:
    """What a program keeps: the access token for requests, the refresh token for the next pair."""

    access: str
    refresh: str


def open_sign_in(*, person: User, kind: SignInKind, user_agent: str, at: datetime) -> SignIn:
    """Begin a sign-in. Only the door (services.sign_in) and the commands of a console call this."""
    sign_in = SignIn(
        user=person,
        kind=kind,
        started_at=at,
        expires_at=at + api_settings.REFRESH_TOKEN_LIFETIME,
        ip=current_request_info().ip,
        user_agent=user_agent[:300],
    )
    sign_in.save(force_insert=True)
    return sign_in


def issue_tokens(*, sign_in: SignIn, at: datetime) -> TokenPair:
    """Return the pair of an open sign-in, bound to the current organization."""
    refresh = _stamp(BoundRefreshToken(), sign_in, at)
    refresh["jti"] = sign_in.refresh_id.hex
    return TokenPair(access=str(_stamp(BoundAccessToken(), sign_in, at)), refresh=str(refresh))


def refresh_tokens(*, refresh: str, at: datetime) -> TokenPair:
    """Exchange a refresh token for the next pair; it is good once.

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
    sign_in = _lock_sign_in(sign_in_id)
    if sign_in is None or not sign_in.is_open(at) or not sign_in.user.is_active:
        return None
    if sign_in.refresh_id.hex != refresh_id:
        _end(sign_in, at)
        event = RefreshTokenReused(user_id=sign_in.user_id, sign_in_id=sign_in.pk)
        record(event, actor=sign_in.user.actor, at=at)
        return None
    sign_in.refresh_id = uuid4()
    sign_in.expires_at = at + api_settings.REFRESH_TOKEN_LIFETIME
    sign_in.save(update_fields=["refresh_id", "expires_at"])
    return issue_tokens(sign_in=sign_in, at=at)


@transaction.atomic
def end_sign_in(*, sign_in_id: UUID, at: datetime) -> None:
    """End one sign-in; a second time nothing happens. Records PersonSignedOut."""
    sign_in = _lock_sign_in(sign_in_id)
    if sign_in is None or sign_in.ended_at is not None:
        return
    _end(sign_in, at)
    event = PersonSignedOut(user_id=sign_in.user_id, sign_in_id=sign_in.pk)
    record(event, actor=sign_in.user.actor, at=at)


def end_all_sign_ins(*, user_id: UUID, at: datetime) -> int:
    """End every sign-in of a person, tokens and browsers; return how many there were.

    Called inside the transaction of the service that records why.
    """
    return SignIn.objects.filter(user_id=user_id, ended_at=None).update(ended_at=at)


def _lock_sign_in(sign_in_id: UUID) -> SignIn | None:
    rows = SignIn.objects.select_for_update(no_key=True, of=("self",)).select_related("user")
    return rows.filter(pk=sign_in_id).first()


def _end(sign_in: SignIn, at: datetime) -> None:
    sign_in.ended_at = at
    sign_in.save(update_fields=["ended_at"])


def _stamp(token: T, sign_in: SignIn, at: datetime) -> T:
    token["sub"] = str(sign_in.user_id)
    token["sid"] = str(sign_in.pk)
    token.set_iat(at_time=at)
    token.set_exp(from_time=at, lifetime=token.lifetime)
    return token
