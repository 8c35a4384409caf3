"""Pictures of people: any upload that is a picture becomes a small square one. Pure."""

import io

from PIL import Image, ImageOps

from shared_apps.kernel.wording import worded
from tenant_apps.documents.uploads import FileTypeRefused, UploadTooLarge, check_upload

SIDE = 256
MEGABYTE = 1024 * 1024
MAX_PICTURE_BYTES = 5 * MEGABYTE
CONTENT_TYPE = "image/webp"


def squared(content: bytes) -> bytes:
    """Return the middle of a picture as a square WebP of 256 pixels, written anew.

    The checks are those of every upload. Raises: UploadTooLarge, FileTypeRefused.
    """
    if len(content) > MAX_PICTURE_BYTES:
        raise UploadTooLarge(
            worded("A picture has at most %(most)s MB.", most=MAX_PICTURE_BYTES // MEGABYTE)
        )
    checked = check_upload(content)
    if not checked.content_type.startswith("image/"):
        raise FileTypeRefused("A picture is a JPEG, PNG or WebP file.")
    with Image.open(io.BytesIO(checked.content)) as image:
        # a picture of a person stands on whatever is behind it: what is clear becomes white
        plain = Image.new("RGBA", image.size, "white")
        plain.alpha_composite(image.convert("RGBA"))
        square = ImageOps.fit(plain.convert("RGB"), (SIDE, SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    square.save(out, format="WEBP", quality=85)
    return out.getvalue()
