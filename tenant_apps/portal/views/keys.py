"""Programs and their API keys: what each may do, from where, until when."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shared_apps.kernel.errors import NotFound
from shared_apps.web.references import parse_id
from tenant_apps.access import services
from tenant_apps.access.api.key_views import ApiKeyIn, RotationIn, ServiceAccountIn
from tenant_apps.access.role_matrix import FOR_KEYS
from tenant_apps.accounts.selectors import (
    get_api_key,
    get_service_account,
    list_api_keys,
    list_service_accounts,
)
from tenant_apps.accounts.services import (
    create_service_account,
    resume_service_account,
    suspend_service_account,
)
from tenant_apps.portal.forms.form import Form, attempt, checked, read_form
from tenant_apps.portal.forms.once import once
from tenant_apps.portal.listing import page_of
from tenant_apps.portal.moves import Move, find_move, reason_of
from tenant_apps.portal.pages import Page
from tenant_apps.portal.rights import areas_to_give, grants_of
from tenant_apps.portal.views.person import About

if TYPE_CHECKING:
    from tenant_apps.accounts.models import ApiKey

VIEW, MANAGE = "api_keys.view", "api_keys.manage"
READ: Mapping[str, str | None] = {"get": VIEW}
CHANGE: Mapping[str, str | None] = {"get": MANAGE, "post": MANAGE}
REVOKE = Move(
    "revoke",
    gettext_lazy("Revoke"),
    "key",
    gettext_lazy("Revoke this key?"),
    gettext_lazy("The next request with it is refused. This cannot be undone."),
    "danger",
)
PROGRAM_MOVES: Mapping[str, tuple[Move, ...]] = {
    "active": (
        Move(
            "suspend",
            gettext_lazy("Suspend"),
            "circle-pause",
            gettext_lazy("Suspend this program?"),
            gettext_lazy("All its keys stop working at once."),
            "danger",
            needs_reason=True,
            done=gettext_lazy("The program is suspended; its keys open nothing."),
        ),
    ),
    "suspended": (
        Move(
            "resume",
            gettext_lazy("Resume"),
            "circle-play",
            gettext_lazy("Let this program work again?"),
            gettext_lazy("Those of its keys that have not ended work again."),
            "primary",
            done=gettext_lazy("The program is resumed; its keys are good again."),
        ),
    ),
}
STEPS: Mapping[str, Any] = {"suspend": suspend_service_account, "resume": resume_service_account}


class KeyRow(NamedTuple):
    """A key of the list, and where it stands: open, revoked or ended."""

    key: "ApiKey"
    state: str


class KeyList(Page):
    """The programs and their keys."""

    permissions: ClassVar[Mapping[str, str | None]] = READ
    room = "keys"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show them."""
        shown = page_of(list_api_keys(), request)
        return self.show(
            "keys/list.html",
            programs=[(each, PROGRAM_MOVES[each.status]) for each in list_service_accounts()],
            shown=shown,
            rows=[KeyRow(key, self._state(key)) for key in shown.rows],
            may_manage=self.may(MANAGE) and self.is_writable,
        )

    def _state(self, key: "ApiKey") -> str:
        if key.revoked_at is not None:
            return "revoked"
        return "open" if key.is_open(self.at) else "ended"


