"""One's own account: names, zone, password."""

from collections.abc import Mapping
from functools import partial
from typing import ClassVar
from zoneinfo import available_timezones

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from shared_apps.kernel.errors import Gathering, check_filled
from shared_apps.web.pages.form import Form, attempt, checked, read_form
from tenant_apps.accounts.api.serializers import MeIn
from tenant_apps.accounts.browser_door import leave
from tenant_apps.accounts.services import PersonChanges, change_password, update_person
from tenant_apps.portal.pages import Page
from tenant_apps.portal.rooms import account_tabs

OWN: Mapping[str, str | None] = {"get": None, "post": None}
NAMES = ("first_name", "last_name", "phone", "timezone")


class AccountPage(Page):
    """Who one is to the others, and how one looks."""

    def own_form(self) -> Form:
        """Return the account as it would be typed."""
        typed = {name: getattr(self.viewer, name) for name in NAMES}
        return Form(typed=typed, version=str(self.viewer.version))

    def show_account(
        self, form: Form, *, picture: Form | None = None, status: int = 200
    ) -> HttpResponseBase:
        """Show both forms."""
        zones = [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())]
        context = {"form": form, "picture": picture or Form(), "zones": zones}
        tabs = account_tabs("account")
        return self.show("account.html", tabs=tabs, status=status, **context)


class Account(AccountPage):
    """One's names, telephone and zone."""

    permissions: ClassVar[Mapping[str, str | None]] = OWN

    def get(self, _request: HttpRequest) -> HttpResponseBase:
        """Show the account."""
        return self.show_account(self.own_form())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Keep what was changed."""
        form = read_form(request.POST)
        if attempt(form, partial(self._keep, form)) is None:
            return self.show_account(form, status=400)
        return self.go(reverse("portal:account"), _("Your account is saved."))

    def _keep(self, form: Form) -> object:
        typed = {name: form.value(f"/{name}") for name in NAMES}
        return update_person(
            user_id=self.viewer.pk,
            changes=PersonChanges(**checked(MeIn, typed, partial=True)),
            expected_version=form.expected_version(),
            by=self.viewer.actor,
            at=self.at,
        )


class Password(Page):
    """A new password, which ends every sign-in."""

    permissions: ClassVar[Mapping[str, str | None]] = OWN
    allowed_when_suspended = True

    def get(self, _request: HttpRequest) -> HttpResponseBase:
        """Show the form."""
        return self.show("password.html", form=Form())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Replace the password, then lead to the door."""
        form = Form()
        typed = {name: request.POST.get(name, "") for name in ("old_password", "new_password")}
        if attempt(form, partial(self._change, typed)) is None:
            return self.show("password.html", form=form, status=400)
        leave(request, at=self.at)
        return self.go(reverse("portal:sign_in"), _("Your password is changed. Sign in with it."))

    def _change(self, typed: Mapping[str, str]) -> bool:
        """Change it; what is left empty counts as no attempt."""
        together = Gathering()
        for name, text in typed.items():
            with together.part():
                check_filled(text, at=f"/{name}")
        together.refuse()
        change_password(person=self.viewer, **typed, at=self.at)
        return True
