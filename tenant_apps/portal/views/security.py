"""One's own security: second factors, recovery codes, and where one is signed in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from shared_apps.web.references import parse_id
from tenant_apps.accounts.browser_door import leave
from tenant_apps.accounts.selectors import list_open_sign_ins, list_passkeys, read_mfa_status
from tenant_apps.accounts.services import (
    begin_totp,
    confirm_totp,
    remove_totp,
    replace_recovery_codes,
    revoke_other_sign_ins,
    revoke_sign_in,
    second_factor_grace,
)
from tenant_apps.portal.addresses import where_to
from tenant_apps.portal.devices import device_of, is_handheld
from tenant_apps.portal.drawings import as_image
from tenant_apps.portal.forms.form import Form, attempt, read_form
from tenant_apps.portal.listing import page_of
from tenant_apps.portal.pages import Page
from tenant_apps.portal.rooms import account_tabs

if TYPE_CHECKING:
    from allauth.mfa.models import Authenticator

    from tenant_apps.accounts.models import SignIn

FORM: Mapping[str, str | None] = {"get": None, "post": None}
ACT: Mapping[str, str | None] = {"post": None}
GET_AND_POST, POST = frozenset({"get", "post"}), frozenset({"post"})


@dataclass(frozen=True)
class SignInRow:
    """A sign-in as its person sees it."""

    sign_in: "SignIn"
    is_current: bool

    @property
    def device(self) -> str:
        """Return what it was made with."""
        return device_of(self.sign_in.user_agent)

    @property
    def icon(self) -> str:
        """Return the picture of that."""
        if self.sign_in.kind != "browser":
            return "square-terminal"
        return "smartphone" if is_handheld(self.sign_in.user_agent) else "monitor"

    @property
    def proofs(self) -> Sequence[str]:
        """Return what was proved."""
        return [name for name in self.sign_in.proofs.split("+") if name]


@dataclass(frozen=True)
class PasskeyRow:
    """A passkey as its owner knows it."""

    passkey: "Authenticator"

    @property
    def name(self) -> str:
        """Return the name that its owner gave it."""
        return str(self.passkey.data.get("name", ""))

    @property
    def rename_id(self) -> str:
        """Return the id of the dialog that takes another name."""
        return f"rename-{self.passkey.pk}"

    @property
    def remove_id(self) -> str:
        """Return the id of the dialog that gives it up."""
        return f"remove-{self.passkey.pk}"


class SecurityPage(Page):
    """A page about how one signs in."""

    allowed_when_suspended = True
    room = "security"

    def done(self, text: str) -> HttpResponseBase:
        """Lead back to what there is now."""
        return self.go(reverse("portal:security"), text)

    def show_codes(self, codes: Sequence[str]) -> HttpResponseBase:
        """Show recovery codes, this once."""
        return self.show("security/codes.html", codes=codes, to=reverse("portal:security"))

    def act(self, work: object, text: str) -> HttpResponseBase:
        """Do something that may be refused, and say how it went."""
        form = Form()
        is_done = attempt(form, lambda: (work(),)) if callable(work) else None
        url = reverse("portal:security")
        return self.go(url, text) if is_done else self.go(url, form.said, tone="bad")


class Security(SecurityPage):
    """What protects the account."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": None}

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show the password, the second factors and the sign-ins."""
        is_required = second_factor_grace(self.viewer) is not None
        shown = page_of(list_open_sign_ins(self.viewer.pk, at=self.at), request)
        return self.show(
            "security/overview.html",
            tabs=account_tabs("security"),
            status_of=read_mfa_status(self.viewer, is_required=is_required),
            passkeys=[PasskeyRow(row) for row in list_passkeys(self.viewer.pk)],
            shown=shown,
            sign_ins=[SignInRow(each, each.pk == self.sign_in.pk) for each in shown.rows],
        )


class NewApp(SecurityPage):
    """Set up an authenticator app."""

    permissions: ClassVar[Mapping[str, str | None]] = FORM
    confirmed: ClassVar[frozenset[str]] = GET_AND_POST

    def get(self, _request: HttpRequest) -> HttpResponseBase:
        """Show a new secret, as a code to scan and as text."""
        return self._offer(Form())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Keep the app whose code is right; recovery codes come with the first factor."""
        form = read_form(request.POST)
        keep = partial(
            confirm_totp,
            person=self.viewer,
            setup=str(form.value("/setup")),
            code=str(form.typed.pop("code", "")),
            at=self.at,
            sign_in=self.sign_in,
        )
        codes = attempt(form, keep)
        if codes is None:
            return self._offer(form, status=400)
        text = _("Your authenticator app is set up.")
        return self.show_codes(codes) if codes else self.done(text)

    def _offer(self, form: Form, status: int = 200) -> HttpResponseBase:
        offer = begin_totp(person=self.viewer, setup=str(form.value("/setup")))
        context = {"form": form, "offer": offer, "qr": as_image(offer.qr_svg)}
        return self.show("security/app.html", status=status, **context)


class RemoveApp(SecurityPage):
    """Give up the authenticator app."""

    permissions: ClassVar[Mapping[str, str | None]] = ACT
    confirmed: ClassVar[frozenset[str]] = POST

    def post(self, _request: HttpRequest) -> HttpResponseBase:
        """Remove it, unless it is the last factor of a role that needs one."""
        remove = partial(remove_totp, person=self.viewer, at=self.at)
        return self.act(remove, _("Your authenticator app is removed."))


class NewCodes(SecurityPage):
    """New recovery codes."""

    permissions: ClassVar[Mapping[str, str | None]] = FORM
    confirmed: ClassVar[frozenset[str]] = POST

    def get(self, _request: HttpRequest) -> HttpResponseBase:
        """Lead to where new ones are asked for: those that were made are shown once."""
        return self.go(reverse("portal:security"))

    def post(self, _request: HttpRequest) -> HttpResponseBase:
        """Make ten and show them this once; the old ones stop working."""
        return self.show_codes(replace_recovery_codes(person=self.viewer, at=self.at))


class EndSignIn(SecurityPage):
    """End one of one's sign-ins."""

    permissions: ClassVar[Mapping[str, str | None]] = ACT

    def post(self, request: HttpRequest, sign_in: str) -> HttpResponseBase:
        """End it; ending this one leads to the door."""
        ended = parse_id(sign_in)
        if ended == self.sign_in.pk:
            leave(request, at=self.at)
            return self.go(reverse("portal:sign_in"), _("You are signed out."))
        revoke_sign_in(person=self.viewer, sign_in_id=ended, at=self.at)
        return self.done(_("That sign-in has ended."))


class EndOtherSignIns(SecurityPage):
    """End all of one's sign-ins but this one."""

    permissions: ClassVar[Mapping[str, str | None]] = ACT

    def post(self, _request: HttpRequest) -> HttpResponseBase:
        """End them."""
        revoke_other_sign_ins(sign_in=self.sign_in, at=self.at)
        return self.done(_("You are signed in here only."))


class Confirm(SecurityPage):
    """Prove again who one is, before a page that asks for it."""

    permissions: ClassVar[Mapping[str, str | None]] = FORM
    confirmed: ClassVar[frozenset[str]] = POST

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Ask."""
        again = [("next", request.GET.get("next", ""))]
        return self.show_confirmation(Form(), action=request.path, again=again)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Lead on."""
        return self.go(where_to(request, request.POST.get("next", "")))
