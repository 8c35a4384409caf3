"""Hand-overs: what a person works on goes to somebody else from a day on."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from shared_apps.kernel.models import CHANGE_MARKS, Entity
from shared_apps.kernel.rights import Rights


class HandOverStatus(models.TextChoices):
    """Where a hand-over stands."""

    PLANNED = "planned"
    DONE = "done"
    CANCELLED = "cancelled"


class HandOver(Entity):
    """A leaver's work, or that of somebody who moves on, and who goes on with it.

    `takes_credit`: the successor is credited with what the leaver would have been, from the day on;
    what was credited before stays the leaver's. `leaves`: team memberships end on the day.
    `moved` counts what went over, `left` lists what could not, and why.
    """

    rights = Rights(update=("status", "done_at", "moved", "left", *CHANGE_MARKS))

    code = models.CharField(max_length=24, unique=True)
    leaver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    successor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    effective_on = models.DateField()
    takes_credit = models.BooleanField(default=True)
    leaves = models.BooleanField(default=True)
    reason = models.CharField(max_length=500)
    status = models.CharField(max_length=10, choices=HandOverStatus, default=HandOverStatus.PLANNED)
    done_at = models.DateTimeField(null=True)
    moved = models.JSONField(default=dict)
    left = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=HandOverStatus.values), name="hand_over_status"
            ),
            models.CheckConstraint(
                condition=~Q(leaver=F("successor")), name="hand_over_to_somebody_else"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="hand_over_has_reason"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=False, status="done")
                | (Q(done_at__isnull=True) & ~Q(status="done")),
                name="hand_over_done_when",
            ),
            models.UniqueConstraint(
                fields=["leaver"], condition=Q(status="planned"), name="hand_over_one_planned"
            ),
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="hand_over_newest")]

    def __str__(self) -> str:
        return self.code

    @property
    def is_planned(self) -> bool:
        """Return whether it has not happened yet."""
        return self.status == HandOverStatus.PLANNED
