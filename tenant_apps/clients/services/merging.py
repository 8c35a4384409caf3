"""Merge two clients that are one: everything moves, nothing is lost."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError, ValidationFailed
from tenant_apps.clients.events import ClientsMerged
from tenant_apps.clients.models import Client, ContactLogEntry
from tenant_apps.clients.selectors import stop_new_business, visible_clients
from tenant_apps.clients.services.changing import refuse_frozen
from tenant_apps.clients.services.entering import state_of

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

MERGE = "clients.merge"
# what the survivor takes over where it has nothing itself
FILLED = ("legal_name", "billing_address", "tax_id", "email", "phone", "satisfaction")


class SameClient(DomainError):
    """A client cannot be merged with itself."""

    code, status = "same_client", 409
    message = "This is one and the same client."


@transaction.atomic
def merge_clients(
    *, client_id: UUID, duplicate_id: UUID, reason: str, by: "User", at: datetime
) -> Client:
    """Move a duplicate's history to a client and archive the duplicate.

    Contacts, tags, remarks and the contact log move here; deals, payments, returns, invoices and
    balances move with the atomic reactions to ClientsMerged. Holds off new business, locks both
    clients.
    Raises: Client.DoesNotExist, PermissionRefused, SameClient, ClientIsFrozen, ValidationFailed,
    and what the reactions raise.
    """
    if not reason.strip():
        raise ValidationFailed.at("/reason", "Say how you know that they are one.", code="required")
    if client_id == duplicate_id:
        raise SameClient
    stop_new_business()
    client, duplicate = _lock_both(client_id, duplicate_id, by=by)
    before = {"client": state_of(client), "duplicate": state_of(duplicate)}
    _move_contact_log(client, duplicate)
    _archive(duplicate, into=client, by=by, at=at)
    _take_over(client, duplicate, by=by, at=at)
    record(
        ClientsMerged(client_id=client.pk, duplicate_id=duplicate.pk),
        actor=by.actor,
        at=at,
        before=before,
        after={"client": state_of(client)},
        reason=reason.strip(),
    )
    return client


def _lock_both(client_id: UUID, duplicate_id: UUID, *, by: "User") -> tuple[Client, Client]:
    ids = {client_id, duplicate_id}
    rows = visible_clients(by, MERGE).select_for_update(no_key=True, of=("self",))
    found = {row.pk: row for row in rows.filter(pk__in=ids).order_by("pk")}
    if found.keys() != ids:
        raise Client.DoesNotExist
    for client in found.values():
        refuse_frozen(client)
    return found[client_id], found[duplicate_id]


def _move_contact_log(client: Client, duplicate: Client) -> None:
    ContactLogEntry.objects.filter(client=duplicate).update(client=client)


def _archive(duplicate: Client, *, into: Client, by: "User", at: datetime) -> None:
    """Before the survivor is saved: it may take over the unique external id."""
    into.external_id = into.external_id or duplicate.external_id
    duplicate.merged_into = into
    duplicate.archived_at = duplicate.archived_at or at
    if into.external_id == duplicate.external_id:
        duplicate.external_id = None
    fields = duplicate.mark_changed(by_id=by.pk, at=at)
    duplicate.save(update_fields=["merged_into", "archived_at", "external_id", *fields])


def _take_over(client: Client, duplicate: Client, *, by: "User", at: datetime) -> None:
    for name in FILLED:
        if not getattr(client, name):
            setattr(client, name, getattr(duplicate, name))
    client.contacts = _joined(client.contacts, duplicate.contacts)
    client.tags = _joined(client.tags, duplicate.tags)
    client.remarks = "\n\n".join(filter(None, (client.remarks, duplicate.remarks)))
    fields = client.mark_changed(by_id=by.pk, at=at)
    client.save(update_fields=[*FILLED, "contacts", "tags", "remarks", "external_id", *fields])


def _joined(ours: list[Any], theirs: list[Any]) -> list[Any]:
    return [*ours, *(each for each in theirs if each not in ours)]
