"""Set up, test, enable and disable the providers that an organization trusts."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import (
    DomainError,
    NotFound,
    PermissionRefused,
    StaleVersion,
    ValidationFailed,
)
from shared_apps.kernel.field_keys import seal
from tenant_apps.access.scopes import has_permission
from tenant_apps.access.selectors import OWNER, find_role, grants_of_role
from tenant_apps.access.services import refuse_beyond_own
from tenant_apps.sso.events import (
    ConnectionChanged,
    ConnectionCreated,
    ConnectionDisabled,
    ConnectionEnabled,
    ConnectionRemoved,
    ConnectionTested,
)
from tenant_apps.sso.models import Connection
from tenant_apps.sso.provider import ProviderFailed, count_keys, describe
from tenant_apps.sso.selectors import get_connection

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

# what is written into the history; the secret is never
SHOWN = (
    "name",
    "issuer",
    "client_id",
    "allowed_domains",
    "default_role",
    "is_enabled",
    "is_required",
)


class CodeTaken(DomainError):
    """Another connection of the organization has this code."""

    code = "sso_code_taken"
    message = "There is a connection with this code already."
    field = "/code"


class ConnectionNotEnabled(DomainError):
    """Only a connection that people can use may be required of them."""

    code = "sso_connection_not_enabled"
    message = "Enable the connection before you require it."


class ConnectionStillEnabled(DomainError):
    """People come through this connection."""

    code = "sso_connection_enabled"
    message = "Disable the connection before you remove it."


@dataclass(frozen=True, kw_only=True)
class NewConnection:
    """A provider to trust: where it is, who we are there, and for whom it may speak."""

    code: str
    name: str
    issuer: str
    client_id: str
    client_secret: str
    allowed_domains: tuple[str, ...]
    default_role: str = ""


@dataclass(frozen=True, kw_only=True)
class ConnectionChanges:
    """What to change of a connection; None leaves a value as it is."""

    name: str | None = None
    issuer: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    allowed_domains: tuple[str, ...] | None = None
    default_role: str | None = None
    is_required: bool | None = None

    def given(self) -> dict[str, Any]:
        """Return the values to change, by name."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a test found: `problem` is empty when the provider can be used."""

    is_ok: bool
    problem: str = ""
    keys: int = 0
    authorization_endpoint: str = ""


def create_connection(*, new: NewConnection, by: "User", at: datetime) -> Connection:
    """Enter a provider, disabled. Asks it for its description first. Records ConnectionCreated.

    Raises: CodeTaken, ValidationFailed (/issuer: the provider does not answer as it should;
    /default_role), PermissionRefused, GrantBeyondOwn.
    """
    _judge_role(new.default_role, by)
    endpoint = _find_endpoint(new.issuer)
    return _insert(new, endpoint, by=by, at=at)


def change_connection(
    *,
    connection_id: UUID,
    changes: ConnectionChanges,
    expected_version: int,
    by: "User",
    at: datetime,
) -> Connection:
    """Change whom the organization trusts, and how far. Locks it; records ConnectionChanged.

    A new issuer is asked for its description first. From now on the provider vouches for people who
    hold no more than whoever changed it. Raises: NotFound, StaleVersion, ConnectionNotEnabled,
    ValidationFailed, PermissionRefused, GrantBeyondOwn.
    """
    given = changes.given()
    if changes.default_role is not None:
        _judge_role(changes.default_role, by)
    if changes.issuer is not None:
        given |= {"authorization_endpoint": _find_endpoint(changes.issuer), "checked_at": at}
    if changes.client_secret is not None:
        given["sealed_secret"] = seal(given.pop("client_secret"))
    return _change(connection_id, given, expected_version, by=by, at=at)


def test_connection(*, connection_id: UUID, by: "User", at: datetime) -> Found:
    """Ask the provider for its description and keys and say what was found.

    Records ConnectionTested. Raises: NotFound.
    """
    found = _look(get_connection(connection_id).issuer)
    with transaction.atomic():
        row = _lock(connection_id)
        if found.is_ok:
            row.authorization_endpoint, row.checked_at = found.authorization_endpoint, at
            row.save(update_fields=["authorization_endpoint", "checked_at"])
        event = ConnectionTested(connection_id=row.pk, is_ok=found.is_ok)
        record(event, actor=by.actor, at=at, reason=found.problem)
    return found


