"""The life of an organization, step by step: each confirmed, with a reason, by its service."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.errors import DomainError, NotFound
from shared_apps.kernel.wording import worded
from shared_apps.organizations.selectors import get_organization
from shared_apps.organizations.services import (
    FirstOwner,
    NewOrganization,
    add_domain,
    ask_for_organization,
    close_organization,
    make_domain_primary,
    remove_domain,
    reopen_organization,
    resume_organization,
    retry_provisioning,
    suspend_organization,
)
from shared_apps.platform_admin.console.forms import FoundingForm, HostForm, ReasonForm
from shared_apps.platform_admin.console.site import (
    find_operator_sign_in,
    operator_of,
    show,
)
from shared_apps.platform_admin.console.words import Text

LIST = "/console/organizations/organization/"
RUNNING = ("trial", "active", "past_due")


class Act(NamedTuple):
    """A step: from which statuses, what it is called, what is said before it is taken."""

    name: str
    label: Text
    statuses: tuple[str, ...]
    warning: Text
    perform: Callable[..., object]
    is_dangerous: bool = False


ACTS = (
    Act(
        "suspend",
        gettext_lazy("Suspend"),
        RUNNING,
        gettext_lazy(
            "People can still sign in, read and export. Nothing can be changed any more, by "
            "anybody."
        ),
        suspend_organization,
        is_dangerous=True,
    ),
    Act(
        "resume",
        gettext_lazy("Reactivate"),
        ("suspended",),
        gettext_lazy("People can work again at once."),
        resume_organization,
    ),
    Act(
        "close",
        gettext_lazy("Close"),
        ("suspended",),
        gettext_lazy(
            "Its host answers nobody any more, and its jobs stop. The data stays: it can be "
            "reopened."
        ),
        close_organization,
        is_dangerous=True,
    ),
    Act(
        "reopen",
        gettext_lazy("Reopen"),
        ("closing",),
        gettext_lazy("It becomes a suspended organization again, which can be read."),
        reopen_organization,
    ),
    Act(
        "retry",
        gettext_lazy("Try again"),
        ("failed", "requested", "provisioning"),
        gettext_lazy("A worker goes on where the founding stopped."),
        retry_provisioning,
    ),
)


def acts_of(status: str) -> list[Act]:
    """Return the steps from a status."""
    return [act for act in ACTS if status in act.statuses]


def take_step(request: HttpRequest, pk: UUID, name: str) -> HttpResponseBase:
    """Ask for the reason of a step, and take it."""
    organization = get_organization(pk)
    act = next((act for act in acts_of(organization.status) if act.name == name), None)
    if act is None:
        raise NotFound("The organization is not where this step begins: look at its status.")
    form = form_of(request, ReasonForm)
    title = f"{act.label}: {organization.name}"
    if request.method == "POST" and form.is_valid():
        answer = attempt(
            request,
            form,
            lambda at: act.perform(
                organization_id=pk,
                by=operator_of(request).actor,
                at=at,
                reason=form.cleaned_data["reason"],
            ),
        )
        if answer:
            return done(request, worded("%(what)s: done.", what=act.label), _page_of(pk))
    asked = Asked(act.warning, act.label, _page_of(pk), is_dangerous=act.is_dangerous)
    return ask(request, form, title, asked)


def found(request: HttpRequest) -> HttpResponseBase:
    """Ask for a new organization; a worker founds it."""
    form = form_of(request, FoundingForm)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        new = NewOrganization(
            **{name: given[name] for name in ("slug", "name", "currency", "timezone")}
        )
        owner = FirstOwner(
            email=given["owner_email"],
            first_name=given["owner_first_name"],
            last_name=given["owner_last_name"],
        )
        by, reason = operator_of(request).actor, given["reason"]

        def found_it(at: datetime) -> Any:
            return ask_for_organization(new, owner=owner, by=by, at=at, reason=reason)

        if made := attempt(request, form, found_it):
            text = _("It is being founded; its owner gets an invitation by e-mail.")
            return done(request, text, _page_of(made.pk))
    text = _("Its owner is invited by e-mail once it answers, which takes seconds.")
    return ask(request, form, _("New organization"), Asked(text, _("Create it"), LIST))


def add_host(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Ask for a host name, and let the organization answer there."""
    organization = get_organization(pk)
    form = form_of(request, HostForm)
    if request.method == "POST" and form.is_valid():
        given, by = form.cleaned_data, operator_of(request).actor

        def add(at: datetime) -> Any:
            return add_domain(
                organization_id=pk, host=given["host"], by=by, at=at, reason=given["reason"]
            )

        if attempt(request, form, add):
            return done(
                request, worded("It answers at %(host)s.", host=given["host"]), _page_of(pk)
            )
    title = worded("Another host: %(name)s", name=organization.name)
    text = _("The organization answers there as soon as the name leads to this platform.")
    return ask(request, form, title, Asked(text, _("Add the host"), _page_of(pk)))


