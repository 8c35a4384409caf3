"""The page for people who forgot where they sign in."""

from functools import partial

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from shared_apps.kernel.errors import ValidationFailed
from shared_apps.platform_admin.finding import find_workspaces
from shared_apps.platform_admin.site.pages import SitePage
from shared_apps.web.pages.form import Form, attempt, read_form


class Find(SitePage):
    """Where an address signs in: told by e-mail only."""

    def get(self, _request: HttpRequest) -> HttpResponseBase:
        """Ask for the address."""
        return self.show("find.html", form=Form())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Have the list mailed; say the same whatever address it is."""
        form = read_form(request.POST)
        if attempt(form, partial(self._ask, form)) is None:
            return self.show("find.html", form=form, status=form.status)
        return self.show("find.html", is_done=True)

    def _ask(self, form: Form) -> bool:
        email = str(form.value("/email")).strip()
        try:
            validate_email(email)
        except ValidationError:
            raise ValidationFailed.at("/email", "Enter a valid e-mail address.") from None
        find_workspaces(email=email, at=self.at)
        return True
