"""Keep the PDF of an issued paper, once."""

from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from tenant_apps.invoices.models import CreditNote, Invoice, StoredPaper
from tenant_apps.invoices.selectors import Pdf, pdf_of, stored_paper_of


def keep_paper(paper: Invoice | CreditNote, *, at: datetime) -> StoredPaper:
    """Draw the PDF of an issued paper and keep it; one that is kept already stays as it is.

    Two workers at one moment draw the same bytes, and one row counts.
    """
    kept = stored_paper_of(paper)
    if kept is not None:
        return kept
    pdf = pdf_of(paper, at=at)
    place = default_storage.save(f"papers/{at:%Y/%m}/{pdf.name}", ContentFile(pdf.content))
    StoredPaper.objects.bulk_create([_row(paper, pdf, place=place, at=at)], ignore_conflicts=True)
    return StoredPaper.objects.get(**_key(paper))


def _row(paper: Invoice | CreditNote, pdf: Pdf, *, place: str, at: datetime) -> StoredPaper:
    return StoredPaper(
        **_key(paper), storage_name=place, sha256=pdf.sha256, size=len(pdf.content), stored_at=at
    )


def _key(paper: Invoice | CreditNote) -> dict[str, Any]:
    return {"invoice" if isinstance(paper, Invoice) else "credit_note": paper}
