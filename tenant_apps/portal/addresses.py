"""Addresses that came with a request, and may be followed."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def where_to(request: HttpRequest, wanted: str) -> str:
    """Return the page that was asked for, if it is one of this host; else the start."""
    is_here = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted and is_here else reverse("portal:home")
