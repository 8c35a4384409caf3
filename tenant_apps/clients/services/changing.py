"""Change a client, take it out of the lists and put it back."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError, StaleVersion, ValidationFailed
from tenant_apps.clients.events import ClientArchived, ClientChanged, ClientRestored
from tenant_apps.clients.models import Client
from tenant_apps.clients.selectors import lock_client
from tenant_apps.clients.services.entering import CHANGEABLE, ExternalIdTaken, check_owner

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


class ClientIsFrozen(DomainError):
    """A merged or anonymised client stays as it is."""

    code, status = "client_frozen", 409
    message = "This client was merged or anonymised; it cannot be changed any more."


def refuse_frozen(client: Client) -> None:
    """Refuse to touch a client that was merged or anonymised. Raises: ClientIsFrozen."""
    if client.merged_into_id or client.anonymised_at:
        raise ClientIsFrozen


@transaction.atomic
def update_client(
    *, client_id: UUID, changes: Mapping[str, Any], expected_version: int, by: "User", at: datetime
) -> Client:
    """Change a client's own columns; records ClientChanged with before and after. Locks the client.

    Nothing is written when nothing differs.
    Raises: Client.DoesNotExist, PermissionRefused, StaleVersion, ClientIsFrozen, ExternalIdTaken,
    ValidationFailed.
    """
    client = lock_client(client_id=client_id, by=by, permission="clients.edit")
    if client.version != expected_version:
        raise StaleVersion
    refuse_frozen(client)
    differing = _differing(client, changes)
    if not differing:
        return client
    _check_changes(client, differing, by=by)
    before = {name: getattr(client, name) for name in differing}
    for name, value in differing.items():
        setattr(client, name, value)
    client.save(update_fields=[*differing, *client.mark_changed(by_id=by.pk, at=at)])
    changed = ClientChanged(client_id=client.pk)
    record(changed, actor=by.actor, at=at, before=before, after=differing)
    return client


def _differing(client: Client, changes: Mapping[str, Any]) -> dict[str, Any]:
    unknown = changes.keys() - CHANGEABLE
    if unknown:
        raise ValidationFailed.at(f"/{min(unknown)}", "This cannot be changed.")
    return {name: value for name, value in changes.items() if getattr(client, name) != value}


def _check_changes(client: Client, changes: Mapping[str, Any], *, by: "User") -> None:
    if "owner_id" in changes:
        check_owner(changes["owner_id"], by=by, permission="clients.edit")
    external_id = changes.get("external_id")
    taken = Client.objects.filter(external_id=external_id).exclude(pk=client.pk)
    if external_id and taken.exists():
        raise ExternalIdTaken


@transaction.atomic
def archive_client(*, client_id: UUID, by: "User", at: datetime) -> None:
    """Take a client out of the lists; its history stays. Records ClientArchived once.

    Raises: Client.DoesNotExist, PermissionRefused.
    """
    client = lock_client(client_id=client_id, by=by, permission="clients.archive")
    if client.is_archived:
        return
    client.archived_at = at
    client.save(update_fields=["archived_at", *client.mark_changed(by_id=by.pk, at=at)])
    record(ClientArchived(client_id=client.pk), actor=by.actor, at=at)


@transaction.atomic
def restore_client(*, client_id: UUID, by: "User", at: datetime) -> Client:
    """Put an archived client back into the lists. Locks the client; records ClientRestored once.

    Raises: Client.DoesNotExist, PermissionRefused, ClientIsFrozen.
    """
    client = lock_client(client_id=client_id, by=by, permission="clients.archive")
    refuse_frozen(client)
    if not client.is_archived:
        return client
    client.archived_at = None
    client.save(update_fields=["archived_at", *client.mark_changed(by_id=by.pk, at=at)])
    record(ClientRestored(client_id=client.pk), actor=by.actor, at=at)
    return client
