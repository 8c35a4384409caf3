"""What was imported before, so that importing it again changes nothing."""

from django.db import models

from shared_apps.kernel.models import Row
from shared_apps.kernel.rights import KEPT


class ImportRow(Row):
    """A row of a foreign file that became an object of ours.

    `external_id` is how the file names it within its kind; `content_hash` is taken of everything
    that the import used. `object_id` is the object's id, whatever became of it since.
    """

    rights = KEPT

    kind = models.CharField(max_length=20)
    external_id = models.CharField(max_length=200)
    content_hash = models.CharField(max_length=64)
    object_id = models.UUIDField()
    imported_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "external_id"], name="import_row_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.external_id}"
