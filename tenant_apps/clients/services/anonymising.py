"""Erase what a client's row says of persons; papers and money keep what the law asks for."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError, ValidationFailed
from tenant_apps.clients.events import ClientAnonymised
from tenant_apps.clients.models import Client, ContactLogEntry
from tenant_apps.clients.selectors import lock_client, stop_new_business
from tenant_apps.clients.services.changing import refuse_frozen
from tenant_apps.ledger.selectors import open_balances_of_client

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

ERASED = "[erased]"


class ClientHasBalance(DomainError):
    """The client owes money or has credit: both need a name."""

    code, status = "client_has_balance", 409
    message = "The client owes money or has credit; settle that first."


@transaction.atomic
def anonymise_client(*, client_id: UUID, reason: str, by: "User", at: datetime) -> Client:
    """Erase a client's personal data for good and archive it.

    Names, addresses, contacts, remarks and the texts of the contact log go; issued invoices keep
    their snapshot. Holds off new business, locks the client; records ClientAnonymised, whose atomic
    reactions refuse while deals or payments of the client are open.
    Raises: Client.DoesNotExist, PermissionRefused, ClientIsFrozen, ClientHasBalance,
    ValidationFailed, and what the reactions raise.
    """
    if not reason.strip():
        raise ValidationFailed.at("/reason", "Say who asked for it.", code="required")
    stop_new_business()
    client = lock_client(client_id=client_id, by=by, permission="clients.anonymise")
    refuse_frozen(client)
    if open_balances_of_client(client.pk):
        raise ClientHasBalance
    _erase(client, by=by, at=at)
    entries = ContactLogEntry.objects.filter(client=client)
    entries.exclude(next_step="").update(next_step=ERASED)
    entries.update(outcome=ERASED)
    event = ClientAnonymised(client_id=client.pk)
    record(event, actor=by.actor, at=at, reason=reason.strip())
    return client


def _erase(client: Client, *, by: "User", at: datetime) -> None:
    erased: dict[str, object] = {
        "name": f"{ERASED} {client.code}",
        "billing_address": {},
        "contacts": [],
        "tags": [],
        "satisfaction": None,
        "external_id": None,
        **dict.fromkeys(("legal_name", "tax_id", "email", "phone", "remarks"), ""),
        "anonymised_at": at,
        "archived_at": client.archived_at or at,
    }
    for name, value in erased.items():
        setattr(client, name, value)
    client.save(update_fields=[*erased, *client.mark_changed(by_id=by.pk, at=at)])
