"""Visits: an operator of the platform acts as a person."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

from shared_apps.kernel.events import Actor
from shared_apps.kernel.models import Row
from shared_apps.kernel.rights import Rights
from shared_apps.kernel.wording import worded

LONGEST_VISIT = timedelta(minutes=60)


class Impersonation(Row):
    """An operator acts as a person of an organization, for a reason and a time.

    The same row, under the same id, stands in public, where operators are accountable, and in the
    organization, whose administrators read it and whose sign-ins point to it.
    """

    rights = Rights(update=("entered_at", "ended_at"))

    operator_id = models.UUIDField()
    operator_label = models.CharField(max_length=200)
    organization_id = models.UUIDField()
    organization_slug = models.CharField(max_length=40)
    person_id = models.UUIDField()
    person_label = models.CharField(max_length=200)
    reason = models.CharField(max_length=500)
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    entered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("started_at"))
                & Q(ends_at__lte=models.F("started_at") + LONGEST_VISIT),
                name="impersonation_is_short",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="impersonation_has_reason"),
        ]
        indexes = [
            models.Index(models.F("started_at").desc(), name="impersonation_newest"),
        ]

    def __str__(self) -> str:
        return worded(
            "%(operator)s as %(person)s", operator=self.operator_label, person=self.person_label
        )

    @property
    def actor(self) -> Actor:
        """Return the operator as the actor of an event, on behalf of the person."""
        return Actor(
            kind="operator",
            id=str(self.operator_id),
            label=self.operator_label,
            on_behalf_of=self.person_label,
        )

    def is_open(self, at: datetime) -> bool:
        """Return whether the operator may still act as the person."""
        return self.ended_at is None and at < self.ends_at
