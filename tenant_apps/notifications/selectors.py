"""Reads of the inbox."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from tenant_apps.notifications.models import InboxHead, Notification


def head_of(recipient_id: UUID) -> int:
    """Return the number of the newest message in a person's inbox; 0 when it is empty."""
    return heads_of([recipient_id]).get(recipient_id, 0)


def heads_of(recipient_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return the newest number of each inbox that has one, in one query."""
    heads = InboxHead.objects.filter(recipient_id__in=recipient_ids).order_by("recipient_id")
    return dict(heads.values_list("recipient_id", "last_seq"))


def get_notification(*, recipient_id: UUID, seq: int) -> Notification:
    """Return one message of a person's inbox.

    Raises: Notification.DoesNotExist.
    """
    return Notification.objects.get(recipient_id=recipient_id, seq=seq)


def notifications_after(*, recipient_id: UUID, after: int, limit: int) -> Sequence[Notification]:
    """Return what came after a number, oldest first."""
    inbox = Notification.objects.filter(recipient_id=recipient_id, seq__gt=after)
    return list(inbox.order_by("seq")[:limit])


@dataclass(frozen=True, kw_only=True)
class Slice:
    """A part of an inbox: onwards from `after`, or backwards from `before` or the head."""

    after: int | None = None
    before: int | None = None
    is_unread_only: bool = False

    @property
    def way(self) -> str:
        """Return the bound that moves from page to page."""
        return "before" if self.after is None else "after"


def inbox_of(*, recipient_id: UUID, part: Slice) -> QuerySet[Notification]:
    """Return a part of a person's inbox: oldest first after a number, else newest first."""
    inbox = Notification.objects.filter(recipient_id=recipient_id)
    if part.after is not None:
        inbox = inbox.filter(seq__gt=part.after)
    if part.before is not None:
        inbox = inbox.filter(seq__lt=part.before)
    if part.is_unread_only:
        inbox = inbox.filter(read_at__isnull=True)
    return inbox.order_by("-seq" if part.after is None else "seq")


def unread_count(*, recipient_id: UUID) -> int:
    """Return how many messages of a person's inbox are unread."""
    return Notification.objects.filter(recipient_id=recipient_id, read_at__isnull=True).count()
