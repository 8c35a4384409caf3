"""The people of the stories that tests tell.

Olga owns the organization, Adam administers it, Sam and Suki sell, Theo leads their team, Vera and
Viktor verify, Fay does finance, Audrey audits, Tim is a member of Theo's team, Rita reviews as a
guest. Mallory administers globex, the other organization; Pat operates the platform.
"""

from datetime import date, datetime

from shared_apps.kernel.events import Actor
from shared_apps.tenancy.context import current_tenant
from tenant_apps.access.services import assign_role
from tenant_apps.accounts.models import User
from tenant_apps.accounts.selectors import find_person_by_email
from tenant_apps.accounts.services import (
    NewPerson,
    activate_person,
    create_operator,
    create_person,
)
from tenant_apps.teams.services import NewTeam, add_member, create_team

PASSWORD = "correct horse battery 7"
TEAM_NAME = "North"
TEAM_SINCE = date(2025, 12, 1)
STAGEHAND = Actor.system("tests")

# name -> (last name, role)
ROLE_PLAY = {
    "adam": ("Admin", "admin"),
    "sam": ("Seller", "salesperson"),
    "suki": ("Seller", "salesperson"),
    "theo": ("Lead", "team_lead"),
    "vera": ("Verifier", "verifier"),
    "viktor": ("Verifier", "verifier"),
    "fay": ("Finance", "finance"),
    "audrey": ("Auditor", "auditor"),
    "tim": ("Member", "team_member"),
    "rita": ("Reviewer", "reviewer"),
}

Cast = dict[str, User]


def make_cast(*, at: datetime) -> Cast:
    """Make the people and Theo's team in the current organization, through the services."""
    olga = activate_owner(at=at)
    people = {"olga": olga}
    for name, (last_name, role) in ROLE_PLAY.items():
        people[name] = make_person(name, last_name=last_name, role=role, by=olga, at=at)
    team = create_team(new=NewTeam(name=TEAM_NAME, lead_id=people["theo"].pk), by=olga.actor, at=at)
    for name in ("sam", "suki", "tim"):
        add_member(
            team_id=team.pk, user_id=people[name].pk, valid_from=TEAM_SINCE, by=olga.actor, at=at
        )
    return people


def make_foreigner(*, at: datetime) -> Cast:
    """Make Mallory, an administrator of the current organization."""
    olga = activate_owner(at=at)
    return {"mallory": make_person("mallory", last_name="Malice", role="admin", by=olga, at=at)}


def make_operator(*, at: datetime) -> User:
    """Make Pat, who operates the platform; runs on the platform."""
    new = NewPerson(email="pat@platform.example", first_name="Pat", last_name="Platform")
    return create_operator(new=new, password=PASSWORD, by=STAGEHAND, at=at)


def activate_owner(*, at: datetime) -> User:
    """Give the owner whom provisioning invited a password."""
    olga = person_named("olga")
    return activate_person(user_id=olga.pk, password=PASSWORD, by=olga.actor, at=at)


def make_person(name: str, *, last_name: str, role: str, by: User, at: datetime) -> User:
    """Make one person with one role."""
    new = NewPerson(email=email_of(name), first_name=name.title(), last_name=last_name)
    person = create_person(new=new, password=PASSWORD, by=by.actor, at=at)
    assign_role(user_id=person.pk, role=role, by=by, at=at)
    return person


def person_named(name: str) -> User:
    """Return a member of the cast of the current organization, fresh from the database."""
    person = find_person_by_email(email_of(name))
    assert person is not None, name
    return person


def email_of(name: str) -> str:
    """Return the address of a member of the cast of the current organization."""
    return f"{name}@{current_tenant().slug}.example"
