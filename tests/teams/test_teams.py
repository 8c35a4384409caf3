"""Teams and who belonged to them when."""

from datetime import date, datetime
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.errors import NotFound, StaleVersion, ValidationFailed
from shared_apps.kernel.ids import uuid7
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.teams.models import Team, TeamMembership
from tenant_apps.teams.selectors import (
    members_of_my_teams,
    team_ids_of,
    teams_of_people,
)
from tenant_apps.teams.services import (
    AlreadyMember,
    NewTeam,
    NotMember,
    TeamNameTaken,
    add_member,
    archive_team,
    create_team,
    leave_all_teams,
    remove_member,
    update_team,
)
from tests.cast import STAGEHAND
from tests.factories.accounts import PersonFactory
from tests.factories.teams import TeamFactory
from tests.together import run_together

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)


@pytest.fixture
def team(acme: Tenant, db: None) -> Team:
    return TeamFactory()


@pytest.mark.django_db
class TestCreating:
    def test_is_recorded(self, theo: User, at_noon: datetime) -> None:
        team = create_team(new=NewTeam(name=" South ", lead_id=theo.pk), by=STAGEHAND, at=at_noon)
        assert team.name == "South"
        event = EventRecord.objects.get(subject_id=team.pk)
        assert (event.name, (event.after or {})["lead_id"]) == ("teams.team_created", str(theo.pk))

    def test_a_name_that_is_taken_is_refused(self, team: Team, at_noon: datetime) -> None:
        with pytest.raises(TeamNameTaken):
            create_team(new=NewTeam(name=team.name), by=STAGEHAND, at=at_noon)

    def test_the_name_of_an_archived_team_is_free(self, team: Team, at_noon: datetime) -> None:
        archive_team(team_id=team.pk, by=STAGEHAND, at=at_noon)
        assert create_team(new=NewTeam(name=team.name), by=STAGEHAND, at=at_noon).pk != team.pk

    def test_with_an_unknown_lead_is_refused(self, acme: Tenant, at_noon: datetime) -> None:
        with pytest.raises(ValidationFailed):
            create_team(new=NewTeam(name="X", lead_id=uuid7()), by=STAGEHAND, at=at_noon)

    def test_with_a_lead_of_another_organization_is_refused(
        self, mallory: User, at_noon: datetime
    ) -> None:
        with pytest.raises(ValidationFailed):
            create_team(new=NewTeam(name="X", lead_id=mallory.pk), by=STAGEHAND, at=at_noon)


@pytest.mark.django_db
class TestChanging:
    def test_needs_the_current_version(self, team: Team, at_noon: datetime) -> None:
        change = partial(update_team, team_id=team.pk, by=STAGEHAND, at=at_noon)
        changed = change(changes={"name": "South"}, expected_version=1)
        assert (changed.name, changed.version) == ("South", 2)
        with pytest.raises(StaleVersion):
            change(changes={"name": "West"}, expected_version=1)

    def test_an_archived_team_is_not_found(self, team: Team, at_noon: datetime) -> None:
        archive_team(team_id=team.pk, by=STAGEHAND, at=at_noon)
        with pytest.raises(NotFound):
            archive_team(team_id=team.pk, by=STAGEHAND, at=at_noon)


