"""The providers that the organization signs in with: entered, tested, enabled, removed."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shared_apps.kernel.errors import NotFound
from shared_apps.organizations.api.views import MANAGE, VIEW
from shared_apps.web.references import parse_id
from tenant_apps.access.selectors import OWNER, list_roles
from tenant_apps.portal.forms.form import Form, attempt, checked, read_form
from tenant_apps.portal.moves import Move
from tenant_apps.portal.pages import Page
from tenant_apps.portal.views.person import About
from tenant_apps.portal.views.settings import settings_tabs
from tenant_apps.portal.wording import role_label
from tenant_apps.sso.api.serializers import ConnectionChangeIn, ConnectionIn
from tenant_apps.sso.selectors import get_connection, list_connections
from tenant_apps.sso.services import (
    ConnectionChanges,
    NewConnection,
    change_connection,
    create_connection,
    disable_connection,
    enable_connection,
    remove_connection,
    test_connection,
)
from tenant_apps.sso.services.sign_in import callback_url

if TYPE_CHECKING:
    from tenant_apps.sso.models import Connection

CHANGE: Mapping[str, str | None] = {"get": MANAGE, "post": MANAGE}
POST = frozenset({"post"})
# asked before the form, so that a secret which was typed is not sent a second time
GET_AND_POST = frozenset({"get", "post"})
# the secret is written and never shown, not even to whoever just typed it
WRITE_ONLY = "client_secret"
TEXTS = ("name", "issuer", "client_id", "default_role")
MOVES: Mapping[str, Move] = {
    move.name: move
    for move in (
        Move(
            "enable",
            gettext_lazy("Enable"),
            "circle-play",
            gettext_lazy("Let people sign in with this provider?"),
            gettext_lazy(
                "It is asked once more first. Its button then stands on the sign-in page."
            ),
            "primary",
            done=gettext_lazy("The provider is enabled; people can sign in with it."),
        ),
        Move(
            "disable",
            gettext_lazy("Disable"),
            "circle-pause",
            gettext_lazy("Disable this provider?"),
            gettext_lazy(
                "Nobody comes through it any more, it is required of nobody, and whoever is on the"
                " way is turned back. People sign in with their password."
            ),
            "danger",
            done=gettext_lazy("The provider is disabled; nobody signs in with it."),
        ),
        Move(
            "remove",
            gettext_lazy("Remove"),
            "trash-2",
            gettext_lazy("Remove this provider?"),
            gettext_lazy("Its settings and its secret are forgotten. It can be entered again."),
            "danger",
            done=gettext_lazy("The provider is removed."),
        ),
    )
}
STEPS: Mapping[str, Any] = {
    "enable": enable_connection,
    "disable": disable_connection,
    "remove": remove_connection,
}


class ConnectionRow(NamedTuple):
    """A provider of the list: where it stands, and the steps from there."""

    connection: "Connection"
    state: str
    role: str
    moves: tuple[Move, ...]


class ConnectionList(Page):
    """The providers, and the address that they must be told."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": VIEW}
    room = "settings"

    def get(self, _request: HttpRequest) -> HttpResponseBase:
        """Show them."""
        roles = {role.code: role.name for role in list_roles()}
        return self.show(
            "settings/sso.html",
            parts=settings_tabs(self, "sso"),
            rows=[row_of(each, roles) for each in list_connections()],
            callback_url=callback_url(),
            may_change=self.may(MANAGE) and self.is_writable,
        )


