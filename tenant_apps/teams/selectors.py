"""Reads of teams and memberships."""

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from shared_apps.kernel.errors import NotFound
from tenant_apps.teams.models import Team, TeamMembership

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


VIEW = "teams.view"
EVERYONES = "all"


def get_team(team_id: UUID) -> Team:
    """Return one team that is not archived. Raises: NotFound."""
    team = list_teams().filter(pk=team_id).first()
    if team is None:
        raise NotFound
    return team


def teams_among(ids: Collection[UUID]) -> QuerySet[Team]:
    """Return the teams with these ids, whoever asks: what the audit log calls them."""
    return Team.objects.filter(pk__in=ids).order_by("pk")


def list_visible_teams(*, viewer: "User", on: date, search: str = "") -> QuerySet[Team]:
    """Return the teams that the viewer may see: all, or those of one's own on the day.

    The scope is what access read for the request (`viewer.granted`): teams lie below access.
    """
    teams = list_teams(search=search)
    if (viewer.granted or {}).get(VIEW) == EVERYONES:
        return teams
    return teams.filter(pk__in=team_ids_of(viewer.pk, on))


def get_visible_team(*, team_id: UUID, viewer: "User", on: date) -> Team:
    """Return one team that the viewer may see. Raises: NotFound."""
    team = list_visible_teams(viewer=viewer, on=on).filter(pk=team_id).first()
    if team is None:
        raise NotFound
    return team


def find_team_by_name(name: str) -> Team | None:
    """Return the team of this name that is not archived."""
    return Team.objects.filter(name=name, archived_at=None).first()


def list_teams(*, search: str = "") -> QuerySet[Team]:
    """Return the teams that are not archived with their leads, by name and id."""
    teams = Team.objects.select_related("lead").filter(archived_at=None)
    if search:
        teams = teams.filter(name__icontains=search)
    return teams.order_by("name", "pk")


def list_members(team_id: UUID, *, on: date) -> QuerySet[TeamMembership]:
    """Return the memberships of a team on a day with their people, by name and id."""
    members = _memberships_on(on).select_related("user").filter(team_id=team_id)
    return members.order_by("user__last_name", "user__first_name", "pk")


def list_memberships(team_id: UUID) -> QuerySet[TeamMembership]:
    """Return every membership of a team, past ones too, with its person, the latest first."""
    rows = TeamMembership.objects.select_related("user").filter(team_id=team_id)
    return rows.order_by("-valid_from", "user__last_name", "user__first_name", "pk")


def memberships_of(user_id: UUID) -> QuerySet[TeamMembership]:
    """Return every membership of a person, past ones too, with its team, the latest first."""
    rows = TeamMembership.objects.select_related("team").filter(user_id=user_id)
    return rows.order_by("-valid_from", "team__name", "pk")


def count_members(*, on: date) -> dict[UUID, int]:
    """Return how many members each team has on a day; teams without any are left out. One query."""
    rows = _memberships_on(on).values("team_id").annotate(number=Count("pk")).order_by()
    return {row["team_id"]: row["number"] for row in rows}


def team_ids_of(user_id: UUID, on: date) -> frozenset[UUID]:
    """Return the teams that the person leads, or belongs to on the day."""
    led = Team.objects.filter(lead_id=user_id, archived_at=None).values_list("pk")
    joined = _memberships_on(on).filter(user_id=user_id, team__archived_at=None)
    return frozenset(pk for (pk,) in led.union(joined.values_list("team_id")))


def led_team_ids(user_id: UUID) -> frozenset[UUID]:
    """Return the teams that the person leads."""
    led = Team.objects.filter(lead_id=user_id, archived_at=None)
    return frozenset(led.values_list("pk", flat=True))


def members_of_led_teams(user_id: UUID, on: date) -> frozenset[UUID]:
    """Return the people who belong on the day to a team that the person leads."""
    led = _memberships_on(on).filter(team__lead_id=user_id, team__archived_at=None)
    return frozenset(led.values_list("user_id", flat=True))


def members_of_my_teams(user_id: UUID, on: date) -> frozenset[UUID]:
    """Return the people who share a team with the person on the day, leads included."""
    teams = team_ids_of(user_id, on)
    members = _memberships_on(on).filter(team_id__in=teams).values_list("user_id")
    leads = Team.objects.filter(pk__in=teams).exclude(lead=None).values_list("lead_id")
    return frozenset(pk for (pk,) in members.union(leads))


def people_of_team(team_id: UUID, *, on: date) -> frozenset[UUID]:
    """Return the members of a team on a day, and its lead."""
    members = _memberships_on(on).filter(team_id=team_id).values_list("user_id")
    lead = Team.objects.filter(pk=team_id).exclude(lead=None).values_list("lead_id")
    return frozenset(pk for (pk,) in members.union(lead))


def teams_of_people(on: date) -> dict[UUID, tuple[UUID, ...]]:
    """Return the teams of every person on the day, as members: user id -> team ids."""
    teams: dict[UUID, tuple[UUID, ...]] = {}
    rows = _memberships_on(on).filter(team__archived_at=None).order_by("pk")
    for user_id, team_id in rows.values_list("user_id", "team_id"):
        teams[user_id] = (*teams.get(user_id, ()), team_id)
    return teams


def _memberships_on(day: date) -> QuerySet[TeamMembership]:
    ends_later = Q(valid_to=None) | Q(valid_to__gt=day)
    return TeamMembership.objects.filter(ends_later, valid_from__lte=day)
