"""What is printed on invoices and credit notes, and the PDFs that are kept of them."""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from PIL import Image

from shared_apps.kernel.models import money_of
from shared_apps.organizations.selectors import local_day_of
from tenant_apps.documents.selectors import files_by_id, read_content
from tenant_apps.invoices.models import CreditNote, Invoice, InvoiceLine, StoredPaper
from tenant_apps.invoices.papers import Paper, PaperKind, PaperLine, PaperPayment, render
from tenant_apps.invoices.selectors.money import met_at_issue

LOGO_PIXELS = (900, 330)


@dataclass(frozen=True, slots=True)
class Pdf:
    """A paper as a file."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Return the hash of the bytes, in hex."""
        return hashlib.sha256(self.content).hexdigest()


def pdf_of(paper: Invoice | CreditNote, *, at: datetime, is_copy: bool = False) -> Pdf:
    """Return the PDF of a paper: the kept one, or drawn now where none is kept yet.

    A copy says so and is drawn each time, as is a draft: that one has no number, and `at` is its
    day. The same paper always gives the same bytes.
    """
    kept = None if is_copy else stored_paper_of(paper)
    name = f"{paper.number or 'draft'}{'-copy' if is_copy else ''}.pdf"
    if kept is not None:
        with default_storage.open(kept.storage_name, "rb") as stream:
            return Pdf(name, stream.read())
    return Pdf(name, render(paper_of(paper, at=at, is_copy=is_copy)))


def stored_paper_of(paper: Invoice | CreditNote) -> StoredPaper | None:
    """Return where the PDF of a paper is kept, or None while it is not."""
    key = "invoice" if isinstance(paper, Invoice) else "credit_note"
    return StoredPaper.objects.filter(**{key: paper}).first()


def paper_of(paper: Invoice | CreditNote, *, at: datetime, is_copy: bool = False) -> Paper:
    """Return what is printed on an invoice, a draft (as of `at`) or a credit note."""
    values = _invoice(paper, at=at) if isinstance(paper, Invoice) else _credit_note(paper)
    return Paper(
        **values,
        is_copy=is_copy,
        logo=logo_of(paper.issuer),
        reference=paper.deal.code,
        issuer=paper.issuer,
        party=paper.party,
        net=money_of(paper.net, paper.currency),
        tax=money_of(paper.tax, paper.currency),
        total=paper.total_money,
        content_hash=paper.content_hash,
    )


def _invoice(invoice: Invoice, *, at: datetime) -> dict[str, Any]:
    lines = invoice.lines.order_by("position", "pk")
    return {
        "kind": PaperKind.DRAFT if invoice.is_draft else PaperKind.INVOICE,
        "number": invoice.number or "",
        "issued_at": invoice.issued_at or at,
        "issued_on": invoice.issued_on or local_day_of(at),
        "due_on": invoice.due_on,
        "payments": tuple(PaperPayment(*each) for each in met_at_issue(invoice)),
        "prices_include_tax": invoice.prices_include_tax,
        "lines": tuple(paper_line(line, currency=invoice.currency) for line in lines),
    }


def paper_line(line: InvoiceLine, *, currency: str) -> PaperLine:
    """Return a line of an invoice as it is printed."""
    return PaperLine(
        description=line.description,
        quantity=line.quantity,
        unit_price=money_of(line.unit_price, currency),
        discount_percent=line.discount_percent,
        tax_rate_percent=line.tax_rate_percent,
        tax_reason=line.tax_reason,
        supplied_on=line.supplied_on,
        net=money_of(line.net, currency),
        tax=money_of(line.tax, currency),
    )


def _credit_note(note: CreditNote) -> dict[str, Any]:
    lines = note.lines.order_by("position", "pk")
    return {
        "kind": PaperKind.CREDIT_NOTE,
        "number": note.number,
        "corrects": note.invoice.number or "",
        "reason": note.reason,
        "issued_at": note.issued_at,
        "issued_on": note.issued_on,
        "lines": tuple(
            PaperLine(
                description=line.description,
                tax_rate_percent=line.tax_rate_percent,
                tax_reason=line.tax_reason,
                supplied_on=line.supplied_on,
                net=money_of(line.net, note.currency),
                tax=money_of(line.tax, note.currency),
            )
            for line in lines
        ),
    }


def logo_of(issuer: Mapping[str, Any]) -> bytes:
    """Return the logo that an issuer had chosen as a small PNG, encoded anew; empty without one."""
    if not issuer.get("logo"):
        return b""
    file_id = UUID(issuer["logo"])
    file = files_by_id([file_id]).get(file_id)
    if file is None or not file.content_type.startswith("image/"):
        return b""
    with Image.open(io.BytesIO(b"".join(read_content(file)))) as picture:
        return _as_small_png(picture)


def _as_small_png(picture: Image.Image) -> bytes:
    """Return the picture on white, within LOGO_PIXELS, without anything but its pixels."""
    coloured = picture.convert("RGBA")
    coloured.thumbnail(LOGO_PIXELS)
    ground = Image.new("RGB", coloured.size, "white")
    ground.paste(coloured, mask=coloured.getchannel("A"))
    out = io.BytesIO()
    ground.save(out, format="PNG")
    return out.getvalue()
