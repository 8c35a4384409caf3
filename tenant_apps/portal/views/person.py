"""One person: who they are, what they may do, where they are signed in, what happened."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from shared_apps.audit.selectors import EventFilters, list_events
from shared_apps.kernel.errors import NotFound
from shared_apps.web.references import parse_id
from tenant_apps.access import services
from tenant_apps.access.api.security_views import MfaResetIn
from tenant_apps.access.api.serializers import PersonIn, RolesIn
from tenant_apps.access.selectors import get_person_with_roles, grants_of_person
from tenant_apps.access.sign_in_policy import second_factor_grace
from tenant_apps.accounts.selectors import (
    get_mfa_reset,
    list_mfa_resets,
    list_open_sign_ins,
    read_mfa_status,
)
from tenant_apps.accounts.services import PersonChanges, WrongStatus
from tenant_apps.portal.forms.form import Form, attempt, checked, read_form
from tenant_apps.portal.history import told
from tenant_apps.portal.moves import Move, find_move, reason_of
from tenant_apps.portal.pages import Page
from tenant_apps.portal.person_moves import PERSON_MOVES, RESET, moves_of_person
from tenant_apps.portal.staff import find_invitation, holds_more, role_choices, roles_held
from tenant_apps.portal.views.people import MANAGE, VIEW, ticked
from tenant_apps.teams.selectors import memberships_of

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

NAMES = ("first_name", "last_name", "phone")
LAST_EVENTS, LAST_SIGN_INS = 12, 20


class About(NamedTuple):
    """What a question is about: the link back, and a line below the heading."""

    code: str
    text: str

    def __str__(self) -> str:
        return self.text


class PersonPage(Page):
    """A page about one person."""

    room = "people"

    def find(self, person: str) -> "User":
        """Return the person. Raises: NotFound."""
        return get_person_with_roles(parse_id(person))

    def refuse(self, person: "User") -> None:
        """Refuse to act on one who holds more, as every step does. Raises: GrantBeyondOwn."""
        services.refuse_beyond_own(grants_of_person(person.pk), by=self.viewer)

    def to(self, person: "User") -> str:
        """Return the address of the person."""
        return reverse("portal:person", args=[person.pk])


class PersonDetail(PersonPage):
    """One person."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": VIEW}

    def get(self, _request: HttpRequest, person: str) -> HttpResponseBase:
        """Show the person."""
        found = self.find(person)
        more = holds_more(found.pk, self.viewer)
        may_act = self.may(MANAGE) and self.is_writable and not more
        is_self = found.pk == self.viewer.pk
        return self.show(
            "people/detail.html",
            person=found,
            holds_more=more,
            may_act=may_act,
            may_edit_roles=self.may("roles.manage") and self.is_writable and not more,
            moves=moves_of_person(found) if may_act and not is_self else (),
            reset_move=RESET,
            is_self=is_self,
            roles=roles_held(found.pk),
            memberships=memberships_of(found.pk),
            invitation=find_invitation(found, at=self.at),
            **self._security(found, may_act=may_act),
            **self._history(found),
        )

    def _security(self, person: "User", *, may_act: bool) -> dict[str, Any]:
        grace = second_factor_grace(person)
        status = read_mfa_status(person, is_required=grace is not None)
        pending = list_mfa_resets(status="pending").filter(user=person).first()
        has_factor = status.totp or bool(status.passkeys)
        return {
            "factors": status,
            "sign_ins": list_open_sign_ins(person.pk, at=self.at)[:LAST_SIGN_INS],
            "reset": pending,
            "is_asker": pending is not None and pending.requested_by_id == self.viewer.pk,
            "may_reset": may_act and has_factor and pending is None and person.pk != self.viewer.pk,
        }

    def _history(self, person: "User") -> dict[str, Any]:
        if not self.may("audit.view"):
            return {"happenings": ()}
        return {"happenings": told(list_events(EventFilters(person_id=person.pk))[:LAST_EVENTS])}


