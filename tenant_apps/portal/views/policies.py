"""Approval policies: who has to agree to what."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shared_apps.kernel.money import Money
from shared_apps.tenancy.context import current_tenant
from shared_apps.web.references import parse_id
from tenant_apps.accounts.selectors import people_by_id
from tenant_apps.approvals.api.views import MANAGE, SUBJECT_TYPES, VIEW, PolicyIn, as_new_policy
from tenant_apps.approvals.selectors import get_policy, list_policies
from tenant_apps.approvals.services import (
    approve_policy,
    check_retirement,
    create_policy,
    deciding_permissions,
    refuse_retirement,
    retire_policy,
)
from tenant_apps.portal.choices import currency_choices
from tenant_apps.portal.formatting import read_amount, show_money
from tenant_apps.portal.forms.form import Form, attempt, checked, money, read_form
from tenant_apps.portal.forms.once import once
from tenant_apps.portal.moves import Move
from tenant_apps.portal.pages import Page
from tenant_apps.portal.permission_words import permission_text
from tenant_apps.portal.possible import why_not
from tenant_apps.portal.views.people import ticked
from tenant_apps.portal.views.person import About
from tenant_apps.portal.views.settings import settings_tabs
from tenant_apps.portal.wording import Text, choices_of, word_for

if TYPE_CHECKING:
    from tenant_apps.approvals.models import Policy

SUBJECTS = [name for name, _label in SUBJECT_TYPES]
RETIRE = Move(
    "retire",
    gettext_lazy("Retire"),
    "archive",
    gettext_lazy("Retire this policy?"),
    gettext_lazy(
        "What was handed in under it keeps it. Where fewer people would be asked without it, a"
        " second administrator has to retire it as well."
    ),
    "danger",
)


class PolicyRow(NamedTuple):
    """A policy in words: when it fits, who has to agree."""

    policy: "Policy"
    when: list[str]
    steps: list[tuple[str, Text]]
    author: str
    is_own: bool
    kept_because: str


def names_of_kept(rows: Sequence[PolicyRow]) -> Mapping[str, list[str]]:
    """Return the names of the policies that cannot be retired now, by what keeps them."""
    kept: dict[str, list[str]] = {}
    for row in rows:
        if row.kept_because:
            kind = word_for("subject", row.policy.subject_type).label
            kept.setdefault(row.kept_because, []).append(f"{row.policy.name} ({kind})")
    return kept


class PolicyList(Page):
    """The policies in force and those proposed."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": VIEW}
    room = "settings"

    def get(self, _request: HttpRequest) -> HttpResponseBase:
        """Show them, the one asked first in front."""
        policies = list(list_policies())
        authors = people_by_id(each.created_by_id for each in policies if each.created_by_id)
        rows = [self._row(policy, authors, policies) for policy in policies]
        return self.show(
            "settings/policies.html",
            parts=settings_tabs(self, "policies"),
            rows=rows,
            kept=names_of_kept(rows),
            may_change=self.may(MANAGE) and self.is_writable,
        )

    def _row(
        self, policy: "Policy", authors: Mapping[Any, Any], policies: list["Policy"]
    ) -> PolicyRow:
        author = authors.get(policy.created_by_id)
        alike = [
            each
            for each in policies
            if each.subject_type == policy.subject_type and not each.is_proposed
        ]
        return PolicyRow(
            policy,
            conditions_of(policy),
            [
                (_people(step.approvals_needed), permission_text(step.permission))
                for step in policy.steps.all()
            ],
            author.full_name if author else "",
            is_own=policy.created_by_id == self.viewer.pk,
            kept_because=why_not(partial(refuse_retirement, policy, alike, by=self.viewer)),
        )


