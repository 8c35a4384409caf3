"""The answers that Django gives when no view does: under /api/ in the envelope."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views import csrf, defaults

from config.api.errors import failure_response
from shared_apps.kernel.errors import NotFound, PermissionRefused
from shared_apps.web.errors import InternalError
from shared_apps.web.refusing import refusal_of

API = "/api/"


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer an address that does not exist (handler404)."""
    if request.path.startswith(API):
        return failure_response(request, NotFound())
    return defaults.page_not_found(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer a refusal (handler403)."""
    if request.path.startswith(API):
        return failure_response(request, PermissionRefused())
    return defaults.permission_denied(request, exception)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer a request that Django cannot read (handler400)."""
    if request.path.startswith(API):
        return failure_response(request, refusal_of(exception))
    return defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Answer a fault of ours; Django has logged it (handler500)."""
    if request.path.startswith(API):
        return failure_response(request, InternalError())
    return defaults.server_error(request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """Answer a browser's form without its token (CSRF_FAILURE_VIEW)."""
    if request.path.startswith(API):
        return failure_response(request, PermissionRefused(f"CSRF: {reason}"))
    return csrf.csrf_failure(request, reason=reason)


def unknown_path(request: HttpRequest, path: str = "") -> HttpResponse:
    """Answer every address under /api/ that nothing else is mounted at; the last of the URLs."""
    return failure_response(request, NotFound())
