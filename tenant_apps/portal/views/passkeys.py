"""One's own passkeys: make one, call it by another name, give it up."""

from collections.abc import Mapping
from functools import partial
from typing import ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from tenant_apps.accounts.api.passkey_serializers import PasskeyNameIn
from tenant_apps.accounts.services import (
    add_passkey,
    begin_passkey,
    remove_passkey,
    rename_passkey,
)
from tenant_apps.portal.devices import device_of
from tenant_apps.portal.forms.form import Form, attempt, checked, read_form
from tenant_apps.portal.forms.proofs import passkey_answer, question_of
from tenant_apps.portal.views.security import ACT, FORM, GET_AND_POST, POST, SecurityPage


class NewPasskey(SecurityPage):
    """Make a passkey in this browser or on a device near it."""

    permissions: ClassVar[Mapping[str, str | None]] = FORM
    confirmed: ClassVar[frozenset[str]] = GET_AND_POST

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Ask for a name; the question to the browser stands in the button."""
        name = device_of(request.headers.get("User-Agent", ""))
        return self._ask(Form(typed={"name": name}))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Keep the passkey; recovery codes come with the first factor."""
        form = read_form(request.POST)
        codes = attempt(form, partial(self._keep, form))
        if codes is None:
            return self._ask(form, status=400)
        return self.show_codes(codes) if codes else self.done(_("The passkey is kept."))

    def _keep(self, form: Form) -> list[str]:
        name = checked(PasskeyNameIn, {"name": form.value("/name")})["name"]
        answer = passkey_answer(form.typed)
        return add_passkey(
            person=self.viewer, name=name, answer=answer, at=self.at, sign_in=self.sign_in
        )

    def _ask(self, form: Form, status: int = 200) -> HttpResponseBase:
        question = question_of(begin_passkey(person=self.viewer))
        return self.show("security/passkey.html", status=status, form=form, question=question)


class RenamePasskey(SecurityPage):
    """Call a passkey by another name."""

    permissions: ClassVar[Mapping[str, str | None]] = ACT

    def post(self, request: HttpRequest, passkey: int) -> HttpResponseBase:
        """Keep the name."""

        def rename() -> object:
            name = checked(PasskeyNameIn, {"name": request.POST.get("name", "")})["name"]
            return rename_passkey(person=self.viewer, passkey_id=passkey, name=name, at=self.at)

        return self.act(rename, _("The passkey has its new name."))


class RemovePasskey(SecurityPage):
    """Give up a passkey."""

    permissions: ClassVar[Mapping[str, str | None]] = ACT
    confirmed: ClassVar[frozenset[str]] = POST

    def post(self, _request: HttpRequest, passkey: int) -> HttpResponseBase:
        """Remove it, unless it is the last factor of a role that needs one."""
        remove = partial(remove_passkey, person=self.viewer, passkey_id=passkey, at=self.at)
        return self.act(remove, _("The passkey is removed."))
