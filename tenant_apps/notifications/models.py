"""Each person's inbox: a numbered row per message and the head that gives the numbers."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from shared_apps.kernel.rights import Rights


class InboxHead(models.Model):
    """The last number given in one person's inbox.

    Whoever writes to the inbox locks this row until it commits, so numbers become visible in their
    order and none is missing: a reader that has seen n has seen everything up to n.
    """

    rights = Rights(update=("last_seq", "acknowledged_seq"))

    recipient = models.OneToOneField(
        "accounts.User", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    last_seq = models.BigIntegerField(default=0)
    acknowledged_seq = models.BigIntegerField(default=0)
    recipient_id: UUID

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(acknowledged_seq__gte=0, acknowledged_seq__lte=F("last_seq")),
                name="inbox_head_acknowledged_was_given",
            )
        ]

    def __str__(self) -> str:
        return f"{self.recipient_id} at {self.last_seq}"


class Notification(models.Model):
    """One thing that one person should know. Only `read_at` ever changes."""

    rights = Rights(update=("read_at",))

    pk = models.CompositePrimaryKey("recipient_id", "seq")
    recipient = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    seq = models.BigIntegerField()
    event_id = models.UUIDField()
    kind = models.CharField(max_length=64)
    params = models.JSONField(default=dict)
    title = models.CharField(max_length=200)
    body = models.CharField(max_length=1000)
    link = models.CharField(max_length=200, blank=True)
    occurred_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    recipient_id: UUID

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "event_id"], name="notification_once_per_event"
            ),
            models.CheckConstraint(condition=Q(seq__gte=1), name="notification_seq_from_one"),
        ]
        indexes = [
            # the badge: how many are unread
            models.Index(
                fields=["recipient", "seq"],
                condition=Q(read_at__isnull=True),
                name="notification_unread",
            )
        ]

    def __str__(self) -> str:
        return f"{self.seq}: {self.title}"

    @property
    def is_read(self) -> bool:
        """Return whether the recipient has read it."""
        return self.read_at is not None
