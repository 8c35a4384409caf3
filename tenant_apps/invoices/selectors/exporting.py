"""A series as lines of JSON that prove themselves: see verifier.py."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, QuerySet

from shared_apps.kernel.models import money_of
from tenant_apps.invoices.documents import credit_note_document, document_of
from tenant_apps.invoices.models import (
    CreditNote,
    CreditNoteLine,
    Invoice,
    InvoiceLine,
    SeriesType,
    Status,
)
from tenant_apps.invoices.selectors.series import Certificate, series_certificate
from tenant_apps.invoices.verifier import FORMAT

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

CHUNK = 500


def export_series(*, series_type: str, year: int, viewer: "User") -> Iterator[str]:
    """Return the certificate and every paper of a series, a line of JSON each.

    Raises: PermissionRefused, Series.DoesNotExist (at once, not while the lines are read).
    """
    certificate = series_certificate(series_type=series_type, year=year, viewer=viewer)
    return _lines(certificate)


def _lines(certificate: Certificate) -> Iterator[str]:
    head = asdict(certificate)
    head["totals"] = [money.as_json() for money in certificate.totals]
    yield _line({"format": FORMAT, **head})
    for paper in _papers(certificate).iterator(chunk_size=CHUNK):
        yield _line(_paper(paper))


def _papers(certificate: Certificate) -> "QuerySet[Any]":
    lines: QuerySet[Any]
    papers: QuerySet[Any]
    if certificate.series_type == SeriesType.CREDIT_NOTE:
        papers = CreditNote.objects.select_related("invoice")
        lines = CreditNoteLine.objects.order_by("position")
    else:
        papers = Invoice.objects.filter(status=Status.ISSUED)
        lines = InvoiceLine.objects.order_by("position")
    of_series = papers.filter(
        series_type=certificate.series_type,
        year=certificate.year,
        sequence__lt=certificate.next_number,
    )
    return of_series.prefetch_related(Prefetch("lines", queryset=lines)).order_by("sequence", "pk")


def _paper(paper: Invoice | CreditNote) -> dict[str, Any]:
    document = (
        document_of(paper, lines=list(paper.lines.all()))
        if isinstance(paper, Invoice)
        else credit_note_document(paper, list(paper.lines.all()))
    )
    return {
        "number": paper.number,
        "sequence": paper.sequence,
        "currency": paper.currency,
        "total": f"{money_of(paper.total, paper.currency).amount:f}",
        "content_hash": paper.content_hash,
        "document": document,
    }


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"
