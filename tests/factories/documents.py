"""Files, stored through the service."""

import io
from typing import Any

import factory
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from fpdf import FPDF
from PIL import Image

from shared_apps.kernel.clock import utc_now
from tenant_apps.documents.models import StoredFile
from tenant_apps.documents.services import store_file
from tests.cast import person_named

PLAIN_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


def paper(*lines: str, pages: int = 1) -> bytes:
    """Return the bytes of a PDF that says something on each of its pages."""
    pdf = FPDF()
    pdf.set_font("helvetica", size=14)
    for number in range(1, pages + 1):
        pdf.add_page()
        pdf.multi_cell(0, text="\n".join([*lines, f"Page {number}"]))
    return bytes(pdf.output())


def picture(image_format: str = "PNG", *, size: tuple[int, int] = (8, 8), **options: Any) -> bytes:
    """Return the bytes of a small red picture."""
    out = io.BytesIO()
    Image.new("RGB", size, (200, 0, 0)).save(out, format=image_format, **options)
    return out.getvalue()


def upload(content: bytes, name: str = "receipt.pdf") -> SimpleUploadedFile:
    """Return bytes as a browser sends them."""
    return SimpleUploadedFile(name, content)


def spoil(file: StoredFile, content: bytes) -> StoredFile:
    """Put other bytes in the place of a stored file's: as one from before PDFs were opened."""
    default_storage.delete(file.storage_name)
    default_storage.save(file.storage_name, ContentFile(content))
    return file


class StoredFileFactory(factory.Factory[StoredFile]):
    """A PDF that Sam sent; each with other bytes."""

    class Meta:
        model = StoredFile

    content = factory.Sequence(lambda n: PLAIN_PDF + f"% {n}\n".encode())
    name = "receipt.pdf"
    by = factory.LazyFunction(lambda: person_named("sam"))
    at = factory.LazyFunction(utc_now)

    @classmethod
    def _create(cls, model_class: type[StoredFile], *_args: Any, **given: Any) -> StoredFile:
        sent = upload(given["content"], given["name"])
        return store_file(upload=sent, by=given["by"].actor, at=given["at"])
