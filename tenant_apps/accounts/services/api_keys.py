"""API keys: made, replaced and revoked here. Who may give which rights is decided in access."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError, NotFound
from tenant_apps.accounts.api_key_text import hash_secret, key_text
from tenant_apps.accounts.events import ApiKeyIssued, ApiKeyRevoked, ApiKeyRotated
from tenant_apps.accounts.models import ApiKey, User
from tenant_apps.accounts.services.people import WrongStatus
from tenant_apps.accounts.services.service_accounts import lock_service_account


class ApiKeyClosed(DomainError):
    """The key expired or was revoked, so nothing can take over from it."""

    code = "api_key_closed"
    message = "This key expired or was revoked; issue a new one."


class ApiKeyReplaced(DomainError):
    """Another key took over from this one already."""

    code = "api_key_replaced"
    message = "Another key took over from this one already; rotate that one."


@dataclass(frozen=True, kw_only=True)
class NewKey:
    """What a key is for: permissions with their scopes, and the networks it may come from."""

    name: str
    grants: Mapping[str, str]
    lifetime: timedelta
    networks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class IssuedKey:
    """A key with its text, which is shown this once and kept nowhere."""

    key: ApiKey
    text: str


@transaction.atomic
def issue_key(*, account_id: UUID, new: NewKey, by: User, at: datetime) -> IssuedKey:
    """Make a key of a service account. Locks the account; records ApiKeyIssued.

    Raises: NotFound, WrongStatus.
    """
    account = lock_service_account(account_id)
    if not account.is_active:
        raise WrongStatus("The service account is suspended.")
    issued = _insert(account, new, by=by, at=at)
    event = ApiKeyIssued(user_id=account.pk, key_id=issued.key.pk)
    record(event, actor=by.actor, at=at, after=_facts(issued.key))
    return issued


@transaction.atomic
def replace_key(*, key_id: UUID, overlap: timedelta, by: User, at: datetime) -> IssuedKey:
    """Make the key that takes over: same rights and networks, as long a life. Locks the key.

    The old one goes on for the overlap. Both are the same service account, so that a request sent
    again under the new key is the same request. Records ApiKeyRotated.
    Raises: NotFound, ApiKeyClosed, ApiKeyReplaced.
    """
    old = lock_key(key_id)
    if not old.is_open(at):
        raise ApiKeyClosed
    new = NewKey(
        name=old.name,
        grants=old.grants,
        lifetime=_lifetime(old),
        networks=tuple(old.networks),
    )
    try:
        with transaction.atomic():
            issued = _insert(old.service_account, new, by=by, at=at, replaces=old)
    except IntegrityError:
        raise ApiKeyReplaced from None
    old.expires_at = min(old.expires_at, at + overlap)
    old.save(update_fields=["expires_at"])
    event = ApiKeyRotated(user_id=old.service_account_id, key_id=issued.key.pk, old_key_id=old.pk)
    after = {**_facts(issued.key), "old_expires_at": old.expires_at}
    record(event, actor=by.actor, at=at, after=after)
    return issued


@transaction.atomic
def revoke_key(*, key_id: UUID, by: User, at: datetime) -> ApiKey:
    """End a key; a second time nothing happens. Locks the key.

    Records ApiKeyRevoked, whose reaction closes the sockets of the service account.
    Raises: NotFound.
    """
    key = lock_key(key_id)
    if key.revoked_at is None:
        key.revoked_at, key.revoked_by_id = at, by.pk
        key.save(update_fields=["revoked_at", "revoked_by_id"])
        event = ApiKeyRevoked(user_id=key.service_account_id, key_id=key.pk)
        record(event, actor=by.actor, at=at, before={"name": key.name})
    return key


def lock_key(key_id: UUID) -> ApiKey:
    """Return a key with its service account, locked to the transaction's end. Raises: NotFound."""
    rows = ApiKey.objects.select_for_update(no_key=True, of=("self",))
    key = rows.select_related("service_account", "issued_by").filter(pk=key_id).first()
    if key is None:
        raise NotFound
    return key


def _insert(
    account: User, new: NewKey, *, by: User, at: datetime, replaces: ApiKey | None = None
) -> IssuedKey:
    secret = secrets.token_urlsafe(32)
    key = ApiKey(
        service_account=account,
        name=new.name.strip(),
        secret_hash=hash_secret(secret),
        grants=dict(sorted(new.grants.items())),
        networks=list(new.networks),
        issued_by=by,
        issued_at=at,
        expires_at=at + new.lifetime,
        replaces=replaces,
    )
    key.save(force_insert=True)
    return IssuedKey(key=key, text=key_text(key.pk, secret))


def _lifetime(key: ApiKey) -> timedelta:
    return key.expires_at - key.issued_at


def _facts(key: ApiKey) -> dict[str, object]:
    return {
        "name": key.name,
        "grants": key.grants,
        "networks": key.networks,
        "expires_at": key.expires_at,
    }
