"""Open a PDF, or draw its pages as pictures: run as a process of its own, with little to spend.

It reads a PDF from standard input. `draw` writes a ZIP to standard output: "1.webp", "2.webp", ...
and "pages.json" with how many pages the PDF has. `open` opens every page and writes a line of JSON,
how many there are and how the first one looks, then the PDF with every object laid open: nothing
packed into object streams, nothing encrypted. A PDF that asks for a password ends it with the
status NEEDS_PASSWORD.

Nothing of the product is imported here: whatever a stranger's file does to the engine ends with
this process, which opens no file and talks to nobody.
"""

import hashlib
import io
import json
import math
import os
import sys
import zipfile

import pypdfium2

MOST_PAGES = 20
MOST_PIXELS = 2_500_000
LOOK_PIXELS = 500_000
SCALE = 150 / 72  # dots per inch over points per inch
QUALITY = 82
MOST_MEMORY_BYTES = 1_500_000_000
MOST_CPU_S = 20
NEEDS_PASSWORD = 3


def draw(content: bytes) -> bytes:
    """Return the pictures of the first pages as a ZIP. Raises: PdfiumError for what is no PDF."""
    out = io.BytesIO()
    with pypdfium2.PdfDocument(content) as pdf, zipfile.ZipFile(out, "w") as kept:
        kept.writestr("pages.json", json.dumps({"pages": len(pdf)}))
        for number in range(min(len(pdf), MOST_PAGES)):
            kept.writestr(f"{number + 1}.webp", _picture(pdf[number]))
    return out.getvalue()


def lay_open(content: bytes) -> bytes:
    """Return a line about a PDF, each page of which can be opened, and its objects laid open.

    The line is `{"pages": 2, "look": "<64 hexadecimal digits>"}`. Raises: PdfiumError.
    """
    with pypdfium2.PdfDocument(content) as pdf:
        for number in range(len(pdf)):
            pdf[number].close()
        out = io.BytesIO()
        pdf.save(out, flags=pypdfium2.raw.FPDF_REMOVE_SECURITY)
        told = {"pages": len(pdf), "look": look_of(pdf[0]) if len(pdf) else ""}
        return b"%b\n%b" % (json.dumps(told).encode(), out.getvalue())


def look_of(page: pypdfium2.PdfPage) -> str:
    """Return the SHA-256 of a page's pixels in gray, "" for a page of one colour.

    It is the same for every PDF that shows the same, whatever its bytes are.
    """
    scale = scale_of(*page.get_size(), most_pixels=LOOK_PIXELS)
    drawn = page.render(scale=scale, may_draw_forms=False).to_pil().convert("L")
    if drawn.getextrema()[0] == drawn.getextrema()[1]:
        return ""
    return hashlib.sha256(b"%d %b" % (drawn.width, drawn.tobytes())).hexdigest()


def scale_of(width_pt: float, height_pt: float, *, most_pixels: int = MOST_PIXELS) -> float:
    """Return how much larger than its points a page is drawn, so that it has few enough pixels."""
    area = max(width_pt * height_pt, 1.0)
    return min(SCALE, math.sqrt(most_pixels / area))


def _picture(page: pypdfium2.PdfPage) -> bytes:
    out = io.BytesIO()
    drawn = page.render(scale=scale_of(*page.get_size()), may_draw_forms=False)
    drawn.to_pil().convert("RGB").save(out, format="WEBP", quality=QUALITY)
    return out.getvalue()


def _limit() -> None:
    """Take away what drawing does not need, where the system can."""
    if os.name == "posix":
        import resource  # noqa: PLC0415  not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_S, MOST_CPU_S))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(task: str, content: bytes) -> bytes:
    return draw(content) if task == "draw" else lay_open(content)


if __name__ == "__main__":
    content = sys.stdin.buffer.read()
    _limit()
    try:
        answer = _answer(sys.argv[1], content)
    except pypdfium2.PdfiumError as error:
        needs_password = error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD
        sys.exit(NEEDS_PASSWORD if needs_password else str(error))
    sys.stdout.buffer.write(answer)
