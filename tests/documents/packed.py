"""PDFs whose objects lie packed in an object stream, in more ways than most writers know."""

import zlib

OBJECTS = (
    b"<</Type/Catalog/Pages 2 0 R%b>>",
    b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>",
    b"<</S/JavaScript/JS(app.alert\\(1\\))>>",
)


def packed_pdf(
    *, active: bool = True, kind: bytes = b"/ObjStm", more: bytes = b"", way: str = "flate"
) -> bytes:
    """Return a PDF of one page that runs a script when it is opened, if its reader obeys."""
    catalog = OBJECTS[0] % (b"/OpenAction 4 0 R" if active else b"")
    index, body = _laid_out((catalog, *(OBJECTS[1:] if active else OBJECTS[1:3])))
    filters, data = _WAYS[way](index + body)
    stream = b"5 0 obj<</Type%b/N %d/First %d%b%b/Length %d>>stream\n%b\nendstream endobj\n" % (
        kind, 4 if active else 3, len(index), filters, more, len(data), data
    )  # fmt: skip
    pdf = b"%PDF-1.7\n" + stream
    places = _places(len(b"%PDF-1.7\n"), len(pdf), packed=4 if active else 3)
    table = (
        b"6 0 obj<</Type/XRef/Size 7/W[1 4 1]/Root 1 0 R/Length %d>>stream\n%b\nendstream endobj\n"
    )
    return b"%b%bstartxref\n%d\n%%%%EOF\n" % (pdf, table % (len(places), places), len(pdf))


def _laid_out(objects: tuple[bytes, ...]) -> tuple[bytes, bytes]:
    index, body = b"", b""
    for number, written in enumerate(objects, start=1):
        index += b"%d %d " % (number, len(body))
        body += written + b" "
    return index, body


def _places(stream_at: int, table_at: int, *, packed: int) -> bytes:
    rows = [(2, 5, place) for place in range(packed)] + [(0, 0, 0)] * (4 - packed)
    rows = [(0, 0, 0), *rows, (1, stream_at, 0), (1, table_at, 0)]
    return b"".join(
        bytes([kind]) + at.to_bytes(4, "big") + bytes([more]) for kind, at, more in rows
    )


def _flate(data: bytes) -> tuple[bytes, bytes]:
    return b"/Filter/FlateDecode", zlib.compress(data)


def _hex(data: bytes) -> tuple[bytes, bytes]:
    return b"/Filter[/ASCIIHexDecode/FlateDecode]", zlib.compress(data).hex().encode() + b">"


def _predicted(data: bytes) -> tuple[bytes, bytes]:
    """Write each row of four bytes as its difference to the row above, as PNG does."""
    rows, above = b"", bytes(4)
    for start in range(0, len(data), 4):
        row = data[start : start + 4].ljust(4)
        rows += b"\x02" + bytes((a - b) % 256 for a, b in zip(row, above, strict=True))
        above = row
    filters = b"/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 4>>"
    return filters, zlib.compress(rows)


_WAYS = {"flate": _flate, "hex": _hex, "predicted": _predicted}
