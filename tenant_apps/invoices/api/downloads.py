"""Papers as files over HTTP."""

from urllib.parse import quote

from django.http import HttpResponse
from rest_framework import serializers

from shared_apps.web.serializers import QuerySerializer
from tenant_apps.invoices.selectors import Pdf

PDF = "application/pdf"


class PaperQuery(QuerySerializer):
    """Which PDF of a paper."""

    is_copy = serializers.BooleanField(
        required=False, default=False, help_text="Marked as a copy, where the law asks for it."
    )


def pdf_response(pdf: Pdf) -> HttpResponse:
    """Answer with a PDF as an attachment that no cache keeps; its ETag is its SHA-256."""
    response = HttpResponse(pdf.content, content_type=PDF)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(pdf.name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["ETag"] = f'"{pdf.sha256}"'
    return response
