"""The console's frame: who may enter, by which door, under which policy."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.sites import UnfoldAdminSite

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.errors import NotFound
from shared_apps.web.pages.language import language_of
from shared_apps.web.pages.page import POLICY, harden
from shared_apps.web.refusing import refusal_of
from tenant_apps.accounts.browser_door import leave

if TYPE_CHECKING:
    from tenant_apps.accounts.models import SignIn, User

# Alpine, which unfold's pages are written in, evaluates text (docs/decisions/0019). Nothing else of
# the portal's policy is given up, and only here.
CONSOLE_POLICY = POLICY.replace("script-src 'self'", "script-src 'self' 'unsafe-eval'")
LEFT_OUT = ("password_change", "password_change_done")
View = Callable[..., HttpResponseBase]


class ConsoleSite(UnfoldAdminSite):  # type: ignore[misc]  # unfold is untyped
    """Django's admin for operators who proved a second factor."""

    index_title = gettext_lazy("Overview")
    index_template = "console/overview.html"

    def has_permission(self, request: HttpRequest) -> bool:
        """Return whether an operator is here who proved more than a password."""
        return find_operator_sign_in(request) is not None

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the one door, and back afterwards."""
        wanted = request.GET.get("next") or reverse("admin:index")
        return HttpResponseRedirect(f"{reverse('portal:sign_in')}?{urlencode({'next': wanted})}")

    def logout(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """End the sign-in and the session."""
        if request.method == "POST":
            leave(request, at=utc_now())
        return HttpResponseRedirect(reverse("portal:sign_in"))

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # noqa: FBT001, FBT002  Django's signature
        """Put a page of the console behind its permission, in its reader's language."""
        guarded = super().admin_view(view, cacheable)

        def hardened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            with translation.override(language_of(request)):
                answer = cast("HttpResponseBase", guarded(request, *args, **kwargs))
                if isinstance(answer, TemplateResponse):
                    answer.render()  # it would be written later, when the language is gone
            return harden(answer, policy=CONSOLE_POLICY)

        return hardened

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Return Django's pages without those that change a password past the door."""
        found: list[URLPattern | URLResolver] = super().get_urls()
        return [each for each in found if getattr(each, "name", None) not in LEFT_OUT]

    def search(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Answer nothing: it would keep what it found in the cache of all organizations."""
        raise Http404

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return what every page gets; the colours come from the style sheet."""
        return {**super().each_context(request), "colors": None}


site = ConsoleSite()


def find_operator_sign_in(request: HttpRequest) -> "SignIn | None":
    """Return the open sign-in of an operator who proved a second factor; None for anyone else."""
    person = request.user
    if not person.is_authenticated or not person.is_staff:
        return None
    opened = person.opened_by
    return opened if opened is not None and opened.has_second_factor else None


def operator_of(request: HttpRequest) -> "User":
    """Return the operator at the console."""
    return cast("User", request.user)


def show(
    request: HttpRequest, template: str, title: str, *, status: int = 200, **context: Any
) -> TemplateResponse:
    """Answer with a page of the console."""
    request.current_app = site.name
    values = {
        **site.each_context(request),
        "title": title,
        "at": _now(),
        **context,
    }
    return TemplateResponse(request, f"console/{template}", values, status=status)


def console_page(view: View) -> View:
    """Return a page of ours as one of the console: for operators alone, 404 for what is not."""

    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Exception as error:
            refusal = refusal_of(error)
            if not isinstance(refusal, NotFound):
                raise
            text = {"text": refusal.detail}
            return show(request, "nothing.html", _("Nothing here"), status=404, **text)

    return site.admin_view(answered)


def _now() -> datetime:
    return utc_now()
