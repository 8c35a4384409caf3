"""Lists ask the database as much for many rows as for few; the rooms' own tests have the others."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client as Browser

from shared_apps.kernel.clock import utc_now
from tenant_apps.access.services import (
    KeyTerms,
    NewInvitation,
    RoleTerms,
    create_role,
    invite_with_roles,
    issue_api_key,
)
from tenant_apps.accounts.models import User
from tenant_apps.accounts.services import NewPerson, create_service_account
from tenant_apps.handovers.services import NewHandOver, plan_hand_over
from tenant_apps.teams.services import NewTeam, create_team
from tests.cast import person_named
from tests.factories.clients import ClientFactory
from tests.factories.deals import DealFactory
from tests.portal.conftest import Browsers
from tests.queries import queries_of

Grow = Callable[[int], object]


def team(number: int) -> object:
    """Make a team with a lead."""
    new = NewTeam(name=f"Team {number}", lead_id=person_named("theo").pk)
    return create_team(new=new, by=person_named("adam").actor, at=utc_now())


def key(number: int) -> object:
    """Make a program with a key."""
    adam, now = person_named("adam"), utc_now()
    program = create_service_account(name=f"Program {number}", by=adam.actor, at=now)
    terms = KeyTerms(service_account=program.pk, name="One", grants={"clients.view": "all"})
    return issue_api_key(terms=terms, by=adam, at=now)


def role(number: int) -> object:
    """Make a role and somebody who has it."""
    olga, now = person_named("olga"), utc_now()
    made = create_role(terms=RoleTerms(name=f"Desk {number}"), by=olga, at=now)
    new = NewPerson(email=f"desk-{number}@example.com", first_name="Dora", last_name="Desk")
    return invite_with_roles(
        invitation=NewInvitation(person=new, roles=(made.code,)), by=olga, at=now
    )


def hand_over(number: int) -> object:
    """Plan a hand-over of another newcomer's."""
    olga, now = person_named("olga"), utc_now()
    person = NewPerson(email=f"goes-{number}@example.com", first_name="Gus", last_name="Goes")
    invitation = NewInvitation(person=person, roles=("salesperson",))
    leaver = invite_with_roles(invitation=invitation, by=olga, at=now)
    new = NewHandOver(
        leaver_id=leaver.pk,
        successor_id=person_named("suki").pk,
        reason="They leave.",
        effective_on=now.date() + timedelta(days=9),
    )
    return plan_hand_over(new=new, by=person_named("adam"), at=now)


def find(number: int) -> object:
    """Enter what a search for north finds."""
    adam, now = person_named("adam"), utc_now()
    client = ClientFactory(name=f"North {number}", by=adam, at=now)
    return DealFactory(name=f"North {number}", client=client, by=adam, at=now, status="open")


CASES = {
    "/teams/": team,
    "/keys/": key,
    "/roles/": role,
    "/hand-overs/": hand_over,
    "/search/?q=north": find,
}


@pytest.fixture
def adams(adam: User, browser_of: Browsers) -> Browser:
    return browser_of(adam)


@pytest.mark.parametrize(("path", "grow"), CASES.items(), ids=list(CASES))
def test_a_page_asks_as_much_for_many_as_for_two(
    path: str, grow: Grow, adams: Browser, cast: None
) -> None:
    for number in range(2):
        grow(number)
    few = queries_of(lambda: adams.get(path))
    for number in range(2, 7):
        grow(number)
    assert queries_of(lambda: adams.get(path)) == few
