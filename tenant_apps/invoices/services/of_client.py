"""What happens to a client's invoices when the client is merged into another."""

from datetime import datetime
from uuid import UUID

from shared_apps.audit.recording import record
from shared_apps.kernel.events import Actor
from tenant_apps.invoices.events import ClientRemindersPaused
from tenant_apps.invoices.models import Invoice, ReminderPause


def move_invoices(*, client_id: UUID, duplicate_id: UUID, actor: Actor, at: datetime) -> None:
    """List a duplicate's invoices under the client that takes over; held reminders stay held.

    The papers stay as they are: whom they were made out to is in their snapshot. Records
    ClientRemindersPaused where only the duplicate's reminders were held back.
    """
    Invoice.objects.filter(client_id=duplicate_id).update(client_id=client_id)
    held = ReminderPause.objects.filter(client_id=duplicate_id, ended_at=None).first()
    if held is None:
        return
    ReminderPause.objects.filter(pk=held.pk).update(ended_at=at)
    pause = ReminderPause(
        client_id=client_id,
        reason=held.reason,
        is_dispute=held.is_dispute,
        paused_at=held.paused_at,
        paused_by_id=held.paused_by_id,
    )
    ReminderPause.objects.bulk_create([pause], ignore_conflicts=True)
    if ReminderPause.objects.filter(pk=pause.pk).exists():
        record(ClientRemindersPaused(client_id=client_id), actor=actor, at=at, reason=held.reason)
