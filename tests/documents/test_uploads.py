"""Which uploads are kept, and as which bytes."""

import hashlib
import io
import zlib
from datetime import datetime
from typing import Any

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from shared_apps.audit.selectors import history_of
from shared_apps.kernel.errors import DomainError
from tenant_apps.accounts.models import User
from tenant_apps.documents import uploads
from tenant_apps.documents.models import StoredFile
from tenant_apps.documents.services import (
    ActiveContentRefused,
    FileTypeRefused,
    UploadTooLarge,
    store_file,
)
from tenant_apps.documents.uploads import check_upload, sniff_type
from tests.documents.packed import packed_pdf
from tests.factories.documents import PLAIN_PDF, paper, picture, upload


def pdf_with(text: bytes) -> bytes:
    return PLAIN_PDF.replace(b"/Type/Catalog", b"/Type/Catalog" + text)


def object_stream(text: bytes) -> bytes:
    packed = zlib.compress(text)
    head = b"3 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>" % len(packed)
    return PLAIN_PDF + head + b"stream\n" + packed + b"\nendstream endobj\n"


class TestSniffType:
    @pytest.mark.parametrize(
        ("content", "content_type"),
        [
            (PLAIN_PDF, "application/pdf"),
            (picture("JPEG"), "image/jpeg"),
            (picture("PNG"), "image/png"),
            (picture("WEBP"), "image/webp"),
        ],
    )
    def test_goes_by_the_first_bytes(self, content: bytes, content_type: str) -> None:
        assert sniff_type(content) == content_type

    @pytest.mark.parametrize(
        "content",
        [
            *(b"", b"MZ\x90\x00", b"<html>", b"GIF89a", b"RIFF1234WAVE", b" %PDF-1.4"),
            picture("BMP"),
        ],
    )
    def test_refuses_everything_else(self, content: bytes) -> None:
        with pytest.raises(FileTypeRefused):
            sniff_type(content)


class TestBrokenPdf:
    @pytest.mark.parametrize(
        "content", [b"%PDF-1.4\nhello", paper()[:400], b"%PDF-1.7\n/Root 1 0 R"]
    )
    def test_is_refused(self, content: bytes) -> None:
        with pytest.raises(FileTypeRefused, match="cannot be read"):
            check_upload(content)

    def test_is_not_what_every_writer_makes(self) -> None:
        for content in (PLAIN_PDF, paper()):
            assert check_upload(content).content == content


class TestActivePdf:
    @pytest.mark.parametrize(
        "text",
        [
            b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>",
            b"/Names<</JavaScript 5 0 R>>",
            b"/AA<</O 7 0 R>>",
            b"/AA 7 0 R",
            b"/A<</S/Launch/F(cmd.exe)>>",
            b"/Names<</EmbeddedFiles 5 0 R>>",
            b"/Type/EmbeddedFile",
            b"/S/Rendition/JS 9 0 R",
            b"/J#61vaScript 5 0 R",
            b"/#4aavaScript 5 0 R",
            b"/Subtype/RichMedia",
            b"/XFA[(template)]",
            b"/OpenAction<</S/URI/URI(http://example.test/)>>",
            b"/OpenAction<</S/GoTo/D[3 0 R/Fit]/Next<</S/URI/URI(http://example.test/)>>>>",
            b"/OpenAction 9 0 R>>endobj\n9 0 obj<</S /URI/URI(http://example.test/)",
            b"/A<</S/SubmitForm/F(http://example.test/)>>",
            b"/A<</S /ImportData/F(a.fdf)>>",
        ],
    )
    def test_is_refused(self, text: bytes) -> None:
        with pytest.raises(ActiveContentRefused):
            check_upload(pdf_with(text))

    def test_is_refused_inside_a_compressed_object_stream(self) -> None:
        with pytest.raises(ActiveContentRefused):
            check_upload(object_stream(b"4 0 <</S/JavaScript/JS(app.alert(1))>>"))

    @pytest.mark.parametrize(
        "text",
        [
            b"",
            b"/OpenAction[3 0 R/Fit]",
            b"/OpenAction<</S/GoTo/D[3 0 R/Fit]>>",
            b"/OpenAction 9 0 R>>endobj\n9 0 obj<</S/GoTo/D[3 0 R/Fit]",
            b"/OpenAction 9 0 R>>endobj\n9 0 obj[3 0 R/Fit]endobj\n8 0 obj<</S/URI/URI(http://e.test/)",
            b"/AAPL:Keywords 4 0 R",
            b"/JSomething 4 0 R",
        ],
    )
    def test_leaves_plain_documents_alone(self, text: bytes) -> None:
        content = pdf_with(text)
        assert check_upload(content).content == content

    def test_reads_a_broken_object_stream_without_falling_over(self) -> None:
        content = PLAIN_PDF + b"3 0 obj<</Type/ObjStm>>stream\nnot deflated\nendstream"
        assert check_upload(content).content == content


