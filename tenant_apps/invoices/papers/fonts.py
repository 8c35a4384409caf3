"""Fonts for any script, from packages: which ones a text needs, and where they are.

Noto Sans writes Latin, Greek and Cyrillic; what it lacks comes from the Noto font of the script,
glyph by glyph. Only the fonts that a paper needs are opened.
"""

from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

BASE = "NotoSans"
_PACKAGE = "manimgx_fonts"
_CJK = "NotoSansCJK"
_CJK_PACKAGE, _CJK_FILE = "noto_cjk_sans_jp_regular", "NotoSansCJKjp-Regular.otf"

# family -> the code points that it is asked for (Unicode blocks, both ends included)
_BLOCKS: dict[str, tuple[tuple[int, int], ...]] = {
    "NotoSansArmenian": ((0x0530, 0x058F), (0xFB13, 0xFB17)),
    "NotoSansHebrew": ((0x0590, 0x05FF), (0xFB1D, 0xFB4F)),
    "NotoSansArabic": ((0x0600, 0x06FF), (0x0750, 0x077F), (0x0870, 0x08FF), (0xFB50, 0xFEFF)),
    "NotoSansDevanagari": ((0x0900, 0x097F), (0x1CD0, 0x1CFF), (0xA8E0, 0xA8FF)),
    "NotoSansBengali": ((0x0980, 0x09FF),),
    "NotoSansGurmukhi": ((0x0A00, 0x0A7F),),
    "NotoSansGujarati": ((0x0A80, 0x0AFF),),
    "NotoSansOriya": ((0x0B00, 0x0B7F),),
    "NotoSansTamil": ((0x0B80, 0x0BFF),),
    "NotoSansTelugu": ((0x0C00, 0x0C7F),),
    "NotoSansKannada": ((0x0C80, 0x0CFF),),
    "NotoSansMalayalam": ((0x0D00, 0x0D7F),),
    "NotoSansSinhala": ((0x0D80, 0x0DFF),),
    "NotoSansThai": ((0x0E00, 0x0E7F),),
    "NotoSansLao": ((0x0E80, 0x0EFF),),
    "NotoSansMyanmar": ((0x1000, 0x109F), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F)),
    "NotoSansGeorgian": ((0x10A0, 0x10FF), (0x1C90, 0x1CBF), (0x2D00, 0x2D2F)),
    "NotoSansEthiopic": ((0x1200, 0x139F), (0x2D80, 0x2DDF), (0xAB00, 0xAB2F)),
    "NotoSansKhmer": ((0x1780, 0x17FF), (0x19E0, 0x19FF)),
    _CJK: (
        *((0x1100, 0x11FF), (0x2E80, 0x9FFF), (0xA960, 0xA97F), (0xAC00, 0xD7FF)),
        *((0xF900, 0xFAFF), (0xFE10, 0xFE4F), (0xFF00, 0xFFEF), (0x20000, 0x3FFFF)),
    ),
    "NotoSansSymbols": ((0x2190, 0x2BFF), (0x1F100, 0x1F1FF)),
    "NotoEmoji": ((0x2600, 0x27BF), (0x1F000, 0x1FAFF)),
}


def families_for(texts: Iterable[str]) -> list[str]:
    """Return the families beside Noto Sans that these texts need, in a fixed order."""
    points = {ord(letter) for text in texts for letter in text if letter > "\u052f"}
    return [family for family in _BLOCKS if any(_holds(family, point) for point in points)]


def path_of(family: str) -> Path:
    """Return the font file of a family."""
    if family == _CJK:
        return Path(str(files(_CJK_PACKAGE) / _CJK_FILE))
    return Path(str(files(_PACKAGE) / f"{family}[wght].ttf"))


def _holds(family: str, point: int) -> bool:
    return any(first <= point <= last for first, last in _BLOCKS[family])
