"""Answers that no view gives: in the envelope under /api/, else as a page of the portal."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from config import api
from config.api.pages import API
from shared_apps.kernel.errors import DomainError, NotFound, PermissionRefused
from shared_apps.platform_admin.site.pages import unknown_host
from shared_apps.tenancy.context import is_platform
from shared_apps.tenancy.middleware import is_host_of_nobody
from shared_apps.web.errors import InternalError
from tenant_apps.portal.pages import refusal_page


class OrganizationSuspended(DomainError):
    """The organization is suspended: people sign in, read and export, and change nothing."""

    code = "organization_suspended"
    status = 423
    message = "This organization is suspended: you can read and export, but not change anything."


def organization_suspended(request: HttpRequest) -> HttpResponseBase:
    """Answer an unsafe request to a suspended organization."""
    if request.path.startswith(API):
        return api.failure_response(request, OrganizationSuspended())
    return refusal_page(request, OrganizationSuspended())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """Answer a browser's form without its token (CSRF_FAILURE_VIEW)."""
    if request.path.startswith(API):
        return api.csrf_failure(request, reason)
    expired = "This form is too old: go back, reload the page and send it again."
    return refusal_page(request, PermissionRefused(expired))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer for what is not there (handler404)."""
    if request.path.startswith(API):
        return api.page_not_found(request, exception)
    if is_host_of_nobody(request):
        return unknown_host(request)
    if is_platform():
        return refusal_page(request, NotFound())
    return api.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Answer a fault of ours; Django has logged it (handler500)."""
    if request.path.startswith(API):
        return api.server_error(request)
    return refusal_page(request, InternalError())
