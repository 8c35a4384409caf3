from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from shared_apps.kernel.rights import READ_ONLY


class SchemaBlueprint(models.Model):
    """What a fully migrated, empty schema consists of, for one state of the migrations. Public.

    `lines` are what `fingerprint` is the hash of; they are read only to name a difference. With a
    `refusal` there are no statements: a replay would lose what it names. `migrated_ms` is what the
    migrations took that it was drawn from.
    """

    rights = READ_ONLY

    key = models.CharField(primary_key=True, max_length=64, db_column="plan_hash")
    statements = models.JSONField()
    lines = models.JSONField(null=True)
    fingerprint = models.CharField(max_length=64)
    refusal = models.TextField(blank=True, db_default="")
    migrated_ms = models.PositiveIntegerField(null=True)
    built_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.key[:12]


class SchemaStatus(models.TextChoices):
    """Where a schema stands with its migrations."""

    READY = "ready"
    MIGRATING = "migrating"
    FAILED = "failed"


class SchemaState(models.Model):
    """One schema's row in the ledger of migrations: the plan it is at, and who works on it. Public.

    A schema is behind when its `plan_hash` is not the running process's. A worker holds the row
    locked while it migrates the schema in one transaction; `lease_until` bounds how long one may be
    silent that needs several. `generation` counts the turns: whoever lost its turn writes nothing.
    `attempts` counts the failures since the schema was last up to date.
    """

    rights = READ_ONLY

    schema = models.CharField(primary_key=True, max_length=63)
    plan_hash = models.CharField(max_length=64, blank=True)
    status = models.CharField(
        max_length=10, choices=SchemaStatus.choices, default=SchemaStatus.READY
    )
    lease_until = models.DateTimeField(null=True)
    leased_by = models.CharField(max_length=120, blank=True)
    generation = models.PositiveIntegerField(db_default=0)
    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=SchemaStatus.values), name="schema_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status=SchemaStatus.MIGRATING, lease_until__isnull=False)
                | (~Q(status=SchemaStatus.MIGRATING) & Q(lease_until__isnull=True)),
                name="schema_migrating_has_lease",
            ),
        ]

    def __str__(self) -> str:
        return self.schema
