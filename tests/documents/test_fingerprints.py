"""Copies of a picture are recognised, other pictures are not."""

import io
from collections.abc import Callable
from decimal import Decimal

import pytest
from PIL import Image, ImageEnhance

from tenant_apps.documents.fingerprints import distance, fingerprint_of
from tenant_apps.documents.uploads import check_upload
from tenant_apps.payments.duplicates import MOST_BITS_APART
from tests.documents.receipts import photo_of, png_of, receipt
from tests.factories.documents import PLAIN_PDF, picture

COPIES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "saved as JPEG at 40 %": lambda image: jpeg(image, 40),
    "half the size": lambda image: image.resize((image.width // 2, image.height // 2)),
    "a third, saved as JPEG": lambda image: jpeg(
        image.resize((image.width // 3, image.height // 3)), 60
    ),
    "brighter by a fifth": lambda image: ImageEnhance.Brightness(image).enhance(1.2),
    "in gray": lambda image: image.convert("L").convert("RGB"),
}


def jpeg(image: Image.Image, quality: int) -> Image.Image:
    """Return a picture after it was saved as JPEG."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return Image.open(io.BytesIO(out.getvalue()))


def apart(one: Image.Image, other: Image.Image) -> int:
    """Return in how many bits two pictures differ."""
    bits = distance(fingerprint_of(one), fingerprint_of(other))
    assert bits is not None
    return bits


@pytest.mark.parametrize("how", COPIES)
@pytest.mark.parametrize("make", [receipt, photo_of])
def test_a_copy_is_within_the_threshold(how: str, make: Callable[..., Image.Image]) -> None:
    for number in range(8):
        original = make(number, Decimal(100 + number))
        assert apart(original, COPIES[how](original)) <= MOST_BITS_APART


def test_photographs_of_other_papers_are_beyond_it() -> None:
    papers = [photo_of(number, Decimal(100 + number)) for number in range(8)]
    pairs = [apart(one, other) for n, one in enumerate(papers) for other in papers[:n]]
    assert sorted(pairs)[len(pairs) // 2] > 2 * MOST_BITS_APART


def test_one_form_filled_in_twice_is_within_it() -> None:
    """Why the look alone is never a hit: the amounts have to be about the same as well."""
    assert apart(receipt(1, Decimal(100)), receipt(2, Decimal(90000))) <= MOST_BITS_APART


def test_a_picture_without_an_edge_has_none() -> None:
    assert check_upload(picture()).perceptual_hash == ""
    assert check_upload(PLAIN_PDF).perceptual_hash == ""
    assert distance("", "ff") is None


def test_an_upload_has_that_of_its_picture() -> None:
    original = receipt(1, Decimal(100))
    found = check_upload(png_of(original)).perceptual_hash
    assert found == fingerprint_of(original)
    assert len(found) == 64
