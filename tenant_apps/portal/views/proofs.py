"""The proofs of a payment: images as they are, PDFs as pictures of their pages, the originals."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from shared_apps.tenancy.streaming import stream_response
from shared_apps.web.references import parse_id
from tenant_apps.documents.pages import PDF, PICTURE_TYPE, read_page, read_pages
from tenant_apps.documents.selectors import read_content
from tenant_apps.payments import selectors
from tenant_apps.portal.views.payments import PaymentPage

if TYPE_CHECKING:
    from tenant_apps.documents.models import StoredFile

VIEW = selectors.VIEW
# What strangers have sent runs nothing and loads nothing, wherever it is opened.
FILE_POLICY = "default-src 'none'; img-src 'self'; sandbox; base-uri 'none'; frame-ancestors 'none'"


class ProofPage(PaymentPage):
    """A page about one proof."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": VIEW}

    def find_proof(self, reference: str, file: str) -> "StoredFile":
        """Return the kept file. Raises: Payment.DoesNotExist, PaymentProof.DoesNotExist."""
        return selectors.get_proof(self.find(reference), parse_id(file))


class Proof(ProofPage):
    """The kept bytes: an image is shown, a PDF is given to be saved."""

    def get(self, request: HttpRequest, reference: str, file: str) -> HttpResponseBase:
        """Answer with the file under a policy of its own."""
        stored = self.find_proof(reference, file)
        response = stream_response(request, read_content(stored), content_type=stored.content_type)
        kind = "attachment" if stored.content_type == PDF else "inline"
        response["Content-Length"] = str(stored.stored_size)
        response["Content-Disposition"] = f"{kind}; filename*=UTF-8''{quote(stored.name)}"
        return guarded(response)


class ProofPictures(ProofPage):
    """A proof within a page: an image, or a PDF as pictures of its pages; a part of it for htmx.

    Opened by itself, an image would be dressed up by the browser, which its policy forbids.
    """

    def get(self, request: HttpRequest, reference: str, file: str) -> HttpResponseBase:
        """Show them; drawing them takes a moment for whoever looks first."""
        payment = self.find(reference)
        stored = selectors.get_proof(payment, parse_id(file))
        is_part = request.headers.get("HX-Request") == "true"
        template = "payments/proof_pictures.html" if is_part else "payments/proof.html"
        pages = read_pages(stored) if stored.content_type == PDF else None
        return self.show(template, payment=payment, file=stored, pages=pages)


class ProofPicture(ProofPage):
    """The picture of one page."""

    def get(
        self, _request: HttpRequest, reference: str, file: str, number: int
    ) -> HttpResponseBase:
        """Answer with the picture."""
        picture = read_page(self.find_proof(reference, file), number)
        return guarded(HttpResponse(picture, content_type=PICTURE_TYPE))


def guarded(response: HttpResponseBase) -> HttpResponseBase:
    """Return the answer under the policy of what strangers have sent, out of shared caches."""
    response["Content-Security-Policy"] = FILE_POLICY
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