def enable_connection(*, connection_id: UUID, by: "User", at: datetime) -> Connection:
    """Let people come through a provider that answers now. Locks it; records ConnectionEnabled.

    Raises: NotFound, ProviderFailed.
    """
    description = describe(get_connection(connection_id).issuer)
    count_keys(description)
    with transaction.atomic():
        row = _lock(connection_id)
        row.is_enabled, row.trusted_by_id, row.checked_at = True, by.pk, at
        row.authorization_endpoint = description.authorization_endpoint
        fields = ("is_enabled", "trusted_by_id", "checked_at", "authorization_endpoint")
        row.save(update_fields=[*fields, *row.mark_changed(by_id=by.pk, at=at)])
        record(ConnectionEnabled(connection_id=row.pk), actor=by.actor, at=at)
    return row


@transaction.atomic
def disable_connection(*, connection_id: UUID, by: "User", at: datetime) -> Connection:
    """Let nobody come through a provider any more, and require it of nobody.

    Locks it; records ConnectionDisabled. Whoever is on the way is turned back. Raises: NotFound.
    """
    row = _lock(connection_id)
    row.is_enabled = row.is_required = False
    changed = row.mark_changed(by_id=by.pk, at=at)
    row.save(update_fields=["is_enabled", "is_required", *changed])
    record(ConnectionDisabled(connection_id=row.pk), actor=by.actor, at=at)
    return row


@transaction.atomic
def remove_connection(*, connection_id: UUID, by: "User", at: datetime) -> None:
    """Forget a disabled connection with its secret. Locks it; records ConnectionRemoved.

    By what name the provider knows people stays: with the same issuer entered again, an address
    that somebody else has by then does not become theirs. Raises: NotFound, ConnectionStillEnabled.
    """
    row = _lock(connection_id)
    if row.is_enabled:
        raise ConnectionStillEnabled
    event = ConnectionRemoved(connection_id=row.pk)
    record(event, actor=by.actor, at=at, before=_facts(row))
    Connection.objects.filter(pk=row.pk).delete()


@transaction.atomic
def _insert(new: NewConnection, endpoint: str, *, by: "User", at: datetime) -> Connection:
    row = Connection(
        code=new.code,
        name=new.name,
        issuer=new.issuer,
        client_id=new.client_id,
        sealed_secret=seal(new.client_secret),
        allowed_domains=list(new.allowed_domains),
        default_role=new.default_role,
        authorization_endpoint=endpoint,
        trusted_by_id=by.pk,
        checked_at=at,
        created_by_id=by.pk,
        updated_by_id=by.pk,
        updated_at=at,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise CodeTaken from None
    record(ConnectionCreated(connection_id=row.pk), actor=by.actor, at=at, after=_facts(row))
    return row


@transaction.atomic
def _change(
    connection_id: UUID,
    given: Mapping[str, Any],
    expected_version: int,
    *,
    by: "User",
    at: datetime,
) -> Connection:
    row = _lock(connection_id)
    if row.version != expected_version:
        raise StaleVersion
    if given.get("is_required") and not row.is_enabled:
        raise ConnectionNotEnabled
    before = _facts(row)
    for name, value in given.items():
        setattr(row, name, list(value) if isinstance(value, tuple) else value)
    row.trusted_by_id = by.pk
    changed = row.mark_changed(by_id=by.pk, at=at)
    row.save(update_fields=[*given, "trusted_by_id", *changed])
    after = {**_facts(row), "has_new_secret": "sealed_secret" in given}
    event = ConnectionChanged(connection_id=row.pk)
    record(event, actor=by.actor, at=at, before=before, after=after)
    return row


def _lock(connection_id: UUID) -> Connection:
    rows = Connection.objects.select_for_update(no_key=True, of=("self",))
    row = rows.filter(pk=connection_id).first()
    if row is None:
        raise NotFound
    return row


def _find_endpoint(issuer: str) -> str:
    try:
        return describe(issuer).authorization_endpoint
    except ProviderFailed as failure:
        raise ValidationFailed.at("/issuer", failure.detail, code=failure.cause) from failure


def _look(issuer: str) -> Found:
    try:
        description = describe(issuer)
        keys = count_keys(description)
    except ProviderFailed as failure:
        return Found(is_ok=False, problem=failure.detail)
    endpoint = description.authorization_endpoint
    return Found(is_ok=True, keys=keys, authorization_endpoint=endpoint)


def _judge_role(code: str, by: "User") -> None:
    """Refuse a role for newcomers that whoever sets it could not give themselves."""
    if not code:
        return
    role = find_role(code)
    if role is None or code == OWNER:
        raise ValidationFailed.at("/default_role", "There is no such role for newcomers.")
    if not has_permission(by, "roles.manage"):
        raise PermissionRefused
    refuse_beyond_own(grants_of_role(role), by=by)


def _facts(row: Connection) -> dict[str, object]:
    return {name: getattr(row, name) for name in SHOWN}
