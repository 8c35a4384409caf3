"""People: the list, the invitation."""

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from tenant_apps.access.api.serializers import InvitationIn
from tenant_apps.access.selectors import list_people_with_roles, list_roles
from tenant_apps.access.services import NewInvitation, invite_with_roles
from tenant_apps.accounts.selectors import list_mfa_resets
from tenant_apps.accounts.services import NewPerson
from tenant_apps.portal.forms.form import Form, attempt, read_form, read_typed, without_blanks
from tenant_apps.portal.forms.once import once
from tenant_apps.portal.listing import page_of
from tenant_apps.portal.newcomers import language_at_work
from tenant_apps.portal.pages import Page
from tenant_apps.portal.staff import role_choices, staff_rows
from tenant_apps.portal.wording import choices_of
from tenant_apps.teams.selectors import list_teams

VIEW, MANAGE = "people.view", "people.manage"
STATES = frozenset(value for value, _label in choices_of("person"))
NAMES = ("email", "first_name", "last_name", "phone")


class PeopleList(Page):
    """The people of the organization."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": VIEW}
    room = "people"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show a page of the people, filtered by what was asked for."""
        roles = [(role.code, role.name) for role in list_roles()]
        asked = {name: request.GET.get(name, "").strip()[:200] for name in ("q", "status", "role")}
        people = list_people_with_roles(
            search=asked["q"],
            status=asked["status"] if asked["status"] in STATES else "",
            role=asked["role"] if asked["role"] in dict(roles) else "",
        )
        shown = page_of(people, request)
        may_manage = self.may(MANAGE)
        return self.show(
            "people/list.html",
            shown=shown,
            rows=staff_rows(shown.rows, on=self.today),
            states=choices_of("person"),
            roles=roles,
            is_filtered=any(asked.values()),
            resets=list_mfa_resets(status="pending")[:20] if may_manage else (),
            may_invite=may_manage and self.is_writable,
        )


class Invite(Page):
    """An invitation."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": MANAGE, "post": MANAGE}
    room = "people"

    def admit(self, method: str) -> None:
        """Let the person in; an invitation that gives roles asks who it is, as roles do.

        Raises: as Page.
        """
        super().admit(method)
        gives_roles = method == "post" and ticked(read_form(self.request.POST), "/roles")
        if gives_roles and self.may("roles.manage"):
            self.confirm()

    def get(self, _request: HttpRequest) -> HttpResponseBase:
        """Show the form."""
        return self._show(Form())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Invite the person, once."""
        form = read_form(request.POST)
        make = partial(self._invite, form)
        to = attempt(form, partial(once, request, form, actor=self.viewer.actor, work=make))
        if to is None:
            return self._show(form, status=400)
        return self.go(to, _("The invitation is on its way. The link is good for seven days."))

    def _invite(self, form: Form) -> str:
        read = read_typed(InvitationIn, invitation_body(form))
        values = {"email": "", **read.values}
        wanted = {name: tuple(values.pop(name, ())) for name in ("roles", "teams")}
        new = NewPerson(**values, locale=language_at_work())
        invite = partial(
            invite_with_roles,
            invitation=NewInvitation(person=new, **wanted),
            by=self.viewer,
            at=self.at,
            so_far=read.together,
        )
        person = read.carry_out(invite)
        return reverse("portal:person", args=[person.pk])

    def _show(self, form: Form, status: int = 200) -> HttpResponseBase:
        may_give, may_place = self.may("roles.manage"), self.may("teams.manage")
        return self.show(
            "people/invite.html",
            status=status,
            form=form,
            roles=role_choices(self.viewer) if may_give else (),
            teams=list_teams() if may_place else (),
        )


def invitation_body(form: Form) -> dict[str, Any]:
    """Return an invitation as the API reads it."""
    typed = without_blanks({name: form.value(f"/{name}") for name in NAMES})
    return {**typed, "roles": ticked(form, "/roles"), "teams": ticked(form, "/teams")}


def ticked(form: Form, pointer: str) -> list[str]:
    """Return the names of the boxes of a group that are ticked."""
    boxes = form.value(pointer)
    return [name for name, value in boxes.items() if value] if isinstance(boxes, dict) else []
