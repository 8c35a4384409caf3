"""The event log, what is owed for it, and the answers kept for repeated requests."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from shared_apps.kernel.ids import uuid7
from shared_apps.kernel.rights import APPEND_ONLY, Rights

ACTOR_KINDS = ("user", "service_account", "operator", "system")


class EventRecord(models.Model):
    """One thing that happened: the audit row. Rows are only ever added.

    `payload` holds the event's own fields; `before` and `after` what changed, with secrets masked.
    `recorded_at` is the instant that the business acted on, `written_at` the database's own clock.
    """

    rights = APPEND_ONLY

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=80)
    subject_id = models.UUIDField()
    payload = models.JSONField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=80)
    actor_label = models.CharField(max_length=200)
    on_behalf_of = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)
    ip = models.GenericIPAddressField(null=True)
    request_id = models.UUIDField(null=True)
    recorded_at = models.DateTimeField()
    written_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(actor_kind__in=ACTOR_KINDS), name="event_actor_kind_known"
            ),
        ]
        indexes = [
            models.Index(F("recorded_at").desc(), F("id").desc(), name="event_newest"),
            models.Index(
                "subject_type", "subject_id", F("recorded_at").desc(), name="event_by_subject"
            ),
            models.Index("actor_id", F("recorded_at").desc(), name="event_by_actor"),
            models.Index("name", F("recorded_at").desc(), name="event_by_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.subject_id}"


class DeliveryState(models.TextChoices):
    """Where a delivery stands: owed (ready, leased) or settled (done, dead)."""

    READY = "ready"
    LEASED = "leased"
    DONE = "done"
    DEAD = "dead"


class Delivery(models.Model):
    """One later reaction owed for one event: the outbox.

    `generation` rises with every claim; a worker whose generation is no longer the row's has lost
    its lease and may neither commit its effect nor settle the row.
    """

    rights = Rights(
        update=(
            "state",
            "generation",
            "lease_until",
            "attempts",
            "next_attempt_at",
            "last_error",
            "settled_at",
        )
    )

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    event = models.ForeignKey(EventRecord, on_delete=models.PROTECT, related_name="deliveries")
    reaction = models.CharField(max_length=120)
    state = models.CharField(
        max_length=8, choices=DeliveryState.choices, default=DeliveryState.READY
    )
    generation = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(db_default=Now())
    last_error = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event", "reaction"], name="delivery_once_per_reaction"
            ),
            models.CheckConstraint(
                condition=Q(state__in=DeliveryState.values), name="delivery_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.LEASED, lease_until__isnull=False)
                | (~Q(state=DeliveryState.LEASED) & Q(lease_until__isnull=True)),
                name="delivery_leased_has_lease",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=Q(state__in=[DeliveryState.READY, DeliveryState.LEASED]),
                name="delivery_owed",
            ),
            models.Index(
                fields=["id"], condition=Q(state=DeliveryState.DEAD), name="delivery_dead"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reaction} ({self.state})"


class IdempotencyKey(models.Model):
    """The first answer to a request that its sender may repeat, kept for 30 days.

    `status` is empty inside the transaction that is working the request out, which nobody else
    sees, and once the answer is forgotten: the key itself stays, so that nothing happens twice.
    """

    rights = Rights(update=("status", "body", "headers"), delete=True)

    pk = models.CompositePrimaryKey("actor", "key")
    actor = models.CharField(max_length=120)
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="idempotency_age")]

    def __str__(self) -> str:
        return f"{self.actor} {self.key}"
