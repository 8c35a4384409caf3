"""The door as people use it in a browser: sign in, choose a new password when asked, sign out."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from shared_apps.tenancy.context import is_platform
from shared_apps.web.pages.form import Form, attempt, read_form
from tenant_apps.accounts.authentication import person_to_enrol
from tenant_apps.accounts.browser_door import (
    arrive,
    enter,
    enter_enrolled,
    enter_with_passkey,
    leave,
    prove,
)
from tenant_apps.accounts.services import (
    add_passkey,
    begin_passkey,
    begin_totp,
    confirm_totp,
    replace_required_password,
)
from tenant_apps.portal.addresses import where_to
from tenant_apps.portal.devices import device_of
from tenant_apps.portal.drawings import as_image
from tenant_apps.portal.forms.proofs import evidence_of, passkey_answer, question_of
from tenant_apps.portal.pages import Page
from tenant_apps.sso.selectors import list_offers
from tenant_apps.sso.services import begin_sso
from tenant_apps.sso.state import GOOD_FOR

if TYPE_CHECKING:
    from datetime import datetime

    from tenant_apps.accounts.models import User
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

    @property
    def has_reset(self) -> bool:
        """Return whether a forgotten password is replaced by mail; operators ask another."""
        return not is_platform()

    def next_step(self, admission: "Admission", form: Form) -> HttpResponseBase:
        """Lead on once the door is open; else show the step that is missing."""
        step = STEPS.get(admission.status)
        if step is None:
            return self.go(where_to(self.request, str(form.value("/next"))))
        typed = {"challenge": admission.challenge, "next": form.value("/next")}
        ways = " ".join(admission.methods)
        return self.show_step(step, Form(typed=typed | {"ways": ways}))

    def show_step(self, step: str, form: Form, *, status: int = 200) -> HttpResponseBase:
        """Show a step; setting up a second factor begins with the secret of a new app."""
        more: dict[str, object] = {}
        if step == STEPS["mfa_setup_required"]:
            person, _enrolment = person_to_enrol(str(form.value("/challenge")))
            offer = begin_totp(person=person, setup=str(form.value("/setup")))
            question = question_of(begin_passkey(person=person))
            more = {"offer": offer, "qr": as_image(offer.qr_svg), "question": question}
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


class PasskeyPage(SignInPage):
    """A passkey alone: no address, no password."""

    def get(self, _request: HttpRequest) -> HttpResponseBase:
        """Lead to the door: this step has no beginning of its own."""
        return self.go(reverse("portal:sign_in"))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the door with what the browser's passkey answered."""
        form = read_form(request.POST)
        come = partial(_come_with_passkey, request, form, self.at)
        admission = attempt(form, come)
        if admission is None:
            return self.show_door(form, status=400)
        return self.next_step(admission, form)


class CodePage(DoorPage):
    """The second factor: a code of the app, a recovery code, or a passkey."""

    def get(self, _request: HttpRequest) -> HttpResponseBase:
        """Lead to the door: this step has no beginning of its own."""
        return self.go(reverse("portal:sign_in"))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Come back with it."""
        form = read_form(request.POST)
        admission = attempt(form, partial(self._prove, form))
        for name in ("code", "ceremony", "credential"):
            form.typed.pop(name, None)
        if admission is None:
            return self.show(STEPS["mfa_required"], form=form, status=400)
        return self.next_step(admission, form)

    def _prove(self, form: Form) -> "Admission":
        return prove(
            self.request,
            challenge=str(form.value("/challenge")),
            evidence=evidence_of(form.typed),
            at=self.at,
        )


class SetupPage(DoorPage):
    """A second factor that the person's role asks for: an app, or a passkey."""

    def get(self, _request: HttpRequest) -> HttpResponseBase:
        """Lead to the door: this step has no beginning of its own."""
        return self.go(reverse("portal:sign_in"))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Keep the factor, show the recovery codes this once, and open the door."""
        form = read_form(request.POST)
        person, enrolment = person_to_enrol(str(form.value("/challenge")))
        factor = "passkey" if form.value("/credential") else "totp"
        keep = self._keep_passkey if factor == "passkey" else self._keep_app
        codes = attempt(form, partial(keep, form, person))
        if codes is None:
            return self.show_step(STEPS["mfa_setup_required"], form, status=400)
        come = partial(
            enter_enrolled, request, person=person, enrolment=enrolment, factor=factor, at=self.at
        )
        # a door that has become another one meanwhile: the codes are shown this once all the same
        admission = attempt(form, come)
        is_open = admission is not None and admission.sign_in is not None
        to = where_to(request, str(form.value("/next"))) if is_open else reverse("portal:sign_in")
        return self.show("sign_in_codes.html", codes=codes, to=to)

    def _keep_app(self, form: Form, person: "User") -> list[str]:
        setup, code = str(form.value("/setup")), str(form.typed.pop("code", ""))
        return confirm_totp(person=person, setup=setup, code=code, at=self.at)

    def _keep_passkey(self, form: Form, person: "User") -> list[str]:
        name = device_of(self.request.headers.get("User-Agent", ""))
        answer = passkey_answer(form.typed)
        return add_passkey(person=person, name=name, answer=answer, at=self.at)


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


def _come_with_passkey(request: HttpRequest, form: Form, at: "datetime") -> "Admission":
    answer = passkey_answer(form.typed)
    return enter_with_passkey(request, answer=answer, at=at)
