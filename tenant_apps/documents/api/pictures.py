"""Pictures of people over HTTP: one's own to choose, everybody's to see."""

from typing import ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.tenancy.streaming import stream_response
from shared_apps.web.schema import documented
from shared_apps.web.serializers import InputSerializer, OutputSerializer
from shared_apps.web.views import ApiViewSet, parse_id
from tenant_apps.documents.api.views import refuse_large_body
from tenant_apps.documents.pictures import CONTENT_TYPE
from tenant_apps.documents.selectors import read_picture
from tenant_apps.documents.services import keep_picture, remove_picture

DAY_S = 24 * 3600


class PictureIn(InputSerializer):
    """A picture of oneself: JPEG, PNG or WebP."""

    file = serializers.FileField()


class PictureOut(OutputSerializer):
    """Where one's picture is served."""

    picture_url = serializers.CharField(allow_null=True)


class OwnPictureViewSet(ApiViewSet):
    """One's own picture."""

    permissions: ClassVar = {"create": None, "remove": None}
    parser_classes = (MultiPartParser,)

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Authorise; then refuse a large body before anything reads it."""
        super().initial(request, *args, **kwargs)
        refuse_large_body(request)

    @documented(
        request={"multipart/form-data": PictureIn},
        response=PictureOut,
        status=200,
        example={"picture_url": "/api/auth/people/0197a1b2-0000-7000-8000-000000000001/picture/"},
    )
    def create(self, request: Request) -> Response:
        """Choose a picture of oneself; it becomes a square of 256 pixels."""
        keep_picture(upload=self.read(PictureIn)["file"], person=self.viewer, at=self.at)
        return self.one(self.viewer, PictureOut)

    @documented()
    def remove(self, request: Request) -> Response:
        """Take one's picture away."""
        remove_picture(person=self.viewer, at=self.at)
        return self.nothing()


class PictureViewSet(ApiViewSet):
    """The pictures of the people of the organization."""

    permissions: ClassVar = {"retrieve": None}

    @extend_schema(summary="Show a person's picture", responses={(200, "*/*"): OpenApiTypes.BINARY})
    def retrieve(self, request: Request, pk: str) -> HttpResponseBase:
        """Show the picture of a person of one's organization."""
        return show_picture(request._request, pk, max_age_s=0)  # noqa: SLF001  the server's own


def show_picture(request: HttpRequest, pk: str, *, max_age_s: int = DAY_S) -> HttpResponseBase:
    """Answer with a picture; a page's address names the very one, so that it keeps for a day."""
    response = stream_response(request, read_picture(parse_id(pk)), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = f"private, max-age={max_age_s}"
    return response
