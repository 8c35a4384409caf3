"""The first visit: an invited person chooses the password and passes the door with it."""

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from shared_apps.web.pages.form import Form, attempt, read_form
from tenant_apps.accounts.browser_door import enter
from tenant_apps.accounts.selectors import get_person
from tenant_apps.accounts.services import accept_invitation, find_invited
from tenant_apps.accounts.tokens import InvitationToken, read_token
from tenant_apps.portal.newcomers import keep_language
from tenant_apps.portal.views.sign_in import DoorPage

if TYPE_CHECKING:
    from tenant_apps.accounts.services import Admission


class Welcome(DoorPage):
    """Where the link of a founder or an operator leads."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Ask for the first password; a link that is none says so."""
        token = request.GET.get("token", "")
        if find_invited(token) is None:
            return self._refuse_link()
        return self._ask(Form(typed={"token": token}))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Keep the password, then come to the door with it."""
        form = read_form(request.POST)
        password = str(request.POST.get("password", ""))
        form.typed.pop("password", None)
        admission = attempt(form, partial(self._come, str(form.value("/token")), password))
        if admission is None and form.status == HTTPStatus.UNAUTHORIZED:
            return self._refuse_link()
        if admission is None:
            return self._ask(form, status=400)
        return self.next_step(admission, form)

    def _refuse_link(self) -> HttpResponseBase:
        status = HTTPStatus.UNAUTHORIZED
        return self.show("links/worthless.html", is_invitation=True, status=status)

    def _come(self, token: str, password: str) -> "Admission":
        person = accept_invitation(token=token, password=password, at=self.at)
        keep_language(person, at=self.at)
        return enter(self.request, email=person.email, password=password, at=self.at)

    def _ask(self, form: Form, *, status: int = 200) -> HttpResponseBase:
        person = get_person(read_token(InvitationToken, str(form.value("/token")))["sub"])
        return self.show("welcome.html", form=form, person=person, status=status)
