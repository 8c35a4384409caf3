"""What the public pages stand on: the portal's design, and nobody who has to be known."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language

from shared_apps.kernel.errors import DomainError
from shared_apps.web.pages import flash
from shared_apps.web.pages.form import say_when
from shared_apps.web.pages.language import language_of, theme_of
from shared_apps.web.pages.page import WebPage, harden, shrink

PRODUCT = "PRS"


@dataclass(frozen=True, kw_only=True)
class SiteFrame:
    """What stands around a public page; the portal's base template reads it as `shell`."""

    host: str
    language: str
    theme: str
    organization: str = PRODUCT
    languages: tuple[tuple[str, str], ...] = ()


class SitePage(WebPage):
    """A page for everybody."""

    def admit(self, method: str) -> None:
        """Let everybody in."""

    def lead_to_sign_in(self) -> HttpResponseBase:
        """Lead to the door; no public page asks for it."""
        return HttpResponseRedirect(reverse("portal:sign_in"))

    def show(self, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
        """Answer with a page of the site; a form that came too often says when to come again."""
        found = flash.find(self.request)
        values = {"shell": frame_of(self.request), "flash": found, "at": self.at, **context}
        response = render(self.request, f"site/{template}", values, status=status)
        say_when(response, context.get("form"))
        return response

    def show_refusal(self, refusal: DomainError) -> HttpResponseBase:
        """Answer with a page that says why not."""
        response = self.show("refusal.html", status=refusal.status, refusal=refusal)
        for name, value in refusal.headers.items():
            response[name] = value
        return response


def unknown_host(request: HttpRequest) -> HttpResponseBase:
    """Answer at a host where nobody answers: 404, and where workspaces are found.

    The same for a name that nobody ever had and for an organization that was closed or is not
    ready: whoever asks learns nothing of it. No link leads to a page of this host, there is none.
    """
    with translation.override(language_of(request)):
        platform = f"{settings.PUBLIC_SCHEME}://{settings.BASE_DOMAIN}"
        values = {"shell": frame_of(request), "platform": platform}
        response = render(request, "site/unknown_host.html", values, status=404)
    return shrink(request, harden(response))


def frame_of(request: HttpRequest) -> SiteFrame:
    """Return what stands around a public page."""
    return SiteFrame(
        host=request.get_host(),
        language=get_language() or settings.LANGUAGE_CODE,
        theme=theme_of(request),
        languages=tuple(settings.LANGUAGES),
    )