class NewConnectionPage(Page):
    """A new provider."""

    permissions: ClassVar[Mapping[str, str | None]] = CHANGE
    confirmed: ClassVar[frozenset[str]] = GET_AND_POST
    room = "settings"

    def get(self, _request: HttpRequest) -> HttpResponseBase:
        """Show the form."""
        domain = self.viewer.email.partition("@")[2]
        return self._show(Form(typed={"allowed_domains": domain}))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Ask the provider who it is, and keep it, disabled."""
        form = read_form(request.POST)
        secret = str(form.typed.pop(WRITE_ONLY, ""))
        if attempt(form, partial(self._make, form, secret)) is None:
            return self._show(form, status=400)
        return self.go(
            reverse("portal:sso"), _("The provider is entered. Test it, then enable it.")
        )

    def _make(self, form: Form, secret: str) -> object:
        body = {**connection_body(form), "code": form.value("/code"), WRITE_ONLY: secret}
        new = NewConnection(**checked(ConnectionIn, body))
        return create_connection(new=new, by=self.viewer, at=self.at)

    def _show(self, form: Form, status: int = 200) -> HttpResponseBase:
        return show_form(self, form, None, status=status)


class EditConnection(Page):
    """Another name, issuer, client or role, and whether everybody must come through it."""

    is_read = True
    permissions: ClassVar[Mapping[str, str | None]] = CHANGE
    confirmed: ClassVar[frozenset[str]] = GET_AND_POST
    room = "settings"

    def get(self, _request: HttpRequest, connection: str) -> HttpResponseBase:
        """Show the provider as a form, without its secret."""
        found = get_connection(parse_id(connection))
        typed: dict[str, Any] = {name: getattr(found, name) for name in TEXTS}
        typed["allowed_domains"] = "\n".join(found.allowed_domains)
        typed["is_required"] = "true" if found.is_required else ""
        return show_form(self, Form(typed=typed, version=str(found.version)), found)

    def post(self, request: HttpRequest, connection: str) -> HttpResponseBase:
        """Keep what was changed; a new issuer is asked who it is."""
        found, form = get_connection(parse_id(connection)), read_form(request.POST)
        secret = str(form.typed.pop(WRITE_ONLY, ""))
        if attempt(form, partial(self._keep, form, found, secret)) is None:
            return show_form(self, form, found, status=400)
        return self.go(reverse("portal:sso"), _("The provider is saved."))

    def _keep(self, form: Form, connection: "Connection", secret: str) -> object:
        body = connection_body(form)
        if body["issuer"] == connection.issuer:
            del body["issuer"]
        if secret:
            body[WRITE_ONLY] = secret
        if connection.is_enabled:
            body["is_required"] = bool(form.value("/is_required"))
        return change_connection(
            connection_id=connection.pk,
            changes=ConnectionChanges(**checked(ConnectionChangeIn, body, partial=True)),
            expected_version=form.expected_version(),
            by=self.viewer,
            at=self.at,
        )


class TestConnection(Page):
    """Ask a provider whether it can be used."""

    permissions: ClassVar[Mapping[str, str | None]] = {"post": MANAGE}
    confirmed: ClassVar[frozenset[str]] = POST
    room = "settings"

    def post(self, _request: HttpRequest, connection: str) -> HttpResponseBase:
        """Ask it, and say what was found."""
        found = test_connection(connection_id=parse_id(connection), by=self.viewer, at=self.at)
        to = reverse("portal:sso")
        if not found.is_ok:
            return self.go(to, found.problem, tone="bad")
        said = ngettext(
            "The provider answers, with %(n)s key to sign with.",
            "The provider answers, with %(n)s keys to sign with.",
            found.keys,
        )
        return self.go(to, said % {"n": found.keys})


class ConnectionMove(Page):
    """A step with a provider: asked first, then taken."""

    permissions: ClassVar[Mapping[str, str | None]] = CHANGE
    confirmed: ClassVar[frozenset[str]] = POST
    room = "settings"

    def get(self, _request: HttpRequest, connection: str, move: str) -> HttpResponseBase:
        """Ask whether it is meant."""
        return self._ask(get_connection(parse_id(connection)), find_step(move), Form())

    def post(self, _request: HttpRequest, connection: str, move: str) -> HttpResponseBase:
        """Take the step, or say why not."""
        found, step, form = get_connection(parse_id(connection)), find_step(move), Form()
        act = partial(STEPS[move], connection_id=found.pk, by=self.viewer, at=self.at)
        if attempt(form, lambda: (act(),)) is None:
            return self._ask(found, step, form, status=form.status)
        return self.go(reverse("portal:sso"), str(step.done))

    def _ask(
        self, connection: "Connection", step: Move, form: Form, status: int = 200
    ) -> HttpResponseBase:
        context = {"about": About(_("Single sign-on"), connection.name), "step": step, "form": form}
        back = reverse("portal:sso")
        return self.show("move.html", status=status, back=back, **context)


def find_step(name: str) -> Move:
    """Return the step of this name. Raises: NotFound."""
    if name not in MOVES:
        raise NotFound
    return MOVES[name]


def row_of(connection: "Connection", roles: Mapping[str, str]) -> ConnectionRow:
    """Return a provider with where it stands."""
    name = roles.get(connection.default_role, "")
    state = "required" if connection.is_required else "enabled"
    names = ("disable",) if connection.is_enabled else ("enable", "remove")
    return ConnectionRow(
        connection,
        state if connection.is_enabled else "disabled",
        str(role_label(connection.default_role, name)) if name else "",
        tuple(MOVES[name] for name in names),
    )


def connection_body(form: Form) -> dict[str, Any]:
    """Return a provider as the API reads it; domains stand one in a line."""
    texts = {name: form.value(f"/{name}") for name in TEXTS}
    return {**texts, "allowed_domains": str(form.value("/allowed_domains")).split()}


def show_form(
    page: Page, form: Form, connection: "Connection | None", *, status: int = 200
) -> HttpResponseBase:
    """Answer with the form of a provider, a new one without `connection`."""
    roles = [role for role in list_roles() if role.code != OWNER]
    return page.show(
        "settings/sso_form.html",
        status=status,
        form=form,
        connection=connection,
        callback_url=callback_url(),
        roles=[(role.code, role_label(role.code, role.name)) for role in roles],
    )
