"""Writes of clients."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError, PermissionRefused, StaleVersion, ValidationFailed
from tenant_apps.access.scopes import scope_of
from tenant_apps.accounts.selectors import people_by_id
from tenant_apps.clients.events import ClientArchived, ClientChanged, ClientCreated
from tenant_apps.clients.models import Client, ClientStatus
from tenant_apps.clients.selectors import lock_client
from tenant_apps.documents.services import next_code

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

CHANGEABLE = frozenset(
    {
        "name", "legal_name", "billing_address", "tax_id", "email", "phone", "contacts",
        "owner_id", "status", "tags", "remarks", "external_id",
    }
)  # fmt: skip


class ClientExists(DomainError):
    """A colleague has a client of exactly this name; whose it is and what is in it stays theirs."""

    code, status = "client_exists", 409
    message = "This client exists, ask the owner."


class ExternalIdTaken(DomainError):
    """Another row already carries this external id."""

    code, status = "external_id_taken", 409
    message = "This external id is in use already."


@dataclass(frozen=True, kw_only=True, slots=True)
class NewClient:
    """A client to be; `owner_id` defaults to the person who enters it."""

    name: str
    legal_name: str = ""
    billing_address: Mapping[str, str] = field(default_factory=dict)
    tax_id: str = ""
    email: str = ""
    phone: str = ""
    contacts: tuple[Mapping[str, str], ...] = ()
    owner_id: UUID | None = None
    status: str = ClientStatus.PROSPECT
    tags: tuple[str, ...] = ()
    remarks: str = ""
    external_id: str | None = None


@transaction.atomic
def create_client(*, new: NewClient, by: "User", at: datetime) -> Client:
    """Enter a client; records ClientCreated. Holds the CL counter, so creations take turns.

    Raises: ClientExists, ExternalIdTaken, PermissionRefused for an owner outside the scope.
    """
    owner_id = new.owner_id or by.pk
    check_owner(owner_id, by=by, permission="clients.create")
    code = next_code("CL")
    _refuse_duplicates(new, by=by)
    client = Client(
        code=code,
        name=new.name.strip(),
        legal_name=new.legal_name,
        billing_address=dict(new.billing_address),
        tax_id=new.tax_id,
        email=new.email.lower(),
        phone=new.phone,
        contacts=[dict(contact) for contact in new.contacts],
        owner_id=owner_id,
        status=new.status,
        tags=list(new.tags),
        remarks=new.remarks,
        external_id=new.external_id or None,
        created_by_id=by.pk,
        updated_by_id=by.pk,
        created_at=at,
        updated_at=at,
    )
    client.save(force_insert=True)
    record(ClientCreated(client_id=client.pk), actor=by.actor, at=at, after=_state(client))
    return client


def check_owner(owner_id: UUID, *, by: "User", permission: str) -> None:
    """Refuse an owner outside the person's scope, or one that does not exist.

    Raises: PermissionRefused, ValidationFailed.
    """
    scope = scope_of(by, permission)
    if scope.user_ids is not None and owner_id not in scope.user_ids:
        raise PermissionRefused("You can only be the owner yourself.")
    if owner_id != by.pk and owner_id not in people_by_id([owner_id]):
        raise ValidationFailed.at("/owner_id", "There is no such person.")


def _refuse_duplicates(new: NewClient, *, by: "User") -> None:
    """Runs after the counter is locked: a concurrent creation has committed or waits."""
    namesakes = Client.objects.filter(name__iexact=new.name.strip(), archived_at=None)
    if namesakes.exclude(owner_id=by.pk).exists():
        raise ClientExists
    if new.external_id and Client.objects.filter(external_id=new.external_id).exists():
        raise ExternalIdTaken


@transaction.atomic
def update_client(
    *, client_id: UUID, changes: Mapping[str, Any], expected_version: int, by: "User", at: datetime
) -> Client:
    """Change a client's own columns; records ClientChanged with before and after. Locks the client.

    Nothing is written when nothing differs.
    Raises: Client.DoesNotExist, PermissionRefused, StaleVersion, ExternalIdTaken, ValidationFailed.
    """
    client = lock_client(client_id=client_id, by=by, permission="clients.edit")
    if client.version != expected_version:
        raise StaleVersion
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


def _state(client: Client) -> dict[str, Any]:
    return {name: getattr(client, name) for name in sorted(CHANGEABLE)}
