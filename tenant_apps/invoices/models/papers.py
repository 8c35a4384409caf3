"""The PDF of an issued paper, kept once and never made again."""

from django.db import models
from django.db.models import Q

from shared_apps.kernel.models import Row
from shared_apps.kernel.rights import APPEND_ONLY
from tenant_apps.invoices.models.credit_notes import CreditNote
from tenant_apps.invoices.models.invoices import Invoice


class StoredPaper(Row):
    """The kept PDF of one invoice or credit note: where it is, and the hash of its bytes."""

    rights = APPEND_ONLY

    invoice = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, null=True, related_name="stored_paper"
    )
    credit_note = models.OneToOneField(
        CreditNote, on_delete=models.PROTECT, null=True, related_name="stored_paper"
    )
    storage_name = models.CharField(max_length=300, unique=True)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    stored_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(invoice__isnull=False, credit_note__isnull=True)
                | Q(invoice__isnull=True, credit_note__isnull=False),
                name="stored_paper_is_of_one",
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="stored_paper_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.storage_name
