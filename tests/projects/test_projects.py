"""Projects: who enters, sees and changes them, and what their deals come to."""

from datetime import datetime
from typing import Any

import pytest

from shared_apps.audit.selectors import history_of
from shared_apps.kernel.money import Money
from shared_apps.organizations.selectors import local_day_of
from tenant_apps.accounts.models import User
from tenant_apps.projects.models import Project
from tenant_apps.projects.services import NewProject, create_project
from tenant_apps.teams.models import Team
from tenant_apps.teams.services import add_member
from tests.cast import TEAM_NAME
from tests.client import PrsClient, error, ok
from tests.factories.deals import DealFactory, WonDealFactory
from tests.factories.payments import VerifiedPaymentFactory
from tests.factories.teams import TeamFactory
from tests.queries import queries_of

URL = "/api/business/projects/"


@pytest.fixture
def north(cast: None, db: None) -> Team:
    return Team.objects.get(name=TEAM_NAME)


@pytest.fixture
def project(north: Team, theo: User, at_noon: datetime) -> Project:
    return create_project(new=NewProject(name="Plant", team_id=north.pk), by=theo, at=at_noon)


class TestClientsOfProject:
    def test_are_those_with_deals_that_one_sees(
        self, as_sam: PrsClient, as_suki: PrsClient, as_theo: PrsClient, project: Project
    ) -> None:
        deal = DealFactory(project_id=project.pk, by=project.lead)
        DealFactory(by=project.lead)
        address = f"{URL}{project.code}/clients/"
        assert [each["id"] for each in ok(as_theo.get(address))["results"]] == [str(deal.client_id)]
        assert ok(as_sam.get(address))["results"] == []


class TestCreateProject:
    def test_gives_it_a_code_and_its_makers_lead(self, as_theo: PrsClient, north: Team) -> None:
        made = ok(as_theo.post(URL, {"name": "Plant", "team": str(north.pk)}), 201)
        assert (made["code"], made["lead"]["name"], made["team"]["name"]) == (
            "PJ-0001",
            "Theo Lead",
            "North",
        )
        assert made["status"] == "planning"

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"name": " "}, "/name"),
            ({"name": "P", "status": "dreaming"}, "/status"),
            ({"name": "P", "starts_on": "2026-03-02", "ends_on": "2026-03-01"}, "/ends_on"),
            ({"name": "P", "lead": "01a20000-0000-4000-8000-000000000000"}, "/lead"),
            ({"name": "P", "team": "01a20000-0000-4000-8000-000000000000"}, "/team"),
        ],
    )
    def test_names_what_is_wrong(
        self, as_theo: PrsClient, body: dict[str, Any], field: str
    ) -> None:
        assert error(as_theo.post(URL, body), 400)["errors"][0]["field"] == field

    def test_is_refused_to_sellers_and_readers(
        self, as_sam: PrsClient, as_tim: PrsClient, as_audrey: PrsClient
    ) -> None:
        for client in (as_sam, as_tim, as_audrey):
            assert error(client.post(URL, {"name": "P"}), 403)["code"] == "permission_denied"

    def test_takes_an_external_id_once(self, as_theo: PrsClient) -> None:
        ok(as_theo.post(URL, {"name": "P", "external_id": "X1"}), 201)
        refused = error(as_theo.post(URL, {"name": "Q", "external_id": "X1"}), 409)
        assert refused["code"] == "external_id_taken"


class TestChangeProject:
    def test_records_what_differs(self, project: Project, as_theo: PrsClient) -> None:
        path = f"{URL}{project.code}/"
        changed = ok(as_theo.patch(path, {"status": "in_progress"}, version=1))
        assert (changed["status"], changed["version"]) == ("in_progress", 2)
        event = history_of("projects.project", project.pk)[0]
        assert (event.before, event.after) == ({"status": "planning"}, {"status": "in_progress"})
        assert error(as_theo.patch(path, {"status": "planning"}, version=1), 412)

    def test_is_refused_to_those_who_only_see_it(self, project: Project, as_sam: PrsClient) -> None:
        path = f"{URL}{project.code}/"
        assert ok(as_sam.get(path))["name"] == "Plant"
        refused = as_sam.patch(path, {"status": "on_hold"}, version=1)
        assert error(refused, 403)["code"] == "permission_denied"

    def test_is_not_found_by_strangers(
        self, project: Project, as_mallory: PrsClient, as_rita: PrsClient
    ) -> None:
        assert error(as_mallory.get(f"{URL}{project.pk}/"), 404)["code"] == "not_found"
        assert error(as_rita.get(f"{URL}{project.pk}/"), 403)["code"] == "permission_denied"

    def test_leaves_the_lists_when_archived(self, project: Project, as_theo: PrsClient) -> None:
        for _ in range(2):
            assert as_theo.delete(f"{URL}{project.code}/").status_code == 204
        assert ok(as_theo.get(URL))["results"] == []
        assert len(ok(as_theo.get(f"{URL}?include_archived=true"))["results"]) == 1

    def test_costs_the_same_queries_for_1_and_20_rows(
        self, project: Project, theo: User, as_theo: PrsClient, at_noon: datetime
    ) -> None:
        one = queries_of(lambda: as_theo.get(URL))
        for number in range(19):
            create_project(new=NewProject(name=f"P{number}"), by=theo, at=at_noon)
        assert queries_of(lambda: as_theo.get(URL)) == one


