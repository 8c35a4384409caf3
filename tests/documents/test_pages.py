"""PDFs as pictures: drawn once, within limits, by a process that the product does not depend on."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage
from fpdf import FPDF
from PIL import Image

from shared_apps.kernel.errors import NotFound
from shared_apps.tenancy.context import Tenant, use_tenant
from tenant_apps.documents import draw_pages, pages
from tenant_apps.documents.models import StoredFile
from tenant_apps.documents.pages import read_page, read_pages
from tenant_apps.documents.services import FileTypeRefused
from tests.client import PrsClient, error
from tests.factories.documents import PLAIN_PDF, StoredFileFactory, paper, picture, spoil, upload

pytestmark = pytest.mark.django_db

File = Callable[..., StoredFile]


@pytest.fixture
def file(cast: None) -> File:
    """A function that stores the bytes of a PDF."""

    def store(content: bytes, name: str = "receipt.pdf") -> StoredFile:
        stored: StoredFile = StoredFileFactory(content=content, name=name)
        return stored

    return store


def size_of(content: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(content), formats=["WEBP"]) as image:
        return image.size


class TestDrawing:
    def test_makes_a_picture_of_each_page(self, file: File) -> None:
        stored = file(paper("Received 400.00", pages=2))
        found = read_pages(stored)
        assert (found.total, found.drawn, list(found.numbers)) == (2, 2, [1, 2])
        assert size_of(read_page(stored, 1)) == (1241, 1754)
        assert read_page(stored, 1) != read_page(stored, 2)

    def test_shows_what_the_paper_says(self, file: File) -> None:
        blank, said = file(paper(pages=1)), file(paper("Received 400.00 " * 200))
        ink = [
            Image.open(io.BytesIO(read_page(each, 1))).convert("L").histogram()[0]
            for each in (blank, said)
        ]
        assert ink[1] > ink[0] * 5

    def test_happens_once(self, file: File, monkeypatch: pytest.MonkeyPatch) -> None:
        stored = file(paper())
        first = read_page(stored, 1)
        monkeypatch.setattr(pages, "DRAWER", "/nowhere")
        assert read_page(stored, 1) == first

    def test_has_no_other_pages(self, file: File) -> None:
        stored = file(paper())
        for number in (0, 2):
            with pytest.raises(NotFound):
                read_page(stored, number)

    def test_is_of_pdfs_only(self, file: File) -> None:
        with pytest.raises(NotFound):
            read_pages(file(picture(), "slip.png"))

    def test_stays_in_its_organization(self, file: File, globex: Tenant) -> None:
        stored = file(paper())
        read_pages(stored)
        name = f"{stored.storage_name}.pages.zip"
        assert default_storage.exists(name)
        with use_tenant(globex):
            assert not default_storage.exists(name)


class TestLimits:
    def test_of_pages(self, file: File, monkeypatch: pytest.MonkeyPatch) -> None:
        found = read_pages(file(paper(pages=draw_pages.MOST_PAGES + 3)))
        assert (found.total, found.drawn) == (draw_pages.MOST_PAGES + 3, draw_pages.MOST_PAGES)

    @pytest.mark.parametrize("size", [(595, 842), (14_000, 14_000), (14_000, 3), (1, 1)])
    def test_of_pixels(self, size: tuple[float, float]) -> None:
        scale = draw_pages.scale_of(*size)
        assert size[0] * scale * size[1] * scale <= draw_pages.MOST_PIXELS * 1.001
        assert scale <= draw_pages.SCALE

    @pytest.mark.parametrize(
        "content", [b"%PDF-1.7\n1 0 obj nonsense /Root 1 0 R", paper()[:400] + b"/Root 9 0 R"]
    )
    def test_of_patience_with_what_is_no_pdf(
        self, file: File, content: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stored = spoil(file(paper()), content)
        assert read_pages(stored).drawn == 0
        monkeypatch.setattr(pages, "DRAWER", "/nowhere")
        assert read_pages(stored).total == 0  # it is not tried again

    def test_of_time(self, file: File, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
        slow = tmp_path / "slow.py"
        slow.write_text("import time\ntime.sleep(60)\n")
        stored = file(paper())
        monkeypatch.setattr(pages, "DRAWER", slow)
        monkeypatch.setattr(pages, "PATIENCE_S", 0.2)
        assert read_pages(stored).drawn == 0


def locked_paper() -> bytes:
    pdf = FPDF()
    pdf.set_encryption(owner_password="owner", user_password="user")
    pdf.add_page()
    return bytes(pdf.output())


class TestOpening:
    """What nobody could look at is refused when it is sent, not when somebody wants to see it."""

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            (b"%PDF-1.7\n1 0 obj nonsense /Root 1 0 R", "cannot be read"),
            (paper()[:400] + b"/Root 9 0 R", "cannot be read"),
            (PLAIN_PDF.replace(b"/Type/Page/", b"/Type/Nothing/"), "cannot be read"),
            (PLAIN_PDF.replace(b"[3 0 R]/Count 1", b"[]/Count 0"), "cannot be read"),
            (locked_paper(), "password"),
        ],
    )
    def test_refuses_what_cannot_be_opened(self, file: File, content: bytes, why: str) -> None:
        with pytest.raises(FileTypeRefused, match=why):
            file(content)
        assert not StoredFile.objects.exists()

    def test_says_so_over_http(self, as_sam: PrsClient) -> None:
        sent = {"file": upload(b"%PDF-1.7\n1 0 obj nonsense /Root 1 0 R", "receipt.pdf")}
        answer = error(as_sam.post("/api/business/files/", sent, format="multipart"), 415)
        assert answer["code"] == "file_type_refused"
        assert "cannot be read" in answer["message"]

    def test_has_an_end(self, file: File, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
        slow = tmp_path / "slow.py"
        slow.write_text("import time\ntime.sleep(60)\n")
        monkeypatch.setattr(pages, "DRAWER", slow)
        monkeypatch.setattr(pages, "PATIENCE_S", 0.2)
        with pytest.raises(FileTypeRefused):
            file(paper())
