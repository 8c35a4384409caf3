"""The door as people use it in a browser: sign in, choose a new password when asked, sign out."""

from base64 import b64encode
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from shared_apps.web.pages.form import Form, attempt, read_form
from tenant_apps.accounts.authentication import person_to_enrol
from tenant_apps.accounts.browser_door import arrive, enter, leave, prove
from tenant_apps.accounts.services import (
    begin_totp,
    confirm_totp,
    replace_required_password,
)
from tenant_apps.portal.pages import Page
from tenant_apps.sso.selectors import list_offers
from tenant_apps.sso.services import begin_sso
from tenant_apps.sso.state import GOOD_FOR

if TYPE_CHECKING:
    from tenant_apps.accounts.services import Admission

# What the door may still ask for, by its status: the page of that step. The challenge that the
# door gave goes along in the form: it is signed, bound to the organization and short-lived.
STEPS: Mapping[str, str] = {
    "mfa_required": "sign_in_code.html",
    "password_change_required": "sign_in_password.html",
    "mfa_setup_required": "sign_in_setup.html",
}


class DoorPage(Page):
    """A step of the way through the door."""

    is_public = True
    allowed_when_suspended = True

    def next_step(self, admission: "Admission", form: Form) -> HttpResponseBase:
        """Lead on once the door is open; else show the step that is missing."""
        step = STEPS.get(admission.status)
        if step is None:
            return self.go(where_to(self.request, str(form.value("/next"))))
        asked = Form(typed={"challenge": admission.challenge, "next": form.value("/next")})
        return self.show_step(step, asked)

    def show_step(self, step: str, form: Form, *, status: int = 200) -> HttpResponseBase:
        """Show a step; setting up a second factor begins with the secret of a new app."""
        more: dict[str, object] = {}
        if step == STEPS["mfa_setup_required"]:
            person, _enrolment = person_to_enrol(str(form.value("/challenge")))
            offer = begin_totp(person=person)
            more = {"offer": offer, "qr": as_image(offer.qr_svg)}
        return self.show(step, form=form, status=status, **more)


class SignInPage(DoorPage):
    """Who is there?"""

    def show_door(self, form: Form, *, status: int = 200) -> HttpResponseBase:
        """Show the form, and the organization's own providers above it."""
        offers = list_offers()
        refused = self.request.GET.get("refused", "")
        more = {
            "offers": offers,
            "refused": next((each for each in offers if each.code == refused), None),
            "is_required": any(each.is_required for each in offers),
        }
        return self.show("sign_in.html", form=form, status=status, **more)

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show the form; whoever is signed in already goes on."""
        if request.user.is_authenticated:
            return self.go(where_to(request, request.GET.get("next", "")))
        return self.show_door(Form(typed={"next": request.GET.get("next", "")}))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the door, or hear why not."""
        form = read_form(request.POST)
        email, password = str(form.value("/email")), str(request.POST.get("password", ""))
        form.typed.pop("password", None)
        come = partial(enter, request, email=email, password=password, at=self.at)
        admission = attempt(form, come)
        if admission is None:
            return self.show_door(form, status=400)
        return self.next_step(admission, form)


class ProviderPage(DoorPage):
    """The way to the organization's own provider."""

    def get(self, request: HttpRequest, code: str) -> HttpResponseBase:
        """Lead the browser to the provider; it keeps a secret until it is back."""
        leave_for = begin_sso(
            code=code,
            then=request.GET.get("next", ""),
            binding=request.COOKIES.get(settings.PROVIDER_COOKIE_NAME, ""),
            at=self.at,
        )
        response = self.go(leave_for.url)
        response.set_cookie(
            settings.PROVIDER_COOKIE_NAME,
            leave_for.binding,
            max_age=int(GOOD_FOR.total_seconds()),
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        return response


class ArrivalPage(SignInPage):
    """Back from the provider, with a code that is good once in this browser."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the door, or hear why not."""
        form = Form(typed={"next": request.GET.get("next", "")})
        come = partial(
            arrive,
            request,
            code=request.GET.get("code", ""),
            binding=request.COOKIES.get(settings.PROVIDER_COOKIE_NAME, ""),
            at=self.at,
        )
        admission = attempt(form, come)
        if admission is None:
            return self.show_door(form, status=400)
        response = self.next_step(admission, form)
        response.delete_cookie(settings.PROVIDER_COOKIE_NAME)
        return response


class CodePage(DoorPage):
    """The second factor: a code of the app, or a recovery code."""

    def get(self, _request: HttpRequest) -> HttpResponseBase:
        """Lead to the door: this step has no beginning of its own."""
        return self.go(reverse("portal:sign_in"))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Come back with the code."""
        form = read_form(request.POST)
        code, challenge = str(form.typed.pop("code", "")), str(form.value("/challenge"))
        come = partial(prove, request, challenge=challenge, code=code, at=self.at)
        admission = attempt(form, come)
        if admission is None:
            return self.show(STEPS["mfa_required"], form=form, status=400)
        return self.next_step(admission, form)


class SetupPage(DoorPage):
    """A second factor that the person's role asks for."""

    def get(self, _request: HttpRequest) -> HttpResponseBase:
        """Lead to the door: this step has no beginning of its own."""
        return self.go(reverse("portal:sign_in"))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Keep the app whose code is right, and show the recovery codes this once."""
        form = read_form(request.POST)
        person, _enrolment = person_to_enrol(str(form.value("/challenge")))
        keep = partial(
            confirm_totp,
            person=person,
            setup=str(form.value("/setup")),
            code=str(form.typed.pop("code", "")),
            at=self.at,
        )
        codes = attempt(form, keep)
        if codes is None:
            return self.show_step(STEPS["mfa_setup_required"], form, status=400)
        return self.show("sign_in_codes.html", codes=codes)


class RequiredPasswordPage(DoorPage):
    """The new password that the door asked for."""

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


def as_image(svg: str) -> str:
    """Return a drawing as the address of an image, so that no markup of it runs in the page."""
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"
