"""The operators themselves: who operates, and who no longer does."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from shared_apps.kernel.errors import NotFound
from shared_apps.platform_admin.console.forms import OperatorForm, ReasonForm
from shared_apps.platform_admin.console.life import ask, attempt, done, form_of
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
    text = "You get a link for this person, good for seven days and once. Hand it over in person."
    return ask(request, form, "New operator", text=text, back=LIST, button="Make the link")


OPERATOR_STEPS = {
    "suspend": ("Suspend", "Every sign-in of this operator ends at once.", suspend_operator),
    "reactivate": ("Reactivate", "This operator may sign in again.", reactivate_operator),
}


def change_operator(request: HttpRequest, pk: UUID, step: str) -> HttpResponseBase:
    """Ask for the reason, and suspend or reactivate an operator."""
    person = get_person(pk)
    if step not in OPERATOR_STEPS:
        raise NotFound
    label, warning, perform = OPERATOR_STEPS[step]
    form, back = form_of(request, ReasonForm), reverse("admin:accounts_user_change", args=[pk])
    if request.method == "POST" and form.is_valid():
        given, by = form.cleaned_data, operator_of(request)

        def change(at: datetime) -> Any:
            return perform(user_id=pk, by=by, at=at, reason=given["reason"])

        if attempt(request, form, change):
            return done(request, f"{person.full_name}: done.", back)
    title = f"{label}: {person.full_name}"
    return ask(request, form, title, text=warning, back=back, button=label)