HOST_STEPS: dict[str, tuple[Text, Text, Callable[..., object]]] = {
    "primary": (
        gettext_lazy("Make primary"),
        gettext_lazy(
            "Links in e-mails lead there. Passkeys belong to a host: people need another factor "
            "there."
        ),
        make_domain_primary,
    ),
    "remove": (
        gettext_lazy("Remove"),
        gettext_lazy("Whoever comes by this host is not answered any more."),
        remove_domain,
    ),
}


def change_host(request: HttpRequest, pk: UUID, host: str, step: str) -> HttpResponseBase:
    """Ask for the reason of a change of a host, and make it."""
    organization = get_organization(pk)
    if step not in HOST_STEPS:
        raise NotFound
    label, warning, perform = HOST_STEPS[step]
    form = form_of(request, ReasonForm)
    if request.method == "POST" and form.is_valid():
        given, by = form.cleaned_data, operator_of(request).actor

        def change(at: datetime) -> bool:
            perform(organization_id=pk, host=host, by=by, at=at, reason=given["reason"])
            return True

        if attempt(request, form, change):
            return done(request, worded("%(what)s: done.", what=host), _page_of(pk))
    title = f"{label}: " + worded("%(host)s of %(name)s", host=host, name=organization.name)
    asked = Asked(warning, label, _page_of(pk), is_dangerous=step == "remove")
    return ask(request, form, title, asked)


def form_of(request: HttpRequest, kind: type[ReasonForm], **options: Any) -> Any:
    """Return a form for whoever sits at the console, with what was sent."""
    sign_in = find_operator_sign_in(request)
    if sign_in is None:
        raise NotFound
    sent = request.POST if request.method == "POST" else None
    return kind(sent, sign_in=sign_in, at=utc_now(), **options)


def attempt(request: HttpRequest, form: ReasonForm, work: Callable[[datetime], Any]) -> Any:
    """Return what a service makes of the form, True for nothing; None when it was refused."""
    try:
        made = work(form.at)
    except DomainError as refusal:
        form.refuse(refusal)
        return None
    return True if made is None else made


def done(request: HttpRequest, text: str, url: str) -> HttpResponse:
    """Lead to a page that says what was done."""
    messages.success(request, text)
    answer = HttpResponseRedirect(url)
    answer.status_code = 303
    return answer


class Asked(NamedTuple):
    """What stands around a form: what comes of it, its button, and where one came from."""

    text: Text
    button: Text
    back: str
    is_dangerous: bool = False


def ask(request: HttpRequest, form: ReasonForm, title: str, asked: Asked) -> HttpResponse:
    """Show a form of the console."""
    status = 400 if form.is_bound else 200
    return show(request, "ask.html", title, status=status, form=form, asked=asked)


def _page_of(pk: UUID) -> str:
    return reverse("admin:organizations_organization_change", args=[pk])