class EditPerson(PersonPage):
    """A person's names."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": MANAGE, "post": MANAGE}

    def get(self, _request: HttpRequest, person: str) -> HttpResponseBase:
        """Show the names as a form."""
        found = self.find(person)
        self.refuse(found)
        typed = {name: getattr(found, name) for name in NAMES}
        return self._show(found, Form(typed=typed, version=str(found.version)))

    def post(self, request: HttpRequest, person: str) -> HttpResponseBase:
        """Keep what was changed."""
        found, form = self.find(person), read_form(request.POST)
        if attempt(form, partial(self._keep, form, found)) is None:
            return self._show(found, form, status=400)
        return self.go(self.to(found), _("The person is saved."))

    def _keep(self, form: Form, person: "User") -> object:
        typed = {name: form.value(f"/{name}") for name in NAMES}
        return services.edit_member(
            user_id=person.pk,
            changes=PersonChanges(**checked(PersonIn, typed, partial=True)),
            expected_version=form.expected_version(),
            by=self.viewer,
            at=self.at,
        )

    def _show(self, person: "User", form: Form, status: int = 200) -> HttpResponseBase:
        return self.show("people/edit.html", status=status, person=person, form=form)


class PersonRoles(PersonPage):
    """Exactly the roles that a person is to have."""

    permissions: ClassVar[Mapping[str, str | None]] = {
        "get": "roles.manage",
        "post": "roles.manage",
    }

    def get(self, _request: HttpRequest, person: str) -> HttpResponseBase:
        """Show every role with a box."""
        found = self.find(person)
        self.refuse(found)
        held = {each.role.code: "true" for each in found.role_assignments.all()}
        return self._show(found, Form(typed={"roles": held}))

    def post(self, request: HttpRequest, person: str) -> HttpResponseBase:
        """Give and take roles."""
        found, form = self.find(person), read_form(request.POST)
        if attempt(form, partial(self._set, form, found)) is None:
            return self._show(found, form, status=400)
        return self.go(self.to(found), _("The roles are changed; they count at once."))

    def _set(self, form: Form, person: "User") -> object:
        roles = checked(RolesIn, {"roles": ticked(form, "/roles")})["roles"]
        services.set_roles(user_id=person.pk, roles=roles, by=self.viewer, at=self.at)
        return form

    def _show(self, person: "User", form: Form, status: int = 200) -> HttpResponseBase:
        context = {"person": person, "form": form, "roles": role_choices(self.viewer)}
        return self.show("people/roles.html", status=status, **context)


class PersonMove(PersonPage):
    """A step with a person: asked first, then taken."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": MANAGE, "post": MANAGE}

    def get(self, _request: HttpRequest, person: str, move: str) -> HttpResponseBase:
        """Ask whether it is meant."""
        found, step = self.find(person), find_step(move)
        self.refuse(found)
        if step not in moves_of_person(found):
            raise WrongStatus
        if move == "suspend":
            services.check_suspension(found.pk, by=self.viewer)
        return self._ask(found, step, Form())

    def post(self, request: HttpRequest, person: str, move: str) -> HttpResponseBase:
        """Take the step, or say why not."""
        found, step, form = self.find(person), find_step(move), read_form(request.POST)
        act = partial(STEPS[move], user_id=found.pk, by=self.viewer, at=self.at)
        if attempt(form, lambda: (act(**reason_of(step, form)),)) is None:
            return self._ask(found, step, form, status=form.status)
        to = reverse("portal:people") if move == "revoke" else self.to(found)
        return self.go(to, str(step.done))

    def _ask(self, person: "User", step: Move, form: Form, status: int = 200) -> HttpResponseBase:
        about = About(person.full_name, person.email)
        context = {"step": step, "form": form, "back": self.to(person), "about": about}
        return self.show("move.html", status=status, **context)


STEPS: Mapping[str, Any] = {
    "suspend": services.suspend_member,
    "reactivate": services.reactivate_member,
    "new-password": services.force_password_change,
    "sign-out": services.sign_member_out,
    "invite": services.invite_member_again,
    "revoke": services.take_invitation_back,
}


def find_step(name: str) -> Move:
    """Return the step of this name. Raises: NotFound."""
    move = find_move(PERSON_MOVES, name)
    if move is None:
        raise NotFound
    return move


class AskForReset(PersonPage):
    """One administrator asks that a person's second factors be taken away."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": MANAGE, "post": MANAGE}
    confirmed: ClassVar[frozenset[str]] = frozenset({"post"})

    def get(self, _request: HttpRequest, person: str) -> HttpResponseBase:
        """Ask whether it is meant, and why."""
        found = self.find(person)
        services.check_mfa_reset_of(found.pk, by=self.viewer)
        return self._ask(found, Form())

    def post(self, request: HttpRequest, person: str) -> HttpResponseBase:
        """Ask for it."""
        found, form = self.find(person), read_form(request.POST)
        if attempt(form, partial(self._request, form, found)) is None:
            return self._ask(found, form, status=form.status)
        return self.go(self.to(found), _("Asked. Another administrator has to agree now."))

    def _request(self, form: Form, person: "User") -> object:
        reason = checked(MfaResetIn, {"reason": form.value("/reason")})["reason"]
        return services.ask_for_mfa_reset(
            user_id=person.pk, reason=reason, by=self.viewer, at=self.at
        )

    def _ask(self, person: "User", form: Form, status: int = 200) -> HttpResponseBase:
        about = About(person.full_name, person.email)
        context = {"step": RESET, "form": form, "back": self.to(person), "about": about}
        return self.show("move.html", status=status, **context)


class AnswerReset(PersonPage):
    """Another administrator agrees to a reset, or somebody turns it down."""

    permissions: ClassVar[Mapping[str, str | None]] = {"post": MANAGE}
    answers: ClassVar[Mapping[str, Any]] = {}

    def post(self, _request: HttpRequest, reset: str) -> HttpResponseBase:
        """Answer, and lead to the person."""
        found = get_mfa_reset(parse_id(reset))
        form = Form()
        if attempt(form, partial(self.answer, found.pk)) is None:
            return self.go(self.to(found.user), form.notice, tone="bad")
        return self.go(self.to(found.user), self.said())

    def answer(self, reset_id: Any) -> object:
        """Carry the answer out."""
        raise NotImplementedError

    def said(self) -> str:
        """Return what was done."""
        raise NotImplementedError


class ApproveReset(AnswerReset):
    """Agree to it."""

    confirmed: ClassVar[frozenset[str]] = frozenset({"post"})

    def answer(self, reset_id: Any) -> object:
        """Take the factors away."""
        return services.agree_to_mfa_reset(reset_id=reset_id, by=self.viewer, at=self.at)

    def said(self) -> str:
        """Return what was done."""
        return _("The second factors are gone; the person decides nothing for 24 hours.")


class DeclineReset(AnswerReset):
    """Turn it down, or take one's own back."""

    def answer(self, reset_id: Any) -> object:
        """Leave the factors as they are."""
        return services.turn_mfa_reset_down(reset_id=reset_id, by=self.viewer, at=self.at)

    def said(self) -> str:
        """Return what was done."""
        return _("The second factors stay as they are.")
