"""What every page stands on: who may see it, in which language, under which policy."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, cast
from urllib.parse import urlencode

import structlog
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.translation import gettext as _
from django.views.generic import View

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.errors import DomainError, NotFound, PermissionRefused
from shared_apps.organizations.selectors import local_day_of
from shared_apps.tenancy.context import current_tenant
from shared_apps.web.errors import InternalError
from shared_apps.web.refusing import refusal_of
from tenant_apps.access.role_matrix import CONFIRMED
from tenant_apps.access.scopes import granted_permissions, read_grants
from tenant_apps.accounts.browser_sessions import session_sign_in
from tenant_apps.accounts.services import require_recent_proof
from tenant_apps.portal import flash
from tenant_apps.portal.language import language_of
from tenant_apps.portal.shell import shell_of

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

log = structlog.get_logger(__name__)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; manifest-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; frame-ancestors 'none'"
)
UNDECLARED = object()


class Page(View):
    """A page of the organization: declares per method the permission that it asks for.

    `permissions` is read like that of the API's views: None means any signed-in person, and a
    method that declares nothing is refused. The refusals of services become a page that says why.
    What the API wants confirmed asks for a recent proof here too: changes under the permissions of
    CONFIRMED, and the methods that a page lists in `confirmed`.
    """

    permissions: ClassVar[Mapping[str, str | None]] = {}
    confirmed: ClassVar[frozenset[str]] = frozenset()
    is_public: ClassVar[bool] = False
    room: ClassVar[str] = ""

    @cached_property
    def at(self) -> datetime:
        """The instant of the request, read once."""
        return utc_now()

    @cached_property
    def today(self) -> date:
        """The organization's day."""
        return local_day_of(self.at)

    @cached_property
    def local_time(self) -> datetime:
        """The instant in the organization's zone."""
        return timezone.localtime(self.at)

    @property
    def is_writable(self) -> bool:
        """Return whether the organization may be changed: a suspended one is only read."""
        return current_tenant().is_writable

    @property
    def viewer(self) -> "User":
        """The person who looks."""
        return cast("User", self.request.user)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer in the person's language and the organization's zone, under the strict policy."""
        with ExitStack() as stack:
            stack.enter_context(translation.override(language_of(request)))
            stack.enter_context(timezone.override(current_tenant().timezone))
            response = self._answer(request, *args, **kwargs)
        flash.forget(response, request)
        return shrink(request, harden(response))

    def may(self, permission: str) -> bool:
        """Return whether the person holds the permission at any scope."""
        return permission in granted_permissions(self.viewer)

    def show(self, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
        """Answer with a page of the portal."""
        shell = shell_of(self.request, room=self.room)
        found = flash.find(self.request)
        values = {"shell": shell, "flash": found, "page": self, "at": self.at, **context}
        return render(self.request, f"portal/{template}", values, status=status)

    def go(self, url: str, done: str = "", *, tone: str = "ok") -> HttpResponse:
        """Lead to another page, which says what was done."""
        response = HttpResponseRedirect(url)
        response.status_code = 303
        if done:
            flash.leave(response, flash.Flash(done, tone))
        return response

    def _answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        method = (request.method or "").lower()
        handler = getattr(self, method, None) if method in self.http_method_names else None
        if handler is None:
            return HttpResponseNotAllowed([name.upper() for name in self.permissions])
        try:
            self._admit(method)
            return cast("Callable[..., HttpResponseBase]", handler)(request, *args, **kwargs)
        except SignInFirst:
            return lead_to_sign_in(request)
        except Exception as error:  # noqa: BLE001  refusal_of knows them all; the rest is logged
            return self._refuse(error)

    def _admit(self, method: str) -> None:
        """Let the person in, or not. Raises: SignInFirst, PermissionRefused, StepUpRequired."""
        if self.is_public:
            return
        person = self.request.user
        if not person.is_authenticated:
            raise SignInFirst
        person.granted = read_grants(person)
        permission = self.permissions.get("get" if method == "head" else method, UNDECLARED)
        if permission is not None and permission not in person.granted:
            raise PermissionRefused
        is_change = method == "post" and str(permission).startswith(CONFIRMED)
        if is_change or method in self.confirmed:
            require_recent_proof(session_sign_in(self.request, at=self.at), at=self.at)

    def _refuse(self, error: Exception) -> HttpResponse:
        refusal = refusal_of(error)
        if isinstance(refusal, InternalError):
            log.error("unhandled_error", path=self.request.path, exc_info=error)
            got_request_exception.send(sender=None, request=self.request)
        return error_page(self.request, refusal, at=self.at)


class SignInFirst(Exception):
    """Nobody is signed in."""


class NoSuchPage(Page):
    """Every address that no room has: nobody needs to sign in to hear it."""

    is_public = True
    permissions: ClassVar[Mapping[str, str | None]] = {"get": None, "post": None}

    def get(self, _request: HttpRequest, path: str = "") -> HttpResponse:
        """Say that there is nothing here."""
        raise NotFound

    post = get


def harden(response: HttpResponseBase) -> HttpResponseBase:
    """Put the portal's policy on an answer that has none of its own, and keep it out of caches."""
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if "Cache-Control" not in response.headers:
        add_never_cache_headers(response)
    patch_vary_headers(response, ["Cookie"])
    return response


def shrink(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Compress a page for a browser that takes it; Django pads it, so its length tells nothing."""
    if response.streaming or not isinstance(response, HttpResponse):
        return response
    return GZipMiddleware(lambda _: response).process_response(request, response)


def lead_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to the sign-in page, and back afterwards when it was a page that was asked for."""
    url = reverse("portal:sign_in")
    if request.method == "GET" and request.path != "/":
        url = f"{url}?{urlencode({'next': request.get_full_path()})}"
    return HttpResponseRedirect(url)


def error_page(request: HttpRequest, refusal: DomainError, *, at: datetime) -> HttpResponse:
    """Answer with a page that says why not, and what to do next."""
    shell = shell_of(request, room="") if refusal.status < 500 else None
    values = {"shell": shell, "refusal": refusal, "title": _heading(refusal.status), "at": at}
    response = render(request, "portal/error.html", values, status=refusal.status)
    for name, value in refusal.headers.items():
        response[name] = value
    return response


def refusal_page(request: HttpRequest, refusal: DomainError) -> HttpResponseBase:
    """Answer a refusal from outside a view (middleware, Django's own error pages)."""
    with translation.override(language_of(request)):
        return harden(error_page(request, refusal, at=utc_now()))


def _heading(status: int) -> str:
    headings = {
        403: _("This is not open to you"),
        404: _("There is nothing here"),
        423: _("This organization is suspended"),
        429: _("Too many requests"),
        503: _("We will be back in a moment"),
    }
    fallback = _("Something went wrong") if status >= 500 else _("That did not work")
    return headings.get(status, fallback)
