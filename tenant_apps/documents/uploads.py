"""Whether an upload may be kept, and as which bytes. Pure: no database, no storage."""

import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageOps

from shared_apps.kernel.errors import DomainError
from shared_apps.kernel.wording import worded
from tenant_apps.documents.fingerprints import fingerprint_of

MAX_PIXELS = 40_000_000
MAX_INFLATED_BYTES = 50_000_000

_MAGIC: tuple[tuple[str, bytes], ...] = (
    ("application/pdf", rb"%PDF-"),
    ("image/jpeg", rb"\xff\xd8\xff"),
    ("image/png", rb"\x89PNG\r\n\x1a\n"),
    ("image/webp", rb"RIFF.{4}WEBP"),
)
_IMAGE_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
EXTENSIONS = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
}

# Long names never turn up in compressed data by chance; short ones count only before a value.
_ACTIVE_PDF = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia)(?![A-Za-z0-9])"
    rb"|/JS\s*(?:\(|<|\d+\s+\d+\s+R)"
    rb"|/AA\s*(?:<<|\d+\s+\d+\s+R)"
    rb"|/XFA\s*(?:\[|\d+\s+\d+\s+R)"
    rb"|/S\s*/(?:SubmitForm|ImportData|GoToE|GoToR|Rendition|Movie|Sound)(?![A-Za-z0-9])"
)
# what happens when it is opened: to turn to a page, or a command of the reader, and nothing else
_OPENING = re.compile(rb"/OpenAction\s*(?:(<<.*?>>)|(\d+)\s+(\d+)\s+R)", re.DOTALL)
_DOES_MORE = re.compile(rb"/S\s*(?:\d|/(?!(?:GoTo|Named)(?![A-Za-z0-9])))")
_HEX_IN_NAME = re.compile(rb"#([0-9A-Fa-f]{2})")
_OBJECT = re.compile(rb"\d+\s+\d+\s+obj(?![A-Za-z0-9])")
_ROOT = re.compile(rb"/Root\s+\d+\s+\d+\s+R(?![A-Za-z0-9])")
_OBJECT_STREAM = re.compile(rb"/ObjStm.{0,400}?stream\r?\n", re.DOTALL)


class UploadTooLarge(DomainError):
    """The file has more bytes or pixels than an organization may keep."""

    code, status = "upload_too_large", 413
    message = "The file is too large."
    field = "/file"


class FileTypeRefused(DomainError):
    """The bytes are none of the kinds that are kept, or do not decode as what they claim."""

    code, status = "file_type_refused", 415
    message = "Only PDF, JPEG, PNG and WebP files are accepted."
    field = "/file"


class ActiveContentRefused(DomainError):
    """The PDF carries scripts, launch actions or attachments."""

    code, status = "active_content_refused", 400
    message = "The PDF carries scripts, actions or attachments; print it to a plain PDF."
    field = "/file"


@dataclass(frozen=True, slots=True)
class CheckedUpload:
    """The bytes that may be kept, what they are, and how a picture looks (fingerprints.py)."""

    content_type: str
    content: bytes
    perceptual_hash: str = ""


def check_upload(content: bytes) -> CheckedUpload:
    """Return what may be kept of the bytes: a PDF as it is, an image re-encoded without metadata.

    Raises: FileTypeRefused, ActiveContentRefused, UploadTooLarge.
    """
    content_type = sniff_type(content)
    if content_type == "application/pdf":
        refuse_broken_pdf(content)
        refuse_active_pdf(content)
        return CheckedUpload(content_type, content)
    return CheckedUpload(content_type, *_reencoded(content, _IMAGE_FORMATS[content_type]))


def sniff_type(content: bytes) -> str:
    """Return the MIME type that the first bytes prove. Raises: FileTypeRefused."""
    for content_type, magic in _MAGIC:
        if re.match(magic, content, re.DOTALL):
            return content_type
    raise FileTypeRefused


def refuse_broken_pdf(content: bytes) -> None:
    """Refuse what only begins like a PDF: every reader needs objects, and a root to begin from.

    Neither is ever compressed. What is broken beyond that is found by opening its pages, in a
    process of its own (pages.py). Raises: FileTypeRefused.
    """
    if not (_OBJECT.search(content) and _ROOT.search(_HEX_IN_NAME.sub(_unescaped, content))):
        raise FileTypeRefused("The PDF cannot be read; save it again and retry.")


def refuse_active_pdf(content: bytes) -> None:
    """Refuse a PDF with scripts, launch actions, attachments or automatic actions.

    Reads names behind hex escapes and inside Flate-compressed object streams, wherever they lie in
    the bytes. What is packed otherwise or encrypted is found once its reader has laid it open
    (pages.py). Raises: ActiveContentRefused.
    """
    for part in (content, *_inflated_object_streams(content)):
        plain = _HEX_IN_NAME.sub(_unescaped, part)
        if _ACTIVE_PDF.search(plain) or _does_more_when_opened(plain):
            raise ActiveContentRefused


def _does_more_when_opened(plain: bytes) -> bool:
    return any(_DOES_MORE.search(action) for action in _opening_actions(plain))


def _opening_actions(plain: bytes) -> Iterator[bytes]:
    for match in _OPENING.finditer(plain):
        if match[1]:
            yield match[1]
            continue
        place = rb"(?<!\d)%b\s+%b\s+obj(.*?)endobj" % (match[2], match[3])
        yield from re.findall(place, plain, re.DOTALL)


def _unescaped(match: re.Match[bytes]) -> bytes:
    return bytes.fromhex(match[1].decode("ascii"))


def _inflated_object_streams(content: bytes) -> Iterator[bytes]:
    for match in _OBJECT_STREAM.finditer(content):
        try:
            yield zlib.decompressobj().decompress(content[match.end() :], MAX_INFLATED_BYTES)
        except zlib.error:
            continue


def _reencoded(content: bytes, image_format: str) -> tuple[bytes, str]:
    """Return the picture's bytes, written anew, and its fingerprint."""
    try:
        with Image.open(io.BytesIO(content), formats=[image_format]) as image:
            _refuse_too_many_pixels(image)
            upright = ImageOps.exif_transpose(image)
            return _encoded(upright, image_format), fingerprint_of(upright)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UploadTooLarge from None
    except (OSError, ValueError, SyntaxError, EOFError, zlib.error):
        raise FileTypeRefused("The image cannot be read; save it again and retry.") from None


def _refuse_too_many_pixels(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise UploadTooLarge(
            worded("The image has more than %(most)s megapixels.", most=MAX_PIXELS // 1_000_000)
        )


def _encoded(image: Image.Image, image_format: str) -> bytes:
    """Return the pixels alone: a fresh image has no EXIF, no profile, no comments, one frame."""
    mode = image.mode if image.mode in {"L", "RGB"} else _plain_mode(image, image_format)
    pixels = image.convert(mode)
    plain = Image.new(pixels.mode, pixels.size)
    plain.paste(pixels)
    out = io.BytesIO()
    plain.save(out, format=image_format, quality=90)
    return out.getvalue()


def _plain_mode(image: Image.Image, image_format: str) -> str:
    return "RGBA" if image_format != "JPEG" and image.has_transparency_data else "RGB"
