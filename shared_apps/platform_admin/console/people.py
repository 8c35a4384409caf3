"""The operators themselves: who operates, and who no longer does."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shared_apps.kernel.errors import NotFound
from shared_apps.kernel.wording import worded
from shared_apps.platform_admin.console.forms import OperatorForm, OwnReasonForm
from shared_apps.platform_admin.console.life import Asked, ask, attempt, done, form_of
from shared_apps.platform_admin.console.site import operator_of, show
from shared_apps.platform_admin.operators import (
    operator_link,
    reactivate_operator,
    suspend_operator,
)
from tenant_apps.accounts.selectors import get_person
from tenant_apps.accounts.services import NewPerson, invite_operator

LIST = "/console/accounts/user/"


def add_operator(request: HttpRequest) -> HttpResponseBase:
    """Enter an operator and show the link to the first password, this once."""
    form = form_of(request, OperatorForm)
    if request.method == "POST" and form.is_valid():
        given, by = form.cleaned_data, operator_of(request).actor
        new = NewPerson(**{name: given[name] for name in ("email", "first_name", "last_name")})

        def invite(at: datetime) -> Any:
            return invite_operator(new=new, by=by, at=at, reason=given["reason"])

        if person := attempt(request, form, invite):
            link = operator_link(person)
            return show(request, "operator_link.html", person.full_name, link=link, back=LIST)
    text = _(
        "You get a link for this person, good for seven days and once. Hand it over in person."
    )
    return ask(request, form, _("New operator"), Asked(text, _("Make the link"), LIST))


OPERATOR_STEPS = {
    "suspend": (
        gettext_lazy("Suspend"),
        gettext_lazy("Every sign-in of this operator ends at once."),
        suspend_operator,
    ),
    "reactivate": (
        gettext_lazy("Reactivate"),
        gettext_lazy("This operator may sign in again."),
        reactivate_operator,
    ),
}


def change_operator(request: HttpRequest, pk: UUID, step: str) -> HttpResponseBase:
    """Ask for the reason, and suspend or reactivate an operator."""
    person = get_person(pk)
    if step not in OPERATOR_STEPS:
        raise NotFound
    label, warning, perform = OPERATOR_STEPS[step]
    form, back = form_of(request, OwnReasonForm), reverse("admin:accounts_user_change", args=[pk])
    if request.method == "POST" and form.is_valid():
        given, by = form.cleaned_data, operator_of(request)

        def change(at: datetime) -> Any:
            return perform(user_id=pk, by=by, at=at, reason=given["reason"])

        if attempt(request, form, change):
            return done(request, worded("%(what)s: done.", what=person.full_name), back)
    title = f"{label}: {person.full_name}"
    asked = Asked(warning, label, back, is_dangerous=step == "suspend")
    return ask(request, form, title, asked)