class NewProgram(Page):
    """A new program."""

    permissions: ClassVar[Mapping[str, str | None]] = CHANGE
    room = "keys"

    def get(self, _request: HttpRequest) -> HttpResponseBase:
        """Show the form."""
        return self.show("keys/program.html", form=Form())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Enter the program, once; then it needs a key."""
        form = read_form(request.POST)
        make = partial(self._make, form)
        to = attempt(form, partial(once, request, form, actor=self.viewer.actor, work=make))
        if to is None:
            return self.show("keys/program.html", form=form, status=400)
        return self.go(to, _("The program is entered. Issue its first key now."))

    def _make(self, form: Form) -> str:
        name = checked(ServiceAccountIn, {"name": form.value("/name")})["name"]
        account = create_service_account(name=name, by=self.viewer.actor, at=self.at)
        return f"{reverse('portal:key_new')}?program={account.pk}"


class NewKey(Page):
    """A new key, whose text is shown once."""

    permissions: ClassVar[Mapping[str, str | None]] = CHANGE
    room = "keys"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show the form."""
        typed = {"service_account": request.GET.get("program", ""), "days": "90"}
        return self._show(Form(typed=typed))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Issue the key and show it; nothing that was shown is kept."""
        form = read_form(request.POST)
        issued = attempt(form, partial(self._issue, form))
        if issued is None:
            return self._show(form, status=400)
        return self.show("keys/issued.html", key=issued.key, text=issued.text)

    def _issue(self, form: Form) -> Any:
        given = checked(ApiKeyIn, key_body(form))
        grants = {grant["permission"]: grant["scope"] for grant in given.pop("grants")}
        networks = tuple(given.pop("networks"))
        terms = services.KeyTerms(grants=grants, networks=networks, **given)
        return services.issue_api_key(terms=terms, by=self.viewer, at=self.at)

    def _show(self, form: Form, status: int = 200) -> HttpResponseBase:
        programs = list_service_accounts().filter(status="active")
        return self.show(
            "keys/form.html",
            status=status,
            form=form,
            programs=[(str(each.pk), each.full_name) for each in programs],
            areas=areas_to_give(self.viewer, FOR_KEYS),
        )


class RotateKey(Page):
    """The key that takes over from another one."""

    permissions: ClassVar[Mapping[str, str | None]] = CHANGE
    room = "keys"

    def get(self, _request: HttpRequest, key: str) -> HttpResponseBase:
        """Ask how long the old key goes on."""
        found = get_api_key(parse_id(key))
        return self.show("keys/rotate.html", key=found, form=Form(typed={"overlap_hours": "24"}))

    def post(self, request: HttpRequest, key: str) -> HttpResponseBase:
        """Issue the new key and show it once."""
        found, form = get_api_key(parse_id(key)), read_form(request.POST)
        issued = attempt(form, partial(self._rotate, form, found))
        if issued is None:
            return self.show("keys/rotate.html", key=found, form=form, status=400)
        return self.show("keys/issued.html", key=issued.key, text=issued.text)

    def _rotate(self, form: Form, key: "ApiKey") -> Any:
        hours = checked(RotationIn, {"overlap_hours": form.value("/overlap_hours")})
        overlap = timedelta(hours=hours["overlap_hours"])
        return services.rotate_api_key(key_id=key.pk, overlap=overlap, by=self.viewer, at=self.at)


class RevokeKey(Page):
    """End a key."""

    permissions: ClassVar[Mapping[str, str | None]] = CHANGE
    room = "keys"

    def get(self, _request: HttpRequest, key: str) -> HttpResponseBase:
        """Ask whether it is meant."""
        found = get_api_key(parse_id(key))
        about = About(found.service_account.full_name, found.name)
        back = reverse("portal:keys")
        return self.show("move.html", step=REVOKE, form=Form(), back=back, about=about)

    def post(self, _request: HttpRequest, key: str) -> HttpResponseBase:
        """Revoke it."""
        services.revoke_api_key(key_id=parse_id(key), by=self.viewer, at=self.at)
        return self.go(reverse("portal:keys"), _("The key is revoked."))


class ProgramMove(Page):
    """A step with a program: asked first, then taken."""

    permissions: ClassVar[Mapping[str, str | None]] = CHANGE
    room = "keys"

    def get(self, _request: HttpRequest, program: str, move: str) -> HttpResponseBase:
        """Ask whether it is meant."""
        return self._ask(program, find_step(move), Form())

    def post(self, request: HttpRequest, program: str, move: str) -> HttpResponseBase:
        """Take the step, or say why not."""
        found, step = get_service_account(parse_id(program)), find_step(move)
        form = read_form(request.POST)
        act = partial(STEPS[move], user_id=found.pk, by=self.viewer.actor, at=self.at)
        if attempt(form, lambda: (act(**reason_of(step, form)),)) is None:
            return self._ask(program, step, form, status=form.status)
        return self.go(reverse("portal:keys"), str(step.done))

    def _ask(self, program: str, step: Move, form: Form, status: int = 200) -> HttpResponseBase:
        found = get_service_account(parse_id(program))
        about, back = About(found.full_name, ""), reverse("portal:keys")
        return self.show("move.html", status=status, step=step, form=form, back=back, about=about)


def find_step(name: str) -> Move:
    """Return the step of this name. Raises: NotFound."""
    move = find_move(PROGRAM_MOVES, name)
    if move is None:
        raise NotFound
    return move


def key_body(form: Form) -> dict[str, Any]:
    """Return a key as the API reads it; networks stand one in a line."""
    return {
        "service_account": form.value("/service_account"),
        "name": form.value("/name"),
        "grants": grants_of(form),
        "networks": str(form.value("/networks")).split(),
        "days": form.value("/days"),
    }
