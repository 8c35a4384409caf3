"""The contact log: what was said to a client, and what is to be done next."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError, ValidationFailed
from shared_apps.kernel.wording import worded
from tenant_apps.clients.events import ContactLogged, NextStepDone
from tenant_apps.clients.models import ContactKind, ContactLogEntry
from tenant_apps.clients.selectors import lock_client
from tenant_apps.clients.services.changing import refuse_frozen

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

EDIT = "clients.edit"


class NoNextStep(DomainError):
    """The entry asks for nothing, or it is done already."""

    code, status = "no_next_step", 409
    message = "Nothing of this entry is left to do."


@dataclass(frozen=True, kw_only=True, slots=True)
class NewContact:
    """A contact to be logged; without `happened_at` it is happening now."""

    kind: str
    outcome: str
    happened_at: datetime | None = None
    next_step: str = ""
    next_step_on: date | None = None


@transaction.atomic
def log_contact(*, client_id: UUID, new: NewContact, by: "User", at: datetime) -> ContactLogEntry:
    """Log a contact with a client. Locks the client; records ContactLogged.

    Raises: Client.DoesNotExist, PermissionRefused, ClientIsFrozen, ValidationFailed.
    """
    client = lock_client(client_id=client_id, by=by, permission=EDIT)
    refuse_frozen(client)
    _check(new, at=at)
    entry = ContactLogEntry.objects.create(
        client=client,
        kind=new.kind,
        happened_at=new.happened_at or at,
        outcome=new.outcome.strip(),
        next_step=new.next_step.strip(),
        next_step_on=new.next_step_on,
        author=by,
        created_at=at,
    )
    record(ContactLogged(client_id=client.pk, entry_id=entry.pk), actor=by.actor, at=at)
    return entry


@transaction.atomic
def finish_next_step(
    *, client_id: UUID, entry_id: UUID, by: "User", at: datetime
) -> ContactLogEntry:
    """Note that an entry's next step is done. Locks client and entry; records NextStepDone.

    Raises: Client.DoesNotExist, ContactLogEntry.DoesNotExist, PermissionRefused, NoNextStep.
    """
    client = lock_client(client_id=client_id, by=by, permission=EDIT)
    entries = ContactLogEntry.objects.select_for_update(no_key=True, of=("self",))
    entry = entries.get(pk=entry_id, client=client)
    if not entry.next_step or entry.done_at is not None:
        raise NoNextStep
    entry.done_at = at
    entry.save(update_fields=["done_at"])
    record(NextStepDone(client_id=client.pk, entry_id=entry.pk), actor=by.actor, at=at)
    return entry


def _check(new: NewContact, *, at: datetime) -> None:
    if new.kind not in ContactKind.values:
        raise ValidationFailed.at(
            "/kind", worded("Use one of %(kinds)s.", kinds=", ".join(ContactKind.values))
        )
    if not new.outcome.strip():
        raise ValidationFailed.at("/outcome", "Say what came of it.", code="required")
    if new.happened_at is not None and new.happened_at > at:
        raise ValidationFailed.at("/happened_at", "This has not happened yet.")
    if new.next_step_on is not None and not new.next_step.strip():
        raise ValidationFailed.at("/next_step", "Say what is to be done.", code="required")
