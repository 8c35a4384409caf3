"""The proof of a made-up payment: a page of PDF with a few lines."""

from django.core.files.uploadedfile import SimpleUploadedFile

_BEFORE = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 420 210]/Contents 4 0 R
/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj
"""


def proof_of(*lines: str, name: str) -> SimpleUploadedFile:
    """Return a PDF that says the lines; equal lines make equal files."""
    plain = [line.encode("ascii", "replace").translate(None, b"()\\") for line in lines]
    text = (
        b"BT /F 15 Tf 24 TL 36 160 Td " + b" ".join(b"(%s) Tj T*" % each for each in plain) + b" ET"
    )
    page = b"4 0 obj<</Length %d>>stream\n%s\nendstream endobj\n" % (len(text), text)
    document = _BEFORE + page + b"trailer<</Root 1 0 R>>\n%%EOF\n"
    return SimpleUploadedFile(f"{name}.pdf", document, content_type="application/pdf")
