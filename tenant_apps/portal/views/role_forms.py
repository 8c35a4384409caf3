"""Roles of the organization's own: made, changed, put away."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenant_apps.access import services
from tenant_apps.access.api.role_views import terms_of
from tenant_apps.access.api.serializers import RoleIn
from tenant_apps.access.role_matrix import EVERYDAY
from tenant_apps.access.selectors import get_role
from tenant_apps.portal.forms.form import Form, attempt, checked, read_form
from tenant_apps.portal.forms.once import once
from tenant_apps.portal.moves import Move
from tenant_apps.portal.pages import Page
from tenant_apps.portal.rights import areas_to_give, grants_of
from tenant_apps.portal.views.person import About

if TYPE_CHECKING:
    from tenant_apps.access.models import Role

MANAGE = "roles.manage"
ARCHIVE = Move(
    "archive",
    gettext_lazy("Put away"),
    "archive",
    gettext_lazy("Put this role away?"),
    gettext_lazy("It can no longer be given. Take it from everybody first."),
    "danger",
)


class RolePage(Page):
    """A page about a role of the organization's own."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": MANAGE, "post": MANAGE}
    room = "roles"

    def to(self, role: "Role") -> str:
        """Return the address of the role."""
        return reverse("portal:role", args=[role.code])

    def show_form(self, form: Form, role: "Role | None", status: int = 200) -> HttpResponseBase:
        """Show the form with the rights that the person can give."""
        areas = areas_to_give(self.viewer, EVERYDAY)
        return self.show("roles/form.html", status=status, form=form, role=role, areas=areas)


class NewRole(RolePage):
    """A new role of the organization's own."""

    def get(self, _request: HttpRequest) -> HttpResponseBase:
        """Show the form."""
        return self.show_form(Form(), None)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Make the role, once."""
        form = read_form(request.POST)
        make = partial(self._make, form)
        to = attempt(form, partial(once, request, form, actor=self.viewer.actor, work=make))
        if to is None:
            return self.show_form(form, None, status=400)
        return self.go(to, _("The role is there. Give it to people now."))

    def _make(self, form: Form) -> str:
        terms = terms_of(checked(RoleIn, role_body(form)))
        return self.to(services.create_role(terms=terms, by=self.viewer, at=self.at))


class EditRole(RolePage):
    """Change a role of the organization's own."""

    def get(self, _request: HttpRequest, code: str) -> HttpResponseBase:
        """Show the role as a form."""
        role = get_role(code)
        grants: dict[str, dict[str, str]] = {}
        for grant in role.grants.all():
            area, _dot, verb = grant.permission.partition(".")
            grants.setdefault(area, {})[verb] = grant.scope
        typed = {"name": role.name, "description": role.description, "grants": grants}
        return self.show_form(Form(typed=typed, version=str(role.version)), role)

    def post(self, request: HttpRequest, code: str) -> HttpResponseBase:
        """Keep what was changed; it works on everybody's next click."""
        role, form = get_role(code), read_form(request.POST)
        if attempt(form, partial(self._keep, form, role)) is None:
            return self.show_form(form, role, status=400)
        return self.go(self.to(role), _("The role is changed; it counts at once."))

    def _keep(self, form: Form, role: "Role") -> object:
        return services.change_role(
            code=role.code,
            terms=terms_of(checked(RoleIn, role_body(form), partial=True)),
            expected_version=form.expected_version(),
            by=self.viewer,
            at=self.at,
        )


class ArchiveRole(RolePage):
    """Put a role away that nobody has."""

    def get(self, _request: HttpRequest, code: str) -> HttpResponseBase:
        """Ask whether it is meant."""
        return self._ask(get_role(code), Form())

    def post(self, _request: HttpRequest, code: str) -> HttpResponseBase:
        """Put it away, or say why not."""
        role, form = get_role(code), Form()
        archive = partial(services.archive_role, code=role.code, by=self.viewer, at=self.at)
        if attempt(form, lambda: (archive(),)) is None:
            return self._ask(role, form, status=form.status)
        return self.go(reverse("portal:roles"), _("The role is put away."))

    def _ask(self, role: "Role", form: Form, status: int = 200) -> HttpResponseBase:
        about = About(role.name, role.description)
        return self.show(
            "move.html", status=status, step=ARCHIVE, form=form, back=self.to(role), about=about
        )


def role_body(form: Form) -> dict[str, Any]:
    """Return a role as the API reads it; a right without a scope is none."""
    return {
        "name": form.value("/name"),
        "description": form.value("/description"),
        "grants": grants_of(form),
    }