@pytest.mark.django_db
class TestMembers:
    def test_belong_from_a_day_until_the_day_before_the_end(
        self, team: Team, at_noon: datetime
    ) -> None:
        ann = PersonFactory()
        join(team, ann, MARCH, at_noon)
        remove_member(team_id=team.pk, user_id=ann.pk, valid_to=APRIL, by=STAGEHAND, at=at_noon)
        days = (date(2026, 2, 28), MARCH, date(2026, 3, 31), APRIL)
        assert [team.pk in team_ids_of(ann.pk, day) for day in days] == [False, True, True, False]

    def test_may_come_back(self, team: Team, at_noon: datetime) -> None:
        ann = PersonFactory()
        join(team, ann, MARCH, at_noon)
        remove_member(team_id=team.pk, user_id=ann.pk, valid_to=APRIL, by=STAGEHAND, at=at_noon)
        join(team, ann, MAY, at_noon)
        assert team.pk in team_ids_of(ann.pk, MAY)

    def test_are_not_added_twice(self, team: Team, at_noon: datetime) -> None:
        ann = PersonFactory()
        join(team, ann, MARCH, at_noon)
        with pytest.raises(AlreadyMember):
            join(team, ann, APRIL, at_noon)

    def test_who_leave_on_the_day_they_came_were_never_there(
        self, team: Team, at_noon: datetime
    ) -> None:
        ann = PersonFactory()
        join(team, ann, MARCH, at_noon)
        remove_member(team_id=team.pk, user_id=ann.pk, valid_to=MARCH, by=STAGEHAND, at=at_noon)
        assert not TeamMembership.objects.filter(user=ann).exists()

    def test_who_leave_before_they_come_never_do(self, team: Team, at_noon: datetime) -> None:
        ann = PersonFactory()
        join(team, ann, MAY, at_noon)
        remove_member(team_id=team.pk, user_id=ann.pk, valid_to=APRIL, by=STAGEHAND, at=at_noon)
        assert not TeamMembership.objects.filter(user=ann).exists()

    def test_who_leave_the_organization_join_no_team_later(
        self, team: Team, at_noon: datetime
    ) -> None:
        ann = PersonFactory()
        join(team, ann, MAY, at_noon)
        leave_all_teams(user_id=ann.pk, on=APRIL, by=STAGEHAND, at=at_noon)
        assert team_ids_of(ann.pk, MAY) == set()

    def test_of_an_archived_team_can_leave_the_organization(
        self, team: Team, at_noon: datetime
    ) -> None:
        ann = PersonFactory()
        other = TeamFactory()
        join(team, ann, MARCH, at_noon)
        join(other, ann, MARCH, at_noon)
        archive_team(team_id=team.pk, by=STAGEHAND, at=at_noon)

        leave_all_teams(user_id=ann.pk, on=APRIL, by=STAGEHAND, at=at_noon)
        assert team_ids_of(ann.pk, APRIL) == set()

    def test_who_are_none_can_not_leave(self, team: Team, at_noon: datetime) -> None:
        with pytest.raises(NotMember):
            remove_member(
                team_id=team.pk, user_id=uuid7(), valid_to=MARCH, by=STAGEHAND, at=at_noon
            )

    def test_of_another_organization_are_refused(
        self, team: Team, mallory: User, at_noon: datetime
    ) -> None:
        with pytest.raises(ValidationFailed):
            join(team, mallory, MARCH, at_noon)

    def test_of_ones_teams_are_members_and_leads(
        self, team: Team, theo: User, sam: User, suki: User, tim: User
    ) -> None:
        today = date(2026, 3, 2)
        everyone = {theo.pk, sam.pk, suki.pk, tim.pk}
        assert members_of_my_teams(theo.pk, today) == everyone
        assert members_of_my_teams(sam.pk, today) == everyone
        assert members_of_my_teams(PersonFactory().pk, today) == set()
        assert set(teams_of_people(today)) == {sam.pk, suki.pk, tim.pk}

    def test_of_an_archived_team_share_nothing(
        self, theo: User, sam: User, at_noon: datetime
    ) -> None:
        (north,) = team_ids_of(theo.pk, MARCH)
        archive_team(team_id=north, by=STAGEHAND, at=at_noon)
        assert members_of_my_teams(theo.pk, MARCH) == set()


@pytest.mark.django_db
class TestTheDatabase:
    def test_refuses_overlapping_memberships(self, team: Team) -> None:
        ann = PersonFactory()
        TeamMembership.objects.create(team=team, user=ann, valid_from=MARCH, valid_to=MAY)
        with pytest.raises(IntegrityError), transaction.atomic():
            TeamMembership.objects.create(team=team, user=ann, valid_from=APRIL)
        TeamMembership.objects.create(team=team, user=ann, valid_from=MAY)

    def test_refuses_an_end_before_the_start(self, team: Team) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            TeamMembership.objects.create(
                team=team, user=PersonFactory(), valid_from=APRIL, valid_to=MARCH
            )


class TestAtTheSameMoment:
    def test_one_of_many_adds_the_member(self, fresh_tenant: Tenant) -> None:
        team, ann = TeamFactory(), PersonFactory()
        outcomes = run_together(fresh_tenant, [lambda: join(team, ann, MARCH, utc_now())] * 6)
        assert sum(isinstance(each, TeamMembership) for each in outcomes) == 1
        assert sum(isinstance(each, AlreadyMember) for each in outcomes) == 5, outcomes

    def test_one_of_many_creates_the_team(self, fresh_tenant: Tenant) -> None:
        create = partial(create_team, new=NewTeam(name="North"), by=STAGEHAND, at=utc_now())
        outcomes = run_together(fresh_tenant, [create] * 6)
        assert sum(isinstance(each, Team) for each in outcomes) == 1
        assert sum(isinstance(each, TeamNameTaken) for each in outcomes) == 5, outcomes


def join(team: Team, person: User, day: date, at: datetime) -> TeamMembership:
    return add_member(team_id=team.pk, user_id=person.pk, valid_from=day, by=STAGEHAND, at=at)
