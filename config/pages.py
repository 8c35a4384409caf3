"""Answers that no view gives: unknown address, refused organization, failure."""

from django.http import HttpRequest, HttpResponse

from config.api import failure_response
from shared_apps.kernel.errors import DomainError


class OrganizationSuspended(DomainError):
    """The organization is suspended: people sign in, read and export, and change nothing."""

    code = "organization_suspended"
    status = 423
    message = "This organization is suspended: you can read and export, but not change anything."


def organization_suspended(request: HttpRequest) -> HttpResponse:
    """Answer an unsafe request to a suspended organization."""
    return failure_response(request, OrganizationSuspended())
