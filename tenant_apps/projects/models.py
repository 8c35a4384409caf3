"""Projects: what several deals are sold for, and the team that works on it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from shared_apps.kernel.models import Archivable, Entity
from shared_apps.kernel.rights import KEPT


class ProjectStatus(models.TextChoices):
    """Where a project stands."""

    PLANNING = "planning"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Project(Entity, Archivable):
    """A piece of work with a lead, a team and dates; deals refer to it."""

    rights = KEPT

    code = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    status = models.CharField(max_length=12, choices=ProjectStatus, default=ProjectStatus.PLANNING)
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    team = models.ForeignKey("teams.Team", models.PROTECT, null=True, related_name="+")
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    external_id = models.CharField(max_length=100, null=True, unique=True)  # noqa: DJ001 (unique)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="project_has_name"),
            models.CheckConstraint(
                condition=Q(status__in=ProjectStatus.values), name="project_status"
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="project_ends_after_it_starts",
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="project_newest"),
            models.Index(fields=["team", "status"], name="project_by_team"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
