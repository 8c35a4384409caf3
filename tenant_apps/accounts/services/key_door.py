"""The door for programs: an API key is checked at every request, and opens that request alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from hmac import compare_digest
from ipaddress import ip_address, ip_network

from django.db import transaction
from django.db.models import Q

from shared_apps.audit.recording import record
from shared_apps.audit.request import current_request_info
from shared_apps.kernel.errors import DomainError
from shared_apps.kernel.events import Actor
from shared_apps.kernel.ids import uuid7
from shared_apps.web.errors import TokenInvalid
from tenant_apps.accounts.api_key_text import KeyText, hash_secret, read_key_text
from tenant_apps.accounts.events import ApiKeyRefused, ApiKeyUnknown
from tenant_apps.accounts.models import ApiKey
from tenant_apps.accounts.selectors import find_api_key
from tenant_apps.accounts.services.sign_in_limits import (
    TooManySignIns,
    budgets_of_key,
    refuse_too_many,
    refuse_used_up,
)
from tenant_apps.accounts.services.stopping import TOO_MANY
from tenant_apps.accounts.tokens import BEARER

# one write a minute says enough about when a key was used
USE_IS_NOTED_EVERY = timedelta(minutes=1)


class ApiKeyInvalid(TokenInvalid):
    """The key is unknown, wrong, expired or revoked, or its service account is suspended."""

    message = "This API key is not valid (any more); ask an administrator for another one."


class AddressNotAllowed(DomainError):
    """The key is right, but may not be used from here."""

    code = "address_not_allowed"
    status = 403
    message = "This API key is not allowed from your network address."


def admit_key(text: str, *, at: datetime) -> ApiKey:
    """Return the key that a request came with, and note that it was used.

    Failures are counted per network address and key, and per address: beyond the budgets of a
    sign-in the answer is 429, for the key from that address even when it is right. Records
    ApiKeyRefused for a known key and ApiKeyUnknown for another, the latter once for each key and
    address of a window, and the first stop of a window. They are kept: must not run inside a
    transaction of the caller.
    Raises: WrongTenant, ApiKeyInvalid, AddressNotAllowed, TooManySignIns.
    """
    ip = current_request_info().ip
    said = read_key_text(text)
    budgets = budgets_of_key(ip=ip, key_id=said.key_id if said else None)
    with _first_stop_recorded(said, at):
        refuse_used_up(budgets[:1], at=at)
    key = find_api_key(said.key_id) if said else None
    cause = _find_cause(key, said, ip, at)
    if key is not None and not cause:
        _note_use(key, ip, at)
        return key
    with _first_stop_recorded(said, at):
        count = refuse_too_many(budgets, at=at)
    if key is not None or count.narrowest == 1:
        _record_refusal(said, key, cause, at)
    raise AddressNotAllowed if cause == "network" else ApiKeyInvalid(headers=BEARER)


def _find_cause(key: ApiKey | None, said: KeyText | None, ip: str | None, at: datetime) -> str:
    """Return why a key opens nothing, "" when it does; the secret is compared before all else."""
    if key is None or said is None:
        return "unknown"
    if not compare_digest(key.secret_hash, hash_secret(said.secret)):
        return "secret"
    bars = {
        "revoked": key.revoked_at is not None,
        "expired": not key.is_open(at),
        "suspended": not key.service_account.is_active,
        "network": not is_allowed_from(key, ip),
    }
    return next((cause for cause, is_barred in bars.items() if is_barred), "")


def is_allowed_from(key: ApiKey, ip: str | None) -> bool:
    """Return whether a key may come from this address; an unknown address is in no network."""
    if not key.networks:
        return True
    return ip is not None and any(ip_address(ip) in ip_network(each) for each in key.networks)


def _note_use(key: ApiKey, ip: str | None, at: datetime) -> None:
    since = at - USE_IS_NOTED_EVERY
    if key.last_used_at is not None and key.last_used_at > since and key.last_used_ip == ip:
        return
    rows = ApiKey.objects.filter(Q(last_used_at=None) | Q(last_used_at__lt=at), pk=key.pk)
    rows.update(last_used_at=at, last_used_ip=ip)


@contextmanager
def _first_stop_recorded(said: KeyText | None, at: datetime) -> Iterator[None]:
    try:
        yield
    except TooManySignIns as stop:
        if stop.is_first:
            _record_refusal(said, find_api_key(said.key_id) if said else None, TOO_MANY, at)
        raise


@transaction.atomic
def _record_refusal(said: KeyText | None, key: ApiKey | None, cause: str, at: datetime) -> None:
    if key is not None:
        event = ApiKeyRefused(user_id=key.service_account_id, key_id=key.pk, cause=cause)
        record(event, actor=key.service_account.actor, at=at)
        return
    named = str(said.key_id) if said else ""
    unknown = ApiKeyUnknown(attempt_id=uuid7(), key_id=named, cause=cause)
    record(unknown, actor=Actor.system("api_keys"), at=at)
