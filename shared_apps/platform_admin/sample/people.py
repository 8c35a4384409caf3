"""The people of an organization of the sample, their team and their commission plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from shared_apps.audit.history import recording_history
from shared_apps.platform_admin.sample.profiles import Member, Profile
from tenant_apps.access.services import assign_role, tell_administrators
from tenant_apps.accounts.selectors import find_person_by_email
from tenant_apps.accounts.services import NewPerson, activate_person, create_person
from tenant_apps.commissions.services import (
    NewAssignment,
    NewComponent,
    NewVersion,
    approve_version,
    assign_payee,
    create_plan,
    draft_version,
    submit_version,
)
from tenant_apps.teams.services import NewTeam, add_member, create_team

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User
    from tenant_apps.commissions.models import CommissionPlan


class NoSuchOwner(RuntimeError):
    """The organization was founded without the owner that the sample needs."""


@dataclass(frozen=True)
class Cast:
    """The people by role, each role in the order of the profile."""

    by_role: Mapping[str, Sequence["User"]]

    def first(self, role: str) -> "User":
        """Return the first person of a role."""
        return self.by_role[role][0]


def enter_people(profile: Profile, *, password: str, at: datetime) -> Cast:
    """Let the founding owner in and enter everyone else, all with one password.

    Raises: NoSuchOwner, ValidationFailed (weak password).
    """
    (owner_member,) = profile.with_role("owner")
    owner = _let_in(profile.email_of(owner_member), password=password, at=at)
    by_role: dict[str, list[User]] = {"owner": [owner]}
    for member in profile.people:
        if member is not owner_member:
            person = _enter(profile, member, password=password, by=owner, at=at)
            by_role.setdefault(member.role, []).append(person)
    tell_administrators()
    return Cast(by_role)


def _let_in(email: str, *, password: str, at: datetime) -> "User":
    owner = find_person_by_email(email)
    if owner is None:
        raise NoSuchOwner(f"The organization has no owner {email}.")
    return activate_person(user_id=owner.pk, password=password, by=owner.actor, at=at)


def _enter(profile: Profile, member: Member, *, password: str, by: "User", at: datetime) -> "User":
    new = NewPerson(
        email=profile.email_of(member), first_name=member.first_name, last_name=member.last_name
    )
    person = create_person(new=new, password=password, by=by.actor, at=at)
    with recording_history():  # who may decide since then is no news
        assign_role(user_id=person.pk, role=member.role, by=by, at=at)
    return person


def form_team(cast: Cast, *, at: datetime) -> None:
    """Put the salespeople and the team member into one team, under the team lead."""
    admin, lead = cast.first("admin"), cast.first("team_lead")
    team = create_team(new=NewTeam(name="Sales", lead_id=lead.pk), by=admin.actor, at=at)
    for person in (*cast.by_role["salesperson"], *cast.by_role["team_member"]):
        add_member(team_id=team.pk, user_id=person.pk, valid_from=at.date(), by=admin.actor, at=at)


def publish_plan(profile: Profile, cast: Cast, *, at: datetime) -> "CommissionPlan":
    """Write a flat plan, have it approved by somebody else, and put the salespeople on it."""
    plan = create_plan(name="Sales commission", by=cast.first("finance"), at=at)
    rate = Decimal(profile.commission_rate_percent)
    publish_version(plan, cast, rate_percent=rate, effective_from=at.date(), at=at)
    for person in cast.by_role["salesperson"]:
        new = NewAssignment(payee_id=person.pk, plan_id=plan.pk, valid_from=at.date())
        assign_payee(new=new, by=cast.first("finance"), at=at)
    return plan


def publish_version(
    plan: "CommissionPlan",
    cast: Cast,
    *,
    rate_percent: Decimal,
    effective_from: date,
    at: datetime,
) -> None:
    """Publish terms of a plan: finance writes them, an administrator approves."""
    finance, admin = cast.first("finance"), cast.first("admin")
    component = NewComponent(name="Collected revenue", rate_percent=rate_percent)
    new = NewVersion(effective_from=effective_from, components=(component,))
    version = draft_version(plan_id=plan.pk, new=new, by=finance, at=at)
    submit_version(version_id=version.pk, by=finance, at=at)
    approve_version(version_id=version.pk, sole_control=False, by=admin, at=at)
