"""Answers that no view gives: in the envelope under /api/, else as a page of the portal."""

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from config import api
from config.api.pages import API
from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.errors import DomainError, NotFound, PermissionRefused
from shared_apps.kernel.wording import worded
from shared_apps.platform_admin.site.pages import unknown_host
from shared_apps.tenancy.context import is_platform
from shared_apps.tenancy.middleware import is_host_of_nobody
from shared_apps.web.errors import InternalError, OrganizationSuspended, RequestTooLarge
from shared_apps.web.pages.language import language_of
from shared_apps.web.pages.page import harden
from tenant_apps.portal.pages import is_signed_out, refusal_page, signed_out_page

MEGABYTE = 1024 * 1024
TOO_LARGE = gettext_noop(
    "What you sent is larger than %(most)s MB. Go back: what you typed is still there; choose a"
    " smaller file."
)
EXPIRED = gettext_noop("This form is too old: go back, reload the page and send it again.")


def organization_suspended(request: HttpRequest) -> HttpResponseBase:
    """Answer an unsafe request to a suspended organization."""
    if request.path.startswith(API):
        return api.failure_response(request, OrganizationSuspended())
    return _page(request, OrganizationSuspended)


def request_too_large(request: HttpRequest, *, most_bytes: int) -> HttpResponseBase:
    """Answer a body that is too large before anything of it, or of who sends it, is read."""
    if request.path.startswith(API):
        reason = f"The request is larger than {most_bytes} bytes; send less at once."
        return api.failure_response(request, RequestTooLarge(reason))
    request.user = AnonymousUser()
    most = most_bytes // MEGABYTE
    return _page(request, lambda: RequestTooLarge(worded(TOO_LARGE, most=most)))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """Answer a browser's form without its token (CSRF_FAILURE_VIEW)."""
    if request.path.startswith(API):
        return api.csrf_failure(request, reason)
    with translation.override(language_of(request)):
        if is_signed_out(request):  # the token went with the sign-in's cookies
            return harden(signed_out_page(request, at=utc_now()))
        return refusal_page(request, PermissionRefused(EXPIRED), title=_("This form is too old"))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer for what is not there (handler404)."""
    if request.path.startswith(API):
        return api.page_not_found(request, exception)
    if is_host_of_nobody(request):
        return unknown_host(request)
    if is_platform():
        return _page(request, NotFound)
    return api.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Answer a fault of ours; Django has logged it (handler500)."""
    if request.path.startswith(API):
        return api.server_error(request)
    return _page(request, InternalError)


def _page(request: HttpRequest, refusal: Callable[[], DomainError]) -> HttpResponseBase:
    """Answer with a page; what it says is said in the reader's language."""
    with translation.override(language_of(request)):
        return refusal_page(request, refusal())
