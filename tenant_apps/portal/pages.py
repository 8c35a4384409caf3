"""What every page stands on: who may see it, in which language, under which policy."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cached_property, partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.errors import DomainError, NotFound, PermissionRefused
from shared_apps.organizations.selectors import local_day_of
from shared_apps.tenancy.context import current_tenant, is_platform
from shared_apps.web.errors import NotSignedIn, OrganizationSuspended
from shared_apps.web.pages import flash
from shared_apps.web.pages.form import MARKS, Form, attempt, say_when
from shared_apps.web.pages.language import language_of
from shared_apps.web.pages.page import SignInFirst, WebPage, harden
from shared_apps.web.pages.sending import made_for
from tenant_apps.access.impersonation import refuse_impersonation
from tenant_apps.access.role_matrix import CONFIRMED
from tenant_apps.access.scopes import granted_permissions, read_grants
from tenant_apps.accounts.browser_sessions import session_sign_in
from tenant_apps.accounts.selectors import list_second_factors
from tenant_apps.accounts.services import StepUpRequired, require_recent_proof, step_up
from tenant_apps.portal.addresses import where_to
from tenant_apps.portal.forms.proofs import confirming_evidence, sent_before
from tenant_apps.portal.shell import bare_shell_of, shell_of
from tenant_apps.portal.ways_back import find_way_back

if TYPE_CHECKING:
    from tenant_apps.accounts.models import SignIn, User

UNDECLARED = object()
# parts of names of controls that are never shown again
SECRETS = ("password", "code", "credential", "ceremony", "challenge", "token", "secret")
STILL_HERE = gettext_noop(
    "What you typed is still here. Sign in in a new tab, then come back and send it again."
)
NOT_SAVED = gettext_noop("Nothing was saved. Sign in, then open the form again and send it.")


class Page(WebPage):
    """A page of the organization: declares per method the permission that it asks for.

    `permissions` is read like that of the API's views: None means any signed-in person, and a
    method that declares nothing is refused. The refusals of services become a page that says why.
    The pages of the door answer on the platform's host as well, for its operators.
    What the API wants confirmed is confirmed here: changes under the permissions of CONFIRMED, and
    the methods that a page lists in `confirmed`. A page that is opened by the permission of its
    form is closed while the organization is suspended, unless it is there to be read as well.
    """

    permissions: ClassVar[Mapping[str, str | None]] = {}
    confirmed: ClassVar[frozenset[str]] = frozenset()
    is_public: ClassVar[bool] = False
    allowed_when_impersonated: ClassVar[bool] = False
    is_read: ClassVar[bool] = False
    room: ClassVar[str] = ""

    @cached_property
    def today(self) -> date:
        """The organization's day."""
        return local_day_of(self.at)

    @cached_property
    def local_time(self) -> datetime:
        """The instant in the organization's zone."""
        return timezone.localtime(self.at)

    @property
    def zone(self) -> str:
        """Return the organization's zone."""
        return "UTC" if is_platform() else current_tenant().timezone

    @property
    def is_writable(self) -> bool:
        """Return whether the organization may be changed: a suspended one is only read."""
        return is_platform() or current_tenant().is_writable

    @property
    def viewer(self) -> "User":
        """The person who looks."""
        return cast("User", self.request.user)

    @cached_property
    def sign_in(self) -> "SignIn":
        """The open sign-in that the request came with. Raises: SignInFirst."""
        found = session_sign_in(self.request, at=self.at)
        if found is None:
            raise SignInFirst
        return found

    def may(self, permission: str) -> bool:
        """Return whether the person holds the permission at any scope."""
        return permission in granted_permissions(self.viewer)

    def show(self, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
        """Answer with a page of the portal; a form that came too often says when to come again."""
        shell = shell_of(self.request, room=self.room)
        found = flash.find(self.request)
        values = {"shell": shell, "flash": found, "page": self, "at": self.at, **context}
        response = render(self.request, f"portal/{template}", values, status=status)
        say_when(response, context.get("form"))
        return response

    def allowed_methods(self) -> list[str]:
        """Return what the page declares."""
        return [name.upper() for name in self.permissions]

    def admit(self, method: str) -> None:
        """Let the person in, or not.

        Raises: SignInFirst, PersonChanged, PermissionRefused, ProofNeeded.
        """
        if self.is_public:
            return
        person = self._person()
        person.granted = read_grants(person)
        permission = self.permissions.get("get" if method == "head" else method, UNDECLARED)
        refuse_impersonation(person, permission, method, is_allowed=self.allowed_when_impersonated)
        if permission is not None and permission not in person.granted:
            raise PermissionRefused
        if self._is_only_for_changes(permission) and not self.is_writable:
            raise OrganizationSuspended
        is_change = method == "post" and str(permission).startswith(CONFIRMED)
        if is_change or method in self.confirmed:
            self.confirm()

    def _is_only_for_changes(self, permission: object) -> bool:
        """Return whether what opens the page is what its form takes: there is nothing to read."""
        return bool(permission) and permission == self.permissions.get("post") and not self.is_read

    def _person(self) -> "User":
        """Return who is signed in, and opened the page that a form came from.

        Raises: SignInFirst, PersonChanged.
        """
        person = self.request.user
        if not person.is_authenticated:
            raise SignInFirst
        if made_for(self.request) not in ("", str(person.pk)):
            raise PersonChanged
        if is_platform() and not self.sign_in.has_second_factor:
            raise SignInFirst
        return person

    def _refuse(self, error: Exception) -> HttpResponseBase:
        if isinstance(error, ProofNeeded):
            return self._ask_who_it_is(error.form)
        return super()._refuse(error)

    def confirm(self) -> None:
        """Take the proof that came along; without a recent one ask for it. Raises: ProofNeeded."""
        form = Form()
        evidence = attempt(form, lambda: (confirming_evidence(self.request.POST),))
        if evidence and evidence[0]:
            prove = partial(step_up, sign_in=self.sign_in, evidence=evidence[0], at=self.at)
            attempt(form, prove)
        if form.is_refused:
            raise ProofNeeded(form)
        try:
            require_recent_proof(self.sign_in, at=self.at)
        except StepUpRequired:
            raise ProofNeeded(form) from None

    def _ask_who_it_is(self, form: Form) -> HttpResponse:
        """Ask for a proof; what was to be done goes along, and is done with it."""
        path = self.request.get_full_path()
        if self.request.method != "POST":
            url = reverse("portal:confirm")
            return HttpResponseRedirect(f"{url}?{urlencode({'next': path})}")
        again = sent_before(self.request.POST)
        return self.show_confirmation(form, action=path, again=again, status=403)

    def show_confirmation(
        self, form: Form, *, action: str, again: Sequence[tuple[str, str]], status: int = 200
    ) -> HttpResponse:
        """Show the question who it is, in the ways that the person can answer it."""
        ways = list_second_factors(self.viewer.pk)
        back = where_to(self.request, self.request.headers.get("Referer", ""))
        context = {"form": form, "action": action, "again": again, "ways": ways, "back": back}
        return self.show("confirm.html", status=status, **context)

    def lead_to_sign_in(self) -> HttpResponse:
        """Lead to the sign-in page; whoever has just sent something hears that it was not saved."""
        typed = sent_before(self.request.POST)
        if made_for(self.request) or typed:
            return signed_out_page(self.request, at=self.at, typed=typed)
        return lead_to_sign_in(self.request)

    def show_refusal(self, refusal: DomainError) -> HttpResponse:
        """Answer with a page of the portal that says why not."""
        is_question = self.request.method == "GET" and refusal.status == HTTPStatus.CONFLICT
        title = _("This is not possible now") if is_question else ""
        return error_page(self.request, refusal, at=self.at, title=title)


class ProofNeeded(Exception):
    """Who it is must be proved again; the form says what was wrong with the proof that came."""

    def __init__(self, form: Form) -> None:
        super().__init__()
        self.form = form


class PersonChanged(DomainError):
    """Another person signed in between the form's page and its sending: nobody acts as another."""

    code = "person_changed"
    status = 409
    message = (
        "Somebody else signed in with this browser since this page was opened, so nothing was sent"
        " in their name. Sign in as before and send it again, or reload the page."
    )


class NoSuchPage(Page):
    """Every address that no room has: nobody needs to sign in to hear it."""

    is_public = True
    permissions: ClassVar[Mapping[str, str | None]] = {"get": None, "post": None}

    def get(self, _request: HttpRequest, path: str = "") -> HttpResponse:
        """Say that there is nothing here."""
        raise NotFound

    post = get


def lead_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to the sign-in page, and back afterwards when it was a page that was asked for."""
    url = reverse("portal:sign_in")
    if request.method == "GET" and request.path != "/":
        url = f"{url}?{urlencode({'next': request.get_full_path()})}"
    return HttpResponseRedirect(url)


def is_signed_out(request: HttpRequest) -> bool:
    """Return whether a page of the portal was asked for that nobody is signed in for."""
    match = request.resolver_match
    view = getattr(match.func, "view_class", None) if match else None
    is_guarded = isinstance(view, type) and issubclass(view, Page) and not view.is_public
    return is_guarded and not request.user.is_authenticated


def signed_out_page(
    request: HttpRequest, *, at: datetime, typed: Sequence[tuple[str, str]] = ()
) -> HttpResponse:
    """Say that nobody is signed in any more; without the script, show what was typed."""
    stays = bool(made_for(request))
    text = STILL_HERE if stays else NOT_SAVED
    copy = "" if stays else _to_copy(typed)
    return error_page(request, NotSignedIn(text), at=at, copy=copy, asks_to_sign_in=True)


def _to_copy(typed: Sequence[tuple[str, str]]) -> str:
    """Return the texts of a form, without its secrets and its marks."""
    return "\n".join(
        value
        for name, value in typed
        if value.strip() and name not in MARKS and not any(each in name for each in SECRETS)
    )


def error_page(
    request: HttpRequest, refusal: DomainError, *, at: datetime, title: str = "", **more: Any
) -> HttpResponse:
    """Answer with a page that says why not, what to do next, and leads back."""
    shell = shell_of(request, room="") if refusal.status < 500 else bare_shell_of(request)
    title = title or _heading(refusal.status)
    way_back = find_way_back(request) if shell.person else None
    values = {"shell": shell, "refusal": refusal, "title": title, "at": at, "way_back": way_back}
    values |= more
    response = render(request, "portal/error.html", values, status=refusal.status)
    for name, value in refusal.headers.items():
        response[name] = value
    return response


def refusal_page(
    request: HttpRequest, refusal: DomainError, *, title: str = ""
) -> HttpResponseBase:
    """Answer a refusal from outside a view (middleware, Django's own error pages)."""
    with translation.override(language_of(request)):
        return harden(error_page(request, refusal, at=utc_now(), title=title))


def _heading(status: int) -> str:
    headings = {
        401: _("You are signed out"),
        403: _("This is not open to you"),
        404: _("There is nothing here"),
        413: _("That is too large"),
        423: _("This organization is suspended"),
        429: _("Too many requests"),
        503: _("We will be back in a moment"),
    }
    fallback = _("Something went wrong") if status >= 500 else _("That did not work")
    return headings.get(status, fallback)
