"""The OpenAPI document and its reader, as URLs."""

from functools import lru_cache
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularSwaggerSplitView

MEDIA_TYPE = "application/vnd.oai.openapi+json"


def openapi_paths(urlconf: str) -> list[URLPattern]:
    """Return the paths of the document and its reader, for one kind of host."""
    docs = SpectacularSwaggerSplitView.as_view(url="/api/schema/", authentication_classes=[])
    return [
        path("api/schema/", schema, {"urlconf": urlconf}, name="schema"),
        path("api/docs/", docs, name="docs"),
    ]


def schema(request: HttpRequest, urlconf: str) -> HttpResponse:
    """Answer with the OpenAPI document of this kind of host."""
    return HttpResponse(openapi_document(urlconf), content_type=MEDIA_TYPE)


@lru_cache(maxsize=2)
def openapi_document(urlconf: str) -> bytes:
    """Return the document as JSON; made once per process."""
    generator: Any = SchemaGenerator
    return orjson.dumps(generator(urlconf=urlconf).get_schema(request=None, public=True))


def leave_out_short_paths(endpoints: list[Any]) -> list[Any]:
    """Describe each view once, at its full path (a preprocessing hook of drf-spectacular)."""
    # The look-ahead of the short paths' pattern reads as a variable here.
    return [endpoint for endpoint in endpoints if not endpoint[0].startswith("/api/{var}")]
