"""The door as people use it in a browser: sign in, choose a new password when asked, sign out."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from tenant_apps.accounts.browser_door import enter, leave
from tenant_apps.accounts.services import replace_required_password
from tenant_apps.portal.forms.form import Form, attempt, read_form
from tenant_apps.portal.pages import Page

if TYPE_CHECKING:
    from tenant_apps.accounts.services import SignInOutcome

# What the door may still ask for, by its status: the page of that step. The challenge that the
# door gave goes along in the form: it is signed, bound to the organization and short-lived.
STEPS: Mapping[str, str] = {"password_change_required": "sign_in_password.html"}


class SignInPage(Page):
    """Who is there?"""

    is_public = True
    allowed_when_suspended = True

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show the form; whoever is signed in already goes on."""
        if request.user.is_authenticated:
            return self.go(where_to(request, request.GET.get("next", "")))
        form = Form(typed={"next": request.GET.get("next", "")})
        return self.show("sign_in.html", form=form)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the door, or hear why not."""
        form = read_form(request.POST)
        email, password = str(form.value("/email")), str(request.POST.get("password", ""))
        form.typed.pop("password", None)
        outcome = attempt(form, partial(enter, request, email=email, password=password, at=self.at))
        if outcome is None:
            return self.show("sign_in.html", form=form, status=400)
        return self._next_step(outcome, form)

    def _next_step(self, outcome: "SignInOutcome", form: Form) -> HttpResponseBase:
        step = STEPS.get(outcome.status)
        if step is None:
            return self.go(where_to(self.request, str(form.value("/next"))))
        asked = Form(typed={"challenge": outcome.challenge, "next": form.value("/next")})
        return self.show(step, form=asked, email=outcome.person.email)


class RequiredPasswordPage(Page):
    """The new password that the door asked for."""

    is_public = True
    allowed_when_suspended = True

    def get(self, _request: HttpRequest) -> HttpResponseBase:
        """Lead to the door: this step has no beginning of its own."""
        return self.go(reverse("portal:sign_in"))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Take the new password, then ask to sign in with it."""
        form = read_form(request.POST)
        replace = partial(
            replace_required_password,
            challenge=str(form.value("/challenge")),
            new_password=str(request.POST.get("new_password", "")),
            at=self.at,
        )
        form.typed.pop("new_password", None)
        if attempt(form, lambda: replace() or form) is None:
            return self.show("sign_in_password.html", form=form, status=400)
        return self.go(reverse("portal:sign_in"), _("Your password is changed. Sign in with it."))


class SignOut(Page):
    """Good-bye."""

    is_public = True
    allowed_when_suspended = True
    permissions: ClassVar[Mapping[str, str | None]] = {}

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """End the sign-in and the session."""
        leave(request, at=self.at)
        return self.go(reverse("portal:sign_in"), _("You are signed out."))


def where_to(request: HttpRequest, wanted: str) -> str:
    """Return the page that was asked for, if it is one of this host; else the start."""
    is_here = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted and is_here else reverse("portal:home")
