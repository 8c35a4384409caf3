"""Writes to the inbox: tell people, mark read, acknowledge."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest, Least

from tenant_apps.notifications import frames, push
from tenant_apps.notifications.messages import Message
from tenant_apps.notifications.models import InboxHead, Notification


@transaction.atomic
def notify(
    *, recipients: Iterable[UUID], event_id: UUID, message: Message, at: datetime
) -> Mapping[UUID, int]:
    """Put a message into each recipient's inbox, once per event, and push it after commit.

    Locks the inbox heads in ascending order of recipient and keeps them until the commit, so each
    inbox is numbered 1, 2, 3, ... in the order in which readers come to see it. A person who was
    told of the event before is left out: telling twice is telling once. Returns the new numbers.
    """
    heads = _lock_heads(sorted(set(recipients)))
    seqs = _next_numbers(heads, event_id=event_id)
    if not seqs:
        return {}
    rows = [
        _new_row(person_id, seq, event_id=event_id, message=message, at=at)
        for person_id, seq in seqs.items()
    ]
    Notification.objects.bulk_create(rows)
    InboxHead.objects.filter(recipient_id__in=seqs).update(last_seq=F("last_seq") + 1)
    push.push_notification(body=frames.body_of(rows[0]), seqs=seqs)
    return seqs


@transaction.atomic
def mark_read(*, recipient_id: UUID, seq: int, at: datetime) -> Notification:
    """Mark one message read; one that is read already stays as it was.

    Raises: Notification.DoesNotExist.
    """
    inbox = Notification.objects.select_for_update(no_key=True, of=("self",))
    notification = inbox.get(recipient_id=recipient_id, seq=seq)
    if notification.is_read:
        return notification
    notification.read_at = at
    notification.save(update_fields=["read_at"])
    push.push_changed(topics=["notifications"], recipients=[recipient_id])
    return notification


@transaction.atomic
def mark_all_read(*, recipient_id: UUID, up_to: int, at: datetime) -> int:
    """Mark everything up to a number read and return how many messages that changed.

    The number is what the person has on the screen: what arrived since stays unread.
    """
    unread = Notification.objects.filter(recipient_id=recipient_id, read_at__isnull=True)
    count = unread.filter(seq__lte=up_to).update(read_at=at)
    if count:
        push.push_changed(topics=["notifications"], recipients=[recipient_id])
    return count


@transaction.atomic
def acknowledge(*, recipient_id: UUID, seq: int) -> None:
    """Note how far a person's client has come. It never goes back, nor past the head."""
    InboxHead.objects.filter(recipient_id=recipient_id, acknowledged_seq__lt=seq).update(
        acknowledged_seq=Greatest("acknowledged_seq", Least(seq, F("last_seq")))
    )


def _lock_heads(recipient_ids: Sequence[UUID]) -> list[InboxHead]:
    """Lock each recipient's head, in ascending order, making those that do not exist yet."""
    InboxHead.objects.bulk_create(
        [InboxHead(recipient_id=person_id) for person_id in recipient_ids], ignore_conflicts=True
    )
    heads = InboxHead.objects.select_for_update(no_key=True, of=("self",))
    return list(heads.filter(recipient_id__in=recipient_ids).order_by("recipient_id"))


def _next_numbers(heads: Iterable[InboxHead], *, event_id: UUID) -> dict[UUID, int]:
    """Return the next number of each inbox that does not hold the event yet."""
    numbers = {head.recipient_id: head.last_seq + 1 for head in heads}
    told = Notification.objects.filter(recipient_id__in=numbers, event_id=event_id)
    for person_id in told.order_by("recipient_id").values_list("recipient_id", flat=True):
        del numbers[person_id]
    return numbers


def _new_row(
    person_id: UUID, seq: int, *, event_id: UUID, message: Message, at: datetime
) -> Notification:
    return Notification(
        recipient_id=person_id,
        seq=seq,
        event_id=event_id,
        kind=message.kind,
        params=dict(message.params),
        title=message.title,
        body=message.body,
        link=message.link,
        occurred_at=at,
    )
