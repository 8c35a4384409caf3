"""The door of every request: the host says whose data it may touch."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string

from shared_apps.tenancy.context import Tenant, use_platform, use_tenant
from shared_apps.tenancy.directory import get_directory

Response = HttpResponseBase
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class TenantMiddleware:
    """Select the organization of the request's host, or the platform, for everything behind it.

    An unknown host, or one of an organization that is not ready, is 404 before any other code runs.
    A suspended organization answers safe methods only; views that must still work for it say
    `allowed_when_suspended = True`.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Response | Awaitable[Response]:
        """Answer the request within its organization's context."""
        if self.is_async:
            return self._answer_async(request)
        with self._context(request, find_tenant(host_of(request))):
            response: Response = self.get_response(request)
        return response

    async def _answer_async(self, request: HttpRequest) -> Response:
        host = host_of(request)
        known, tenant = peek_tenant(host)
        if not known:
            tenant = await sync_to_async(find_tenant)(host)
        with self._context(request, tenant):
            response: Response = await self.get_response(request)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> Response | None:
        """Refuse to change a suspended organization's data."""
        tenant = getattr(request, "tenant", None)
        if tenant is None or tenant.is_writable or request.method in SAFE_METHODS:
            return None
        if _is_allowed_when_suspended(view):
            return None
        refuse: Callable[[HttpRequest], Response] = import_string(settings.TENANT_SUSPENDED_VIEW)
        return refuse(request)

    def _context(self, request: HttpRequest, tenant: Tenant | None) -> AbstractContextManager[Any]:
        request.tenant = tenant  # type: ignore[attr-defined]  # the product's own attribute
        if tenant is not None:
            request.urlconf = settings.ROOT_URLCONF
            return use_tenant(tenant)
        request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
        if not is_platform_host(host_of(request)):
            raise Http404("No organization lives at this address.")
        return use_platform()


def host_of(request: HttpRequest) -> str:
    """Return the host name that the client asked for, without port, in lower case."""
    return hostname(request.get_host())


def hostname(authority: str) -> str:
    """Return the lower-case host name of "host:port"; an address in brackets keeps them."""
    host, _ = split_domain_port(authority)
    return host.rstrip(".")


def is_platform_host(host: str) -> bool:
    """Return whether the platform itself answers at this host."""
    return host in settings.PLATFORM_HOSTS


def is_host_of_nobody(request: HttpRequest) -> bool:
    """Return whether neither the platform nor an organization answers at the request's host."""
    tenant = getattr(request, "tenant", None)
    return tenant is None and not is_platform_host(host_of(request))


def peek_tenant(host: str) -> tuple[bool, Tenant | None]:
    """Return (known without asking the database, the organization)."""
    if is_platform_host(host):
        return True, None
    known, tenant = get_directory().peek_host(host)
    return known, tenant if tenant is not None and tenant.is_routable else None


def find_tenant(host: str) -> Tenant | None:
    """Return the routable organization at a host; None for the platform's and unknown hosts."""
    if is_platform_host(host):
        return None
    with use_platform():
        tenant = get_directory().by_host(host)
    return tenant if tenant is not None and tenant.is_routable else None


def _is_allowed_when_suspended(view: Callable[..., Any]) -> bool:
    owner = getattr(view, "cls", None) or getattr(view, "view_class", None) or view
    return bool(getattr(owner, "allowed_when_suspended", False))
