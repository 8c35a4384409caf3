"""A page for people: in their language and zone, under a policy, with refusals that say why."""

from contextlib import ExitStack
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, cast

import structlog
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.views.generic import View

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.errors import DomainError
from shared_apps.kernel.wording import as_on_pages
from shared_apps.web.errors import InternalError
from shared_apps.web.pages import flash
from shared_apps.web.pages.language import language_of
from shared_apps.web.pages.sending import lead_by_script
from shared_apps.web.refusing import refusal_of

if TYPE_CHECKING:
    from collections.abc import Callable

log = structlog.get_logger(__name__)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; manifest-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; frame-ancestors 'none'"
)


class WebPage(View):
    """A page: who may open it, in which zone and what a refusal looks like, its heirs say."""

    policy: ClassVar[str] = POLICY

    @cached_property
    def at(self) -> datetime:
        """The instant of the request, read once."""
        return utc_now()

    @property
    def zone(self) -> str:
        """Return the IANA zone in which times are shown."""
        return "UTC"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer in the person's language and the page's zone, under its policy."""
        with ExitStack() as stack:
            stack.enter_context(translation.override(language_of(request)))
            stack.enter_context(timezone.override(self.zone))
            stack.enter_context(as_on_pages())
            response = self._answer(request, *args, **kwargs)
        flash.forget(response, request)
        lead_by_script(response, request)
        return shrink(request, harden(response, policy=self.policy))

    def admit(self, method: str) -> None:
        """Let whoever asks in, or not. Raises: SignInFirst, PermissionRefused."""
        raise NotImplementedError

    def lead_to_sign_in(self) -> HttpResponseBase:
        """Answer somebody who has to sign in first."""
        raise NotImplementedError

    def show_refusal(self, refusal: DomainError) -> HttpResponseBase:
        """Answer with a page that says why not."""
        raise NotImplementedError

    def allowed_methods(self) -> list[str]:
        """Return what the page answers to."""
        return [name.upper() for name in self.http_method_names if hasattr(self, name)]

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
            return HttpResponseNotAllowed(self.allowed_methods())
        try:
            self.admit(method)
            return cast("Callable[..., HttpResponseBase]", handler)(request, *args, **kwargs)
        except SignInFirst:
            return self.lead_to_sign_in()
        except Exception as error:  # noqa: BLE001  refusal_of knows them all; the rest is logged
            return self._refuse(error)

    def _refuse(self, error: Exception) -> HttpResponseBase:
        refusal = refusal_of(error)
        if isinstance(refusal, InternalError):
            log.error("unhandled_error", path=self.request.path, exc_info=error)
            got_request_exception.send(sender=None, request=self.request)
        return self.show_refusal(refusal)


class SignInFirst(Exception):
    """Nobody is signed in."""


def harden(response: HttpResponseBase, *, policy: str = POLICY) -> HttpResponseBase:
    """Put a policy on an answer that has none of its own, and keep it out of caches."""
    response.headers.setdefault("Content-Security-Policy", policy)
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
