"""Files over HTTP: sent first, then referred to by id."""

from typing import Any, ClassVar
from urllib.parse import quote

from django.conf import settings
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.kernel.wording import worded
from shared_apps.tenancy.streaming import stream_response
from shared_apps.web.schema import documented
from shared_apps.web.serializers import InputSerializer, OutputSerializer
from shared_apps.web.views import ApiViewSet, parse_id
from tenant_apps.documents.models import StoredFile
from tenant_apps.documents.selectors import get_file, read_content
from tenant_apps.documents.services import UploadTooLarge, store_file

FORM_OVERHEAD_BYTES = 64 * 1024

FILE: dict[str, Any] = {
    "id": "0197f1a0-0000-7000-8000-000000000005",
    "name": "receipt.pdf",
    "content_type": "application/pdf",
    "size": 48213,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "stored_size": 48213,
    "stored_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "uploaded_at": "2026-03-02T11:00:00Z",
}


class FileIn(InputSerializer):
    """A file to keep: PDF, JPEG, PNG or WebP."""

    file = serializers.FileField()


class FileOut(OutputSerializer):
    """A kept file. `size` and `sha256` are those of the bytes that were sent.

    `stored_size` and `stored_sha256` are those of the bytes that are served: images are re-encoded.
    """

    id = serializers.UUIDField()
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    stored_size = serializers.IntegerField()
    stored_sha256 = serializers.CharField()
    uploaded_at = serializers.DateTimeField()


class FileViewSet(ApiViewSet):
    """The files that a person sent or may see."""

    permissions: ClassVar = {
        "create": "files.upload",
        "retrieve": "files.view",
        "content": "files.view",
    }
    idempotent_actions = frozenset({"create"})
    parser_classes = (MultiPartParser,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Authorise; then refuse a large body before anything reads it, the repeats included."""
        super().initial(request, *args, **kwargs)
        if self.action == "create":
            refuse_large_body(request)

    @documented(request={"multipart/form-data": FileIn}, response=FileOut, status=201, example=FILE)
    def create(self, request: Request) -> Response:
        """Keep a file."""
        upload = self.read(FileIn)["file"]
        file = store_file(upload=upload, by=self.viewer.actor, at=self.at)
        return self.one(file, FileOut, status=201)

    @documented(response=FileOut, example=FILE)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show what a file is."""
        return self.one(get_file(file_id=parse_id(pk), viewer=self.viewer), FileOut)

    @extend_schema(summary="Download a file", responses={(200, "*/*"): OpenApiTypes.BINARY})
    def content(self, request: Request, pk: str) -> HttpResponseBase:
        """Download a file, as an attachment."""
        return download(request, get_file(file_id=parse_id(pk), viewer=self.viewer))


def refuse_large_body(request: Request) -> None:
    """Refuse a body above the limit before a byte of it is read. Raises: UploadTooLarge."""
    sent = request.META.get("CONTENT_LENGTH") or "0"
    if not sent.isdigit() or int(sent) > settings.MAX_UPLOAD_BYTES + FORM_OVERHEAD_BYTES:
        raise UploadTooLarge(
            worded("The file is larger than %(most)s bytes.", most=settings.MAX_UPLOAD_BYTES)
        )


def download(request: Request, file: StoredFile) -> HttpResponseBase:
    """Answer with the bytes of a file that the person may see, never shown inline."""
    response = stream_response(
        request._request,  # noqa: SLF001  the server's own request says how it is served
        read_content(file),
        content_type=file.content_type,
    )
    response["Content-Length"] = str(file.stored_size)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
