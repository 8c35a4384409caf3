"""Plans, their immutable versions, and who is paid by them."""

from datetime import date
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from shared_apps.kernel.models import CHANGE_MARKS, Entity, Row
from shared_apps.kernel.rights import Rights


class VersionStatus(models.TextChoices):
    """Where a version stands between its author and its successor."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    ACTIVE = "active"
    SUPERSEDED = "superseded"
    RETIRED = "retired"


# tuples: a set would be written to the migrations in a random order
PUBLISHED = (VersionStatus.ACTIVE, VersionStatus.SUPERSEDED, VersionStatus.RETIRED)


class LadderPeriod(models.TextChoices):
    """How long a ladder counts before it starts again at zero."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Rounding(models.TextChoices):
    """How a version rounds, once per target."""

    HALF_EVEN = "half_even"
    HALF_UP = "half_up"
    DOWN = "down"
    UP = "up"


class Measure(models.TextChoices):
    """What a component counts: collected = verified money applied to won deals, net of tax."""

    COLLECTED = "collected"


class ComponentKind(models.TextChoices):
    """How a component turns a base into an amount."""

    FLAT_RATE = "flat_rate"


class DateRange(Func):
    """The days [from, to); an open end has no last day."""

    function = "daterange"
    output_field = DateRangeField()


def covers(prefix: str, *, day: date) -> Q:
    """Return the condition that `[<prefix>_from, <prefix>_to)` covers the day."""
    starts = Q(**{f"{prefix}_from__lte": day})
    return starts & (Q(**{f"{prefix}_to__isnull": True}) | Q(**{f"{prefix}_to__gt": day}))


class CommissionPlan(Entity):
    """A named way to pay commission; what it pays is in its versions."""

    rights = Rights(update=CHANGE_MARKS)

    name = models.CharField(max_length=120, unique=True)

    def __str__(self) -> str:
        return self.name


class PlanVersion(Entity):
    """The terms of a plan for the days [effective_from, effective_to).

    Immutable once published; lines pin the version that made them. `content_hash` is taken at
    submission and compared at approval. `sole_control` says that its author approved it because
    nobody else could.
    """

    rights = Rights(
        update=(
            "author_id",
            "effective_from",
            "effective_to",
            "rounding",
            "ladder_period",
            "status",
            "submitted_by_id",
            "submitted_at",
            "content_hash",
            "approved_by_id",
            "approved_at",
            "sole_control",
            *CHANGE_MARKS,
        )
    )

    plan = models.ForeignKey(CommissionPlan, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(
        max_length=12, choices=VersionStatus.choices, default=VersionStatus.DRAFT
    )
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)
    ladder_period = models.CharField(max_length=8, choices=LadderPeriod.choices)
    rounding = models.CharField(max_length=10, choices=Rounding.choices, default=Rounding.HALF_EVEN)
    author_id = models.UUIDField()
    submitted_by_id = models.UUIDField(null=True)
    submitted_at = models.DateTimeField(null=True)
    approved_by_id = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    sole_control = models.BooleanField(default=False)
    content_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_version_number_once"),
            models.CheckConstraint(
                condition=Q(status__in=VersionStatus.values), name="plan_version_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status=VersionStatus.DRAFT)
                | (
                    Q(submitted_by_id__isnull=False, submitted_at__isnull=False)
                    & ~Q(content_hash="")
                ),
                name="plan_version_submitted_is_complete",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=PUBLISHED)
                | Q(approved_by_id__isnull=False, approved_at__isnull=False),
                name="plan_version_published_has_approval",
            ),
            models.CheckConstraint(
                condition=Q(approved_by_id__isnull=True)
                | Q(sole_control=True)
                | (~Q(approved_by_id=F("author_id")) & ~Q(approved_by_id=F("submitted_by_id"))),
                name="plan_version_not_approved_by_maker",
            ),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gt=F("effective_from")),
                name="plan_version_days_in_order",
            ),
            ExclusionConstraint(
                name="plan_version_in_force_once",
                expressions=[
                    ("plan", RangeOperators.EQUAL),
                    (DateRange("effective_from", "effective_to"), RangeOperators.OVERLAPS),
                ],
                condition=Q(status__in=PUBLISHED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} version {self.number}"

    @property
    def is_draft(self) -> bool:
        """Return whether its author may still change it."""
        return self.status == VersionStatus.DRAFT

    @property
    def is_in_review(self) -> bool:
        """Return whether it waits for its approval."""
        return self.status == VersionStatus.IN_REVIEW

    @property
    def maker_ids(self) -> set[UUID]:
        """Return the people who may not approve it while another can."""
        return {maker for maker in (self.author_id, self.submitted_by_id) if maker is not None}


class Component(Row):
    """One rule of a version: what it counts and what it pays on it."""

    rights = Rights(delete=True)

    plan_version = models.ForeignKey(
        PlanVersion, on_delete=models.PROTECT, related_name="components"
    )
    name = models.CharField(max_length=120)
    measure = models.CharField(max_length=12, choices=Measure.choices, default=Measure.COLLECTED)
    kind = models.CharField(
        max_length=12, choices=ComponentKind.choices, default=ComponentKind.FLAT_RATE
    )
    rate_percent = models.DecimalField(max_digits=9, decimal_places=4)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan_version", "name"], name="component_name_once_per_version"
            ),
            models.CheckConstraint(
                condition=Q(rate_percent__gte=0, rate_percent__lte=100),
                name="component_rate_is_a_percentage",
            ),
            models.CheckConstraint(
                condition=Q(measure__in=Measure.values), name="component_measure_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ComponentKind.values), name="component_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Assignment(Entity):
    """A payee is on a plan for the days [valid_from, valid_to)."""

    rights = Rights(update=("valid_to", *CHANGE_MARKS))

    payee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(CommissionPlan, on_delete=models.PROTECT, related_name="assignments")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="assignment_days_in_order",
            ),
            ExclusionConstraint(
                name="assignment_once_at_a_time",
                expressions=[
                    ("payee", RangeOperators.EQUAL),
                    ("plan", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payee_id} on {self.plan_id} from {self.valid_from}"
