"""Where mailed links lead, and how one is asked for: an invitation, a forgotten password."""

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from tenant_apps.accounts.api.serializers import ResetIn
from tenant_apps.accounts.services import (
    accept_invitation,
    ask_password_reset,
    find_forgetful,
    find_invited,
    reset_password,
)
from tenant_apps.portal.forms.form import Form, attempt, checked, read_form
from tenant_apps.portal.newcomers import keep_language
from tenant_apps.portal.pages import Page

BOTH: Mapping[str, str | None] = {"get": None, "post": None}


class LinkPage(Page):
    """A page for people who cannot sign in."""

    is_public = True
    allowed_when_suspended = True
    permissions: ClassVar[Mapping[str, str | None]] = BOTH

    def show_worthless(self, *, is_invitation: bool = False) -> HttpResponseBase:
        """Say what may have become of a link, whichever it was, and where to go on."""
        status = HTTPStatus.UNAUTHORIZED
        return self.show("links/worthless.html", is_invitation=is_invitation, status=status)


class ForgottenPassword(LinkPage):
    """A link for a new password is asked for."""

    def get(self, _request: HttpRequest) -> HttpResponseBase:
        """Ask for the address."""
        return self.show("links/forgotten.html", form=Form())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Have the link sent; the answer is the same for unknown addresses."""
        form = read_form(request.POST)
        if attempt(form, partial(self._ask, form)) is None:
            return self.show("links/forgotten.html", form=form, status=400)
        return self.show("links/sent.html", email=form.value("/email"))

    def _ask(self, form: Form) -> Form:
        email = checked(ResetIn, {"email": form.value("/email")})["email"]
        ask_password_reset(email=email, at=self.at)
        return form


class NewPassword(LinkPage):
    """The link of a forgotten password."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Ask for the new password."""
        form = Form(typed={"token": request.GET.get("token", "")})
        if find_forgetful(str(form.value("/token"))) is None:
            return self.show_worthless()
        return self.show("links/password.html", form=form)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Replace the password; nobody is signed in by it."""
        form = read_form(request.POST)
        password = str(form.typed.pop("new_password", ""))
        token = str(form.value("/token"))
        replace = partial(reset_password, token=token, new_password=password, at=self.at)
        if attempt(form, lambda: replace() or form) is None:
            if form.status == HTTPStatus.UNAUTHORIZED:
                return self.show_worthless()
            return self.show("links/password.html", form=form, status=form.status)
        return self.go(reverse("portal:sign_in"), _("Your password is changed. Sign in with it."))


class Invitation(LinkPage):
    """The link of an invitation."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Ask for the first password."""
        form = Form(typed={"token": request.GET.get("token", "")})
        if find_invited(str(form.value("/token"))) is None:
            return self.show_worthless(is_invitation=True)
        return self.show("links/invitation.html", form=form)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Accept the invitation, then lead to the door."""
        form = read_form(request.POST)
        password = str(form.typed.pop("password", ""))
        token = str(form.value("/token"))
        accept = partial(accept_invitation, token=token, password=password, at=self.at)
        person = attempt(form, accept)
        if person is None and form.status == HTTPStatus.UNAUTHORIZED:
            return self.show_worthless(is_invitation=True)
        if person is None:
            return self.show("links/invitation.html", form=form, status=form.status)
        keep_language(person, at=self.at)
        return self.show("links/welcome.html", person=person)
