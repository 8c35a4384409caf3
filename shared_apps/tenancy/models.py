from django.db import models
from django.db.models.functions import Now


class SchemaBlueprint(models.Model):
    """What a fully migrated, empty schema consists of, for one state of the migrations. Public."""

    plan_hash = models.CharField(primary_key=True, max_length=64)
    statements = models.JSONField()
    fingerprint = models.CharField(max_length=64)
    built_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.plan_hash[:12]
