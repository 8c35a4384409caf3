"""Teams over HTTP."""

from typing import Any

import pytest

from shared_apps.kernel.ids import uuid7
from tenant_apps.accounts.models import User
from tenant_apps.teams.models import Team
from tenant_apps.teams.selectors import find_team_by_name
from tests.cast import TEAM_NAME
from tests.client import PrsClient, error, ok
from tests.factories.accounts import PersonFactory
from tests.factories.teams import TeamFactory
from tests.queries import queries_of

pytestmark = pytest.mark.django_db

TEAMS = "/api/business/teams/"


@pytest.fixture
def north(cast: None, acme: Any, db: None) -> Team:
    team = find_team_by_name(TEAM_NAME)
    assert team is not None
    return team


def url_of(team: Team, more: str = "") -> str:
    return f"{TEAMS}{team.pk}/{more}"


class TestList:
    def test_shows_administrators_every_team(self, as_adam: PrsClient, north: Team) -> None:
        TeamFactory(name="South")
        names = [row["name"] for row in ok(as_adam.get(TEAMS))["results"]]
        assert names == ["North", "South"]

    def test_shows_members_their_own_teams(
        self, as_sam: PrsClient, as_theo: PrsClient, north: Team
    ) -> None:
        TeamFactory(name="South")
        for client in (as_sam, as_theo):
            assert [row["name"] for row in ok(client.get(TEAMS))["results"]] == ["North"]

    def test_searches(self, as_adam: PrsClient, north: Team) -> None:
        assert ok(as_adam.get(f"{TEAMS}?search=nor"))["pagination"]["count"] == 1
        assert ok(as_adam.get(f"{TEAMS}?search=south"))["pagination"]["count"] == 0

    def test_refuses_unknown_parameters(self, as_adam: PrsClient) -> None:
        error(as_adam.get(f"{TEAMS}?lead=x"), 400)

    def test_costs_the_same_for_1_and_for_50_teams(
        self, as_adam: PrsClient, north: Team, theo: User
    ) -> None:
        one = queries_of(lambda: as_adam.get(TEAMS))
        for _ in range(50):
            TeamFactory(lead_id=theo.pk)
        assert queries_of(lambda: as_adam.get(f"{TEAMS}?page_size=100")) == one


class TestOne:
    def test_shows_the_lead(self, as_sam: PrsClient, north: Team, theo: User) -> None:
        answer = as_sam.get(url_of(north))
        shown = ok(answer)
        assert shown["lead"] == {
            "id": str(theo.pk),
            "full_name": "Theo Lead",
            "email": theo.email,
            "phone": theo.phone,
        }
        assert answer["ETag"] == '"1"'

    def test_of_others_looks_like_one_that_does_not_exist(
        self, as_sam: PrsClient, as_mallory: PrsClient, north: Team
    ) -> None:
        unknown = error(as_sam.get(f"{TEAMS}{uuid7()}/"), 404)
        assert error(as_sam.get(url_of(TeamFactory())), 404) == unknown
        assert error(as_sam.get(url_of(TeamFactory(), "members/")), 404) == unknown
        assert error(as_mallory.get(url_of(north)), 404) == unknown
        assert error(as_mallory.delete(url_of(north)), 404) == unknown
        assert error(as_mallory.patch(url_of(north), {}, version=1), 404) == unknown


class TestWriting:
    def test_a_team_from_creation_to_the_archive(self, as_adam: PrsClient, theo: User) -> None:
        created = ok(as_adam.post(TEAMS, {"name": "South", "lead_id": str(theo.pk)}), 201)
        path = f"{TEAMS}{created['id']}/"
        changed = ok(as_adam.patch(path, {**created, "name": "South-East"}, version=1))
        assert (changed["name"], changed["version"]) == ("South-East", 2)
        error(as_adam.patch(path, {"name": "West"}, version=1), 412)
        ok(as_adam.delete(path), 204)
        error(as_adam.get(path), 404)

    def test_a_name_that_is_taken(self, as_adam: PrsClient, north: Team) -> None:
        assert error(as_adam.post(TEAMS, {"name": "North"}), 409)["code"] == "team_name_taken"

    @pytest.mark.parametrize(
        "given",
        [
            {},
            {"name": ""},
            {"name": "x" * 101},
            {"name": "X", "lead_id": "nobody"},
            {"name": "X", "lead_id": str(uuid7())},
            {"name": "X", "version": 9},
            {"name": "X", "archived_at": None},
            {"name": "X", "created_by_id": str(uuid7())},
        ],
    )
    def test_bad_input(self, given: dict[str, Any], as_adam: PrsClient) -> None:
        error(as_adam.post(TEAMS, given), 400)

    @pytest.mark.parametrize("field", ["id", "version", "external_id", "created_at", "lead"])
    def test_what_can_not_be_changed(self, field: str, as_adam: PrsClient, north: Team) -> None:
        refusal = error(as_adam.patch(url_of(north), {field: "x"}, version=1), 400)
        assert refusal["errors"][0]["field"].startswith(f"/{field}")

    def test_is_refused_to_the_lead(self, as_theo: PrsClient, north: Team) -> None:
        error(as_theo.patch(url_of(north), {"name": "Mine"}, version=1), 403)


class TestMembers:
    def test_come_and_go(self, as_adam: PrsClient, north: Team) -> None:
        ann = PersonFactory()
        given = {"user_id": str(ann.pk), "valid_from": "2026-01-01"}
        assert ok(as_adam.post(url_of(north, "members/"), given), 201)["valid_to"] is None
        error(as_adam.post(url_of(north, "members/"), given), 409)
        names = [row["user"]["id"] for row in ok(as_adam.get(url_of(north, "members/")))["results"]]
        assert str(ann.pk) in names
        ok(as_adam.delete(url_of(north, f"members/{ann.pk}/")), 204)
        error(as_adam.delete(url_of(north, f"members/{ann.pk}/")), 409)

    def test_of_a_day_to_come_are_shown_and_taken_back(
        self, as_adam: PrsClient, north: Team
    ) -> None:
        ann = PersonFactory(phone="+49 30 1234")
        given = {"user_id": str(ann.pk), "valid_from": "2999-01-01"}
        ok(as_adam.post(url_of(north, "members/"), given), 201)

        def reached(query: str) -> list[str]:
            rows = ok(as_adam.get(url_of(north, f"members/{query}")))["results"]
            return [each["user"]["phone"] for each in rows if each["user"]["id"] == str(ann.pk)]

        assert (reached(""), reached("?on=2999-01-01")) == ([], ["+49 30 1234"])
        ok(as_adam.delete(url_of(north, f"members/{ann.pk}/")), 204)
        assert reached("?on=2999-01-01") == []

    def test_join_today_when_no_day_is_given(self, as_adam: PrsClient, north: Team) -> None:
        given = {"user_id": str(PersonFactory().pk)}
        assert ok(as_adam.post(url_of(north, "members/"), given), 201)["valid_from"]

    def test_of_a_team_are_shown_to_its_members(self, as_sam: PrsClient, north: Team) -> None:
        rows = ok(as_sam.get(url_of(north, "members/")))["results"]
        assert {row["user"]["full_name"] for row in rows} == {
            "Sam Seller",
            "Suki Seller",
            "Tim Member",
        }

    @pytest.mark.parametrize(
        "given",
        [{}, {"user_id": "x"}, {"user_id": str(uuid7())}, {"user_id": 1, "team_id": "x"}],
    )
    def test_bad_input(self, given: dict[str, Any], as_adam: PrsClient, north: Team) -> None:
        error(as_adam.post(url_of(north, "members/"), given), 400)