class NewPolicy(Page):
    """A policy for everything handed in from now on."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": MANAGE, "post": MANAGE}
    room = "settings"

    def get(self, _request: HttpRequest) -> HttpResponseBase:
        """Show the form."""
        typed = {
            "subject_type": SUBJECTS[0],
            "priority": "10",
            "approvals_needed": "2",
            "currency": current_tenant().currency,
        }
        return self._show(Form(typed=typed))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Make the policy, once."""
        form = read_form(request.POST)
        form.controls = CONTROLS
        make = partial(self._make, form)
        to = attempt(form, partial(once, request, form, actor=self.viewer.actor, work=make))
        if to is None:
            return self._show(form, status=400)
        return self.go(to, _("The policy is there; see its state."))

    def _make(self, form: Form) -> str:
        new = as_new_policy(checked(PolicyIn, policy_body(form)))
        create_policy(new=new, by=self.viewer, at=self.at)
        return reverse("portal:policies")

    def _show(self, form: Form, status: int = 200) -> HttpResponseBase:
        return self.show(
            "settings/policy_form.html",
            status=status,
            form=form,
            subjects=[(name, word_for("subject", name).label) for name in SUBJECTS],
            methods=choices_of("method"),
            currencies=currency_choices(),
        )


class ApprovePolicy(Page):
    """Put a proposed policy in force."""

    permissions: ClassVar[Mapping[str, str | None]] = {"post": MANAGE}
    room = "settings"

    def post(self, _request: HttpRequest, policy: str) -> HttpResponseBase:
        """Approve it."""
        form, to = Form(), reverse("portal:policies")
        approve = partial(approve_policy, policy_id=parse_id(policy), by=self.viewer, at=self.at)
        if attempt(form, approve) is None:
            return self.go(to, form.notice, tone="bad")
        return self.go(to, _("The policy is in force."))


class RetirePolicy(Page):
    """Take a policy out of force."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": MANAGE, "post": MANAGE}
    room = "settings"

    def get(self, _request: HttpRequest, policy: str) -> HttpResponseBase:
        """Ask whether it is meant."""
        found = get_policy(policy_id=parse_id(policy))
        check_retirement(found, by=self.viewer)
        return self._ask(found, Form())

    def post(self, _request: HttpRequest, policy: str) -> HttpResponseBase:
        """Retire it, or ask for it."""
        found, form = get_policy(policy_id=parse_id(policy)), Form()
        retire = partial(retire_policy, policy_id=found.pk, by=self.viewer, at=self.at)
        retired = attempt(form, retire)
        if retired is None:
            return self._ask(found, form, status=form.status)
        done = (
            _("The policy is retired.")
            if retired.is_archived
            else _("Asked. The policy stays until a second administrator retires it as well.")
        )
        return self.go(reverse("portal:policies"), done)

    def _ask(self, policy: "Policy", form: Form, status: int = 200) -> HttpResponseBase:
        back, about = reverse("portal:policies"), About(_("Approval policies"), policy.name)
        context = {"step": RETIRE, "form": form, "back": back, "about": about}
        return self.show("move.html", status=status, **context)


# by which control of the form a part of a policy is given
CONTROLS = {
    "/conditions/amount_from": "/amount",
    "/conditions/methods": "/methods",
    "/steps/0/approvals_needed": "/approvals_needed",
    "/steps": "/subject_type",
}


def policy_body(form: Form) -> dict[str, Any]:
    """Return a policy as the API reads it: one step, of whoever decides on its subject."""
    subject = str(form.value("/subject_type"))
    amount = read_amount(str(form.value("/amount")))
    conditions: dict[str, Any] = {}
    if amount:
        conditions["amount_from"] = money(amount, str(form.value("/currency")))
    if methods := ticked(form, "/methods"):
        conditions["methods"] = methods
    step = {
        "permission": next(iter(deciding_permissions(subject)), ""),
        "approvals_needed": form.value("/approvals_needed"),
    }
    return {
        "name": form.value("/name"),
        "subject_type": subject,
        "conditions": conditions,
        "priority": form.value("/priority"),
        "steps": [step],
    }


def conditions_of(policy: "Policy") -> list[str]:
    """Return when a policy fits, in words; empty when it fits everything."""
    found, said = policy.read_conditions, []
    if found.amount_from is not None:
        said.append(_("from %(amount)s") % {"amount": _shown(found.amount_from)})
    said.extend(str(word_for("method", method).label) for method in found.methods)
    said.extend(found.currencies)
    said.extend(str(word_for("account", status).label) for status in found.account_statuses)
    return said


def _shown(amount: Money) -> str:
    return show_money(amount)


def _people(count: int) -> str:
    return ngettext("%(n)s person", "%(n)s people", count) % {"n": count}
