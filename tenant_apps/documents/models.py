"""Codes and files: the two things that every paper of an organization has."""

from django.db import models

from shared_apps.kernel.models import Row
from shared_apps.kernel.rights import APPEND_ONLY, Rights


class CodeCounter(models.Model):
    """The last number given out under one prefix; the row's lock makes the codes gap-free."""

    rights = Rights(update=("last_number",))

    prefix = models.CharField(primary_key=True, max_length=8)
    last_number = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return f"{self.prefix}-{self.last_number:04d}"


class StoredFile(Row):
    """An uploaded file. `sha256` and `size` are those of the upload, which a second one repeats.

    `stored_sha256` and `stored_size` are those of what is kept and served: images are re-encoded.
    """

    rights = APPEND_ONLY

    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=60)
    size = models.PositiveBigIntegerField()
    stored_size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    stored_sha256 = models.CharField(max_length=64)
    # how a picture looks (fingerprints.py), or the first page of a PDF (pages.py)
    perceptual_hash = models.CharField(max_length=64, blank=True, db_default="", default="")
    storage_name = models.CharField(max_length=300, unique=True)
    uploaded_by_id = models.UUIDField(null=True)
    uploaded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(size__gt=0), name="stored_file_is_not_empty"),
        ]
        indexes = [models.Index(fields=["sha256"], name="stored_file_sha256")]

    def __str__(self) -> str:
        return self.name
