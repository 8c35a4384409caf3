"""How the API speaks HTTP: set as DRF's defaults in the settings, imported by no app."""

from config.api.errors import failure_response, handle_exception
from config.api.pages import (
    bad_request,
    csrf_failure,
    page_not_found,
    permission_denied,
    server_error,
    unknown_path,
)
from config.api.pagination import PagePagination
from config.api.parsers import StrictFormParser, StrictJSONParser
from config.api.rendering import EnvelopeRenderer, ProblemRenderer
from config.api.versioning import AcceptVersioning

__all__ = [
    "AcceptVersioning",
    "EnvelopeRenderer",
    "PagePagination",
    "ProblemRenderer",
    "StrictFormParser",
    "StrictJSONParser",
    "bad_request",
    "csrf_failure",
    "failure_response",
    "handle_exception",
    "page_not_found",
    "permission_denied",
    "server_error",
    "unknown_path",
]
