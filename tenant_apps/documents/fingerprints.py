"""How a picture looks, in 256 bits, so that a copy of it is recognised. Pure.

A difference hash: the picture in gray at 17 x 16, each bit says whether a cell is darker than its
right neighbour. Copies that were saved anew, scaled or brightened differ in few bits.
"""

from PIL import Image

SIDE = 16
BITS = SIDE * SIDE
FEWEST_EDGES = 8


def fingerprint_of(image: Image.Image) -> str:
    """Return the hash as 64 hexadecimal digits; "" for a picture with hardly an edge in it."""
    small = image.convert("L").resize((SIDE + 1, SIDE), Image.Resampling.LANCZOS)
    cells = small.tobytes()
    value = 0
    for row in range(SIDE):
        start = row * (SIDE + 1)
        for left, right in zip(
            cells[start : start + SIDE], cells[start + 1 : start + SIDE + 1], strict=True
        ):
            value = value << 1 | (left < right)
    if not FEWEST_EDGES <= value.bit_count() <= BITS - FEWEST_EDGES:
        return ""
    return f"{value:0{BITS // 4}x}"


def distance(one: str, other: str) -> int | None:
    """Return in how many of the 256 bits two fingerprints differ, None when one is missing."""
    if not one or not other:
        return None
    return (int(one, 16) ^ int(other, 16)).bit_count()
