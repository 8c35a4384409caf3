"""Hand a leaver's clients over, with what is to be done for them next."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from tenant_apps.clients.events import ClientChanged
from tenant_apps.clients.models import Client, ContactLogEntry

if TYPE_CHECKING:
    from shared_apps.kernel.events import Actor


@dataclass(frozen=True, slots=True)
class HandedOverClients:
    """Which clients moved, and how many open next steps with them."""

    client_ids: tuple[UUID, ...]
    next_steps: int


@transaction.atomic(savepoint=False)
def hand_over_clients(
    *, from_id: UUID, to_id: UUID, reason: str, actor: "Actor", at: datetime
) -> HandedOverClients:
    """Give a person's clients, archived ones included, to another; each is locked in turn.

    Who was in touch with them before stays in the contact log; its open next steps are the new
    owner's. Merged and anonymised clients stay as they are. Records ClientChanged for each.
    """
    mine = Client.objects.filter(owner_id=from_id, merged_into=None, anonymised_at=None)
    clients = list(mine.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    for client in clients:
        client.owner_id = to_id
        client.save(update_fields=["owner_id", *client.mark_changed(by_id=actor.user_id, at=at)])
        record(
            ClientChanged(client_id=client.pk),
            actor=actor,
            at=at,
            before={"owner_id": from_id},
            after={"owner_id": to_id},
            reason=reason,
        )
    open_steps = ContactLogEntry.objects.filter(client__in=clients, done_at=None)
    moved = tuple(client.pk for client in clients)
    return HandedOverClients(moved, open_steps.exclude(next_step="").count())
