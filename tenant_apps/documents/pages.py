"""PDFs as pictures of their pages: drawn once, when somebody first looks, by another process.

The same process says at the upload whether a PDF can be opened at all, and how it looks.
"""

import io
import json
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from shared_apps.kernel.errors import NotFound
from tenant_apps.documents.selectors import read_content
from tenant_apps.documents.uploads import FileTypeRefused

if TYPE_CHECKING:
    from tenant_apps.documents.models import StoredFile

log = structlog.get_logger(__name__)

PDF = "application/pdf"
PICTURE_TYPE = "image/webp"
DRAWER = Path(__file__).with_name("draw_pages.py")
NEEDS_PASSWORD = 3  # as the drawer ends; it is not imported, to keep the engine out of here
PATIENCE_S = 30
MOST_AT_ONCE = 2
_INDEX = "pages.json"
_places = threading.BoundedSemaphore(MOST_AT_ONCE)
# an upload does not wait for those who draw
_places_to_open = threading.BoundedSemaphore(MOST_AT_ONCE)


@dataclass(frozen=True)
class DrawnPages:
    """How many pages a PDF has, and how many of them were drawn; none when it cannot be read."""

    total: int
    drawn: int

    @property
    def numbers(self) -> range:
        """Return the numbers of the pages that were drawn, from 1."""
        return range(1, self.drawn + 1)


@dataclass(frozen=True)
class OpenedPdf:
    """A PDF laid open, to be looked through and not to be kept, and how its first page looks.

    The look is the SHA-256 of the pixels: the same, or about 128 of 256 bits apart.
    """

    content: bytes
    look: str


def read_pages(file: "StoredFile") -> DrawnPages:
    """Return what there is of a PDF in pictures; draws it first when nobody has looked yet.

    The caller has checked who may see the file. Raises: NotFound for what is no PDF.
    """
    with _opened(file) as kept:
        total = int(json.loads(kept.read(_INDEX))["pages"])
        return DrawnPages(total=total, drawn=len(kept.namelist()) - 1)


def read_page(file: "StoredFile", number: int) -> bytes:
    """Return the picture of one page, counted from 1, as PICTURE_TYPE. Raises: NotFound."""
    with _opened(file) as kept:
        try:
            return kept.read(f"{number}.webp")
        except KeyError:
            raise NotFound from None


def lay_open(content: bytes) -> OpenedPdf:
    """Open a PDF as its reader understands it, with nothing packed or encrypted.

    Raises: FileTypeRefused for a PDF that nobody could look at: it does not open, or has no page.
    """
    try:
        with _places_to_open:
            line, _, opened = _run("open", content).partition(b"\n")
    except subprocess.SubprocessError as error:
        if getattr(error, "returncode", None) == NEEDS_PASSWORD:
            raise FileTypeRefused(
                "The PDF asks for a password; save it without one and retry."
            ) from None
        log.info("pdf_not_opened", error=type(error).__name__)
        raise FileTypeRefused("The PDF cannot be read; save it again and retry.") from None
    told = json.loads(line)
    if not told["pages"]:
        raise FileTypeRefused("The PDF cannot be read; save it again and retry.")
    return OpenedPdf(content=opened, look=told["look"])


@contextmanager
def _opened(file: "StoredFile") -> Iterator[zipfile.ZipFile]:
    if file.content_type != PDF:
        raise NotFound
    name = f"{file.storage_name}.pages.zip"
    if not default_storage.exists(name):
        drawn = _draw(file)
        if not default_storage.exists(name):  # somebody else may have looked meanwhile
            default_storage.save(name, ContentFile(drawn))
    with default_storage.open(name, "rb") as stream, zipfile.ZipFile(stream) as kept:
        yield kept


def _draw(file: "StoredFile") -> bytes:
    """Return the pictures; of a PDF that the engine gives up on, an index without any.

    That is kept as well: trying again would only cost the same once more.
    """
    with _places:
        try:
            return _run("draw", b"".join(read_content(file)))
        except subprocess.SubprocessError as error:
            log.warning("pdf_not_drawn", file=str(file.pk), error=type(error).__name__)
            return _no_pages()


def _run(task: str, content: bytes) -> bytes:
    """Return what the other process says of a PDF. Raises: SubprocessError."""
    made = subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, "-I", str(DRAWER), task],
        input=content,
        capture_output=True,
        env={},
        timeout=PATIENCE_S,
        check=True,
    )
    return made.stdout


def _no_pages() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as kept:
        kept.writestr(_INDEX, json.dumps({"pages": 0}))
    return out.getvalue()