class TestDealsOfProject:
    def test_are_listed_and_add_up(
        self, project: Project, sam: User, suki: User, as_theo: PrsClient, at_noon: datetime
    ) -> None:
        won = WonDealFactory(by=sam, project_id=project.pk, at=at_noon)
        VerifiedPaymentFactory(deal=won, by=sam, at=at_noon)
        DealFactory(by=suki, project_id=project.pk, at=at_noon)
        WonDealFactory(by=sam, at=at_noon)

        listed = ok(as_theo.get(f"/api/business/deals/?project={project.pk}"))["results"]
        assert {deal["project"]["code"] for deal in listed} == {project.code}
        assert len(listed) == 2
        figures = ok(as_theo.get(f"{URL}{project.code}/figures/"))
        assert (figures["deals"]["won"], figures["deals"]["open"]) == (1, 1)
        (sums,) = figures["sums"]
        amounts = {name: money["amount"] for name, money in sums.items()}
        assert amounts == {"booked": "1000.00", "collected": "400.00", "outstanding": "600.00"}

    def test_take_only_projects_that_one_sees_and_that_go_on(
        self,
        project: Project,
        as_sam: PrsClient,
        as_fay: PrsClient,
        olga: User,
        at_noon: datetime,
        sam: User,
    ) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        path = f"/api/business/deals/{deal.code}/"
        hidden = create_project(new=NewProject(name="Secret"), by=olga, at=at_noon)
        refused = error(as_sam.patch(path, {"project": str(hidden.pk)}, version=1), 400)
        assert refused["errors"][0]["code"] == "not_found"
        assert ok(as_sam.patch(path, {"project": str(project.pk)}, version=1))["project"] == {
            "id": str(project.pk),
            "code": project.code,
            "name": "Plant",
        }

    def test_of_a_team_are_those_of_its_people(
        self, north: Team, sam: User, olga: User, as_adam: PrsClient, at_noon: datetime
    ) -> None:
        WonDealFactory(by=sam, at=at_noon)
        WonDealFactory(by=olga, at=at_noon)
        for kind in ("deals", "clients"):
            listed = ok(as_adam.get(f"/api/business/{kind}/?team={north.pk}"))["results"]
            assert [each["owner"]["name"] for each in listed] == ["Sam Seller"]
        figures = ok(as_adam.get(f"/api/business/teams/{north.pk}/figures/"))
        assert figures["sums"][0]["booked"] == Money.of("1000.00", "USD").as_json()


class TestProjectsOfTeamsThatOneOnlyBelongsTo:
    """Theo leads North and is a member of South: what South plans is his to read, not to change."""

    @pytest.fixture
    def south(self, theo: User, olga: User, at_noon: datetime) -> Team:
        south = TeamFactory(name="South", lead_id=olga.pk)
        day = local_day_of(at_noon)
        add_member(team_id=south.pk, user_id=theo.pk, valid_from=day, by=olga.actor, at=at_noon)
        return south

    @pytest.fixture
    def souths(self, south: Team, olga: User, at_noon: datetime) -> Project:
        return create_project(new=NewProject(name="Dam", team_id=south.pk), by=olga, at=at_noon)

    def test_are_read(self, souths: Project, as_theo: PrsClient) -> None:
        assert ok(as_theo.get(f"{URL}{souths.code}/"))["name"] == "Dam"

    def test_are_not_changed_or_archived(self, souths: Project, as_theo: PrsClient) -> None:
        path = f"{URL}{souths.code}/"
        changed = as_theo.patch(path, {"status": "cancelled"}, version=1)
        assert error(changed, 403)["code"] == "permission_denied"
        assert error(as_theo.delete(path), 403)["code"] == "permission_denied"
        souths.refresh_from_db()
        assert (souths.status, souths.archived_at, souths.version) == ("planning", None, 1)

    def test_are_not_planned_for_them(
        self, project: Project, south: Team, as_theo: PrsClient, as_olga: PrsClient
    ) -> None:
        into_south = {"team": str(south.pk)}
        refused = error(as_theo.post(URL, {"name": "P", **into_south}), 400)
        assert (refused["errors"][0]["field"], refused["errors"][0]["code"]) == ("/team", "not_led")
        moved = error(as_theo.patch(f"{URL}{project.code}/", into_south, version=1), 400)
        assert moved["errors"][0]["code"] == "not_led"
        assert ok(as_olga.patch(f"{URL}{project.code}/", into_south, version=1))["version"] == 2

    def test_a_team_out_of_sight_is_like_none(
        self, north: Team, olga: User, as_theo: PrsClient
    ) -> None:
        hidden = TeamFactory(name="Hidden", lead_id=olga.pk)
        nobody = "01a20000-0000-4000-8000-000000000000"
        said = [
            error(as_theo.post(URL, {"name": "P", "team": team}), 400)["errors"]
            for team in (str(hidden.pk), nobody)
        ]
        assert said[0] == said[1]


def test_figures_of_a_project_want_its_permission_too(project: Project, as_vera: PrsClient) -> None:
    """A verifier sees all deals but no projects."""
    assert ok(as_vera.get("/api/business/deals/"))["results"] == []
    refused = as_vera.get(f"{URL}{project.code}/figures/")
    assert error(refused, 403)["code"] == "permission_denied"