class TestImages:
    @pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
    def test_lose_their_metadata(self, image_format: str) -> None:
        exif = Image.Exif()
        exif[0x010E] = "secret place"
        content = picture(image_format, exif=exif)
        assert b"secret place" in content

        kept = check_upload(content)
        assert b"secret place" not in kept.content
        with Image.open(io.BytesIO(kept.content)) as image:
            assert (image.format, image.size, dict(image.getexif())) == (image_format, (8, 8), {})

    def test_are_turned_upright_before_the_note_about_it_is_dropped(self) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6
        kept = check_upload(picture("JPEG", size=(8, 4), exif=exif))
        with Image.open(io.BytesIO(kept.content)) as image:
            assert image.size == (4, 8)

    def test_lose_what_is_hidden_behind_their_end(self) -> None:
        kept = check_upload(picture("PNG") + b"<script>alert(1)</script>")
        assert b"script" not in kept.content

    def test_keep_transparency(self) -> None:
        out = io.BytesIO()
        Image.new("RGBA", (2, 2), (0, 0, 0, 0)).save(out, format="PNG")
        with Image.open(io.BytesIO(check_upload(out.getvalue()).content)) as image:
            assert image.mode == "RGBA"

    def test_are_refused_above_the_pixel_cap(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(uploads, "MAX_PIXELS", 63)
        with pytest.raises(UploadTooLarge):
            check_upload(picture("PNG"))

    def test_are_refused_as_a_bomb_before_they_are_decoded(self) -> None:
        header = picture("PNG")
        bomb = header[:16] + (60_000).to_bytes(4, "big") * 2 + header[24:]
        crc = zlib.crc32(bomb[12:29]).to_bytes(4, "big")
        with pytest.raises(UploadTooLarge):
            check_upload(bomb[:29] + crc + bomb[33:])

    @pytest.mark.parametrize("kept", [12, 40, 60])
    def test_are_refused_when_cut_off(self, kept: int) -> None:
        with pytest.raises(FileTypeRefused):
            check_upload(picture("PNG", size=(64, 64))[:kept])


class TestStoreFile:
    @pytest.mark.parametrize(
        "more",
        [
            {},
            {"way": "hex"},
            {"way": "predicted"},
            {"kind": b"/Obj#53tm"},
            {"more": b"/X(" + b"x" * 500 + b")"},
        ],
    )
    def test_looks_into_whatever_a_reader_would_unpack(
        self, sam: User, at_noon: datetime, more: dict[str, Any]
    ) -> None:
        with pytest.raises(ActiveContentRefused):
            store_file(upload=upload(packed_pdf(**more), "a.pdf"), by=sam.actor, at=at_noon)
        plain = packed_pdf(active=False, **more)
        assert store_file(upload=upload(plain, "a.pdf"), by=sam.actor, at=at_noon).size == len(
            plain
        )

    def test_keeps_hash_and_size_of_what_was_sent(self, sam: User, at_noon: datetime) -> None:
        content = picture("JPEG")
        file = store_file(upload=upload(content, "my photo.png"), by=sam.actor, at=at_noon)

        assert file.sha256 == hashlib.sha256(content).hexdigest()
        assert (file.size, file.uploaded_by_id) == (len(content), sam.pk)
        assert (file.name, file.content_type) == ("my photo.jpg", "image/jpeg")
        events = history_of(subject_type="documents.file", subject_id=file.pk)
        assert [event.name for event in events] == ["documents.file_stored"]

    def test_keeps_the_bytes_under_a_random_name(self, sam: User, at_noon: datetime) -> None:
        names = set()
        for _ in range(2):
            file = store_file(upload=upload(PLAIN_PDF, "my bill.pdf"), by=sam.actor, at=at_noon)
            names.add(file.storage_name)
            with default_storage.open(file.storage_name) as kept:
                assert kept.read() == PLAIN_PDF
        assert len(names) == 2
        assert not any("bill" in name for name in names)

    @pytest.mark.parametrize(
        ("sent", "kept"),
        [
            ("../../etc/passwd", "passwd.pdf"),
            ("C:\\temp\\bill.exe", "bill.pdf"),
            ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
            ("....", "file.pdf"),
            ("Пример.pdf", "Пример.pdf"),
            ("x" * 400, f"{'x' * 150}.pdf"),
        ],
    )
    def test_tames_the_sent_name(self, sam: User, at_noon: datetime, sent: str, kept: str) -> None:
        sent_file = upload(PLAIN_PDF, "a.pdf")
        vars(sent_file)["_name"] = sent
        assert store_file(upload=sent_file, by=sam.actor, at=at_noon).name == kept

    def test_refuses_by_size_before_reading(
        self, sam: User, at_noon: datetime, settings: Any
    ) -> None:
        settings.MAX_UPLOAD_BYTES = 10
        unread = upload(PLAIN_PDF)
        with pytest.raises(UploadTooLarge):
            store_file(upload=unread, by=sam.actor, at=at_noon)
        assert unread.tell() == 0

    def test_keeps_nothing_of_what_it_refuses(self, sam: User, at_noon: datetime) -> None:
        for content in (b"<html>", pdf_with(b"/AA<<>>")):
            with pytest.raises(DomainError):
                store_file(upload=upload(content), by=sam.actor, at=at_noon)
        assert not StoredFile.objects.exists()
