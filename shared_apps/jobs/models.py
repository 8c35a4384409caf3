"""How each periodic job went: one row per job in every schema that it runs in."""

from django.db import models
from django.db.models import Q

from shared_apps.kernel.rights import KEPT


class Outcome(models.TextChoices):
    """How the last run ended."""

    NONE = ""
    OK = "ok"
    FAILED = "failed"


class JobState(models.Model):
    """A job's lease, and its last run.

    `done_slot` is the last scheduled time that has been dealt with: what is not after it is not run
    again. `generation` rises with every run; a worker whose generation is no longer the row's has
    lost its lease and leaves no mark. `failures` counts failed runs since the last good one.
    """

    rights = KEPT

    name = models.CharField(primary_key=True, max_length=80)
    done_slot = models.DateTimeField(null=True)
    generation = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    duration_ms = models.PositiveIntegerField(null=True)
    outcome = models.CharField(max_length=6, choices=Outcome.choices, default=Outcome.NONE)
    result = models.CharField(max_length=300, blank=True)
    error = models.CharField(max_length=500, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=Outcome.values), name="job_state_outcome_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.outcome or 'never run'}"
