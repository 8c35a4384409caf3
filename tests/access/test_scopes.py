"""Scopes: to whose objects a permission applies."""

from datetime import date, datetime

import pytest

from shared_apps.kernel.errors import PermissionRefused
from tenant_apps.access.scopes import has_permission, people_with, scope_of
from tenant_apps.access.services import assign_role, remove_role
from tenant_apps.accounts.models import User
from tenant_apps.accounts.services import suspend_person
from tenant_apps.teams.services import NewTeam, add_member, create_team
from tests.cast import STAGEHAND, TEAM_SINCE
from tests.client import PrsClient, error, ok
from tests.factories.accounts import PersonFactory
from tests.factories.deals import DealFactory

pytestmark = pytest.mark.django_db


class TestScopeOf:
    def test_own_is_oneself(self, sam: User) -> None:
        scope = scope_of(sam, "deals.view")
        assert scope.user_ids == frozenset({sam.pk})
        assert scope.covers(sam.pk)

    def test_own_does_not_cover_a_colleague(self, sam: User, suki: User) -> None:
        assert not scope_of(sam, "deals.view").covers(suki.pk)
        assert not scope_of(sam, "deals.view").covers(None)

    def test_team_is_the_lead_and_the_members(
        self, theo: User, sam: User, suki: User, tim: User
    ) -> None:
        assert scope_of(theo, "deals.view").user_ids == frozenset(
            {theo.pk, sam.pk, suki.pk, tim.pk}
        )

    def test_team_is_not_one_that_the_lead_is_a_plain_member_of(
        self, theo: User, sam: User, olga: User, at_noon: datetime
    ) -> None:
        stranger = self._let_theo_join_another_team(theo, olga, at_noon)
        for permission in ("deals.view", "deals.edit", "discounts.approve", "commissions.view"):
            scope = scope_of(theo, permission)
            assert scope.covers(sam.pk)
            assert not scope.covers(stranger.pk)

    def test_peers_are_those_of_joined_and_of_led_teams(
        self, theo: User, sam: User, olga: User, at_noon: datetime
    ) -> None:
        stranger = self._let_theo_join_another_team(theo, olga, at_noon)
        assign_role(user_id=theo.pk, role="team_member", by=olga, at=at_noon)
        assert scope_of(theo, "deals.view").covers(stranger.pk)
        assert scope_of(theo, "deals.view").covers(sam.pk)
        assert not scope_of(theo, "deals.edit").covers(stranger.pk)

    def test_peers_of_a_member_are_the_team_and_its_lead(
        self, tim: User, theo: User, sam: User, suki: User
    ) -> None:
        scope = scope_of(tim, "deals.view")
        assert scope.user_ids == frozenset({tim.pk, theo.pk, sam.pk, suki.pk})
        assert not has_permission(tim, "deals.edit")

    def test_team_lets_a_lead_edit_deals_of_the_led_team_only(
        self, as_theo: PrsClient, theo: User, sam: User, olga: User, at_noon: datetime
    ) -> None:
        stranger = self._let_theo_join_another_team(theo, olga, at_noon)
        assign_role(user_id=stranger.pk, role="salesperson", by=olga, at=at_noon)
        theirs, ours = DealFactory(by=stranger), DealFactory(by=sam)
        change = {"name": "Renamed"}
        url = "/api/business/deals"
        error(as_theo.patch(f"{url}/{theirs.pk}/", change, version=theirs.version), 404)
        ok(as_theo.patch(f"{url}/{ours.pk}/", change, version=ours.version))

    @staticmethod
    def _let_theo_join_another_team(theo: User, olga: User, at: datetime) -> User:
        stranger = PersonFactory()
        team = create_team(new=NewTeam(name="South", lead_id=olga.pk), by=olga.actor, at=at)
        for person in (theo, stranger):
            add_member(
                team_id=team.pk, user_id=person.pk, valid_from=TEAM_SINCE, by=olga.actor, at=at
            )
        return stranger

    def test_team_is_that_of_the_day(self, theo: User) -> None:
        before_the_team = scope_of(theo, "deals.view", on=date(2025, 11, 30))
        assert before_the_team.user_ids == frozenset({theo.pk})

    def test_all_is_everyone(self, vera: User, sam: User) -> None:
        scope = scope_of(vera, "payments.view")
        assert scope.user_ids is None
        assert scope.covers(sam.pk)

    def test_without_a_grant_is_refused(self, sam: User) -> None:
        with pytest.raises(PermissionRefused):
            scope_of(sam, "payments.decide")

    def test_takes_the_widest_of_several_roles(
        self, sam: User, olga: User, at_noon: datetime
    ) -> None:
        assign_role(user_id=sam.pk, role="verifier", by=olga, at=at_noon)
        assert scope_of(sam, "deals.view").user_ids is None
        assert scope_of(sam, "payments.submit").user_ids == frozenset({sam.pk})


class TestHasPermission:
    def test_is_lost_with_the_role(self, sam: User, olga: User, at_noon: datetime) -> None:
        remove_role(user_id=sam.pk, role="salesperson", by=olga, at=at_noon)
        assert not has_permission(sam, "deals.view")

    def test_is_lost_with_the_suspension(self, sam: User, at_noon: datetime) -> None:
        suspended = suspend_person(user_id=sam.pk, by=STAGEHAND, at=at_noon)
        assert not has_permission(suspended, "deals.view")

    def test_is_none_without_a_role(self) -> None:
        assert not has_permission(PersonFactory(), "deals.view")


class TestPeopleWith:
    def test_names_those_who_can_act_for_others(
        self, olga: User, adam: User, vera: User, viktor: User, rita: User
    ) -> None:
        deciders = people_with("payments.decide")
        assert set(deciders) == {olga.pk, adam.pk, vera.pk, viktor.pk}
        assert deciders == sorted(deciders)

    def test_leaves_the_suspended_out(self, vera: User, at_noon: datetime) -> None:
        suspend_person(user_id=vera.pk, by=STAGEHAND, at=at_noon)
        assert vera.pk not in people_with("payments.decide")

    def test_names_nobody_for_an_unknown_permission(self, cast: None) -> None:
        assert people_with("nothing.at_all") == []
