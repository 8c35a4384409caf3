"""One organization in which one person stands in every relation to others, with objects for each.

Anna is whoever the role at hand is given to. She leads Alpha, in which Ben sells, and is a plain
member of Beta, which Lena leads and in which Carl sells. Dora sells in Gamma, a team that Anna has
nothing to do with. Each of the four has one object of every kind.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from uuid import uuid4

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant, use_tenant
from tenant_apps.access.role_matrix import ScopeKind
from tenant_apps.access.services import assign_role
from tenant_apps.accounts.models import User
from tenant_apps.teams.services import NewTeam, add_member, create_team
from tests.cast import TEAM_SINCE, Cast, activate_owner, make_person
from tests.isolation.objects import Names, objects_of
from tests.organizations import drop_organization, found_organization


class Place(StrEnum):
    """Whose an object is, seen from Anna."""

    OWN = "own"
    TEAM = "team"
    PEERS = "peers"
    OTHERS = "others"


COVERED: dict[ScopeKind, tuple[Place, ...]] = {
    ScopeKind.OWN: (Place.OWN,),
    ScopeKind.TEAM: (Place.OWN, Place.TEAM),
    ScopeKind.PEERS: (Place.OWN, Place.TEAM, Place.PEERS),
    ScopeKind.ALL: tuple(Place),
}
SELLERS = {"ben": "Alpha", "carl": "Beta", "dora": "Gamma"}


@dataclass(frozen=True)
class FourPlaces:
    """The organization, Anna, its owner, and the names of the objects at each place."""

    tenant: Tenant
    anna: User
    owner: User
    names: dict[Place, Names]


@contextmanager
def four_places() -> Iterator[FourPlaces]:
    """Found the organization, committed; drop it at the end."""
    at = utc_now()
    slug = f"cells-{uuid4().hex[:8]}"
    tenant = found_organization(slug=slug, currency="USD", timezone="UTC", at=at)
    try:
        with use_tenant(tenant):
            yield _fill(tenant, at)
    finally:
        drop_organization(tenant)


def _fill(tenant: Tenant, at: datetime) -> FourPlaces:
    people = {"olga": activate_owner(at=at)}
    make = partial(make_person, by=people["olga"], at=at)
    for name, role in (("fay", "finance"), ("vera", "verifier"), ("adam", "admin")):
        people[name] = make(name, last_name="Helper", role=role)
    people["rita"] = make("rita", last_name="Reviewer", role="reviewer")
    people["lena"] = make("lena", last_name="Lead", role="team_lead")
    for name in ("anna", *SELLERS):
        people[name] = make(name, last_name="Seller", role="salesperson")
    assign_role(user_id=people["anna"].pk, role="team_lead", by=people["olga"], at=at)
    _make_teams(people, at)
    sellers = dict(zip(Place, (people[name] for name in ("anna", *SELLERS)), strict=True))
    names = {place: objects_of(seller, people, at) for place, seller in sellers.items()}
    return FourPlaces(tenant, people["anna"], people["olga"], names)


def _make_teams(people: Cast, at: datetime) -> None:
    olga = people["olga"].actor
    leads = {"Alpha": people["anna"], "Beta": people["lena"], "Gamma": people["olga"]}
    teams = {
        name: create_team(new=NewTeam(name=name, lead_id=lead.pk), by=olga, at=at)
        for name, lead in leads.items()
    }
    for member, team in {**SELLERS, "anna": "Beta"}.items():
        add_member(
            team_id=teams[team].pk,
            user_id=people[member].pk,
            valid_from=TEAM_SINCE,
            by=olga,
            at=at,
        )
