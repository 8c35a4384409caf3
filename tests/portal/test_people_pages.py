"""The rooms for people and teams: what administrators see there and do."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser

from shared_apps.audit.selectors import history_of
from shared_apps.kernel.clock import utc_now
from tenant_apps.access.selectors import roles_of
from tenant_apps.access.services import ask_for_mfa_reset
from tenant_apps.accounts.models import SignIn, User
from tenant_apps.accounts.selectors import find_person_by_email, list_mfa_resets
from tenant_apps.projects.services import NewProject, create_project
from tenant_apps.teams.models import Team, TeamMembership
from tests.accounts.factors import give_app
from tests.factories.accounts import InvitedPersonFactory, PersonFactory
from tests.factories.deals import WonDealFactory
from tests.portal.conftest import Browsers
from tests.queries import queries_of

NOBODY = "01a20000-0000-7000-8000-000000000000"


@pytest.fixture
def adams(adam: User, browser_of: Browsers) -> Browser:
    """The administrator's browser."""
    return browser_of(adam)


@pytest.fixture
def team(cast: None) -> Team:
    return Team.objects.get(name="North")


def text_of(page: Any) -> str:
    return str(page.content.decode())


class TestList:
    def test_shows_people_with_roles_and_teams(self, adams: Browser, sam: User) -> None:
        html = text_of(adams.get("/people/?q=seller"))
        assert f"/people/{sam.pk}/" in html
        assert "Salesperson" in html
        assert "North" in html
        assert "Vera Verifier" not in html

    @pytest.mark.parametrize("query", ["role=verifier", "status=active&q=verif", "role=nothing"])
    def test_filters(self, adams: Browser, query: str) -> None:
        assert "Vera Verifier" in text_of(adams.get(f"/people/?{query}"))

    def test_says_so_when_nobody_matches(self, adams: Browser) -> None:
        assert "Nobody matches" in text_of(adams.get("/people/?q=nobody-like-this"))

    def test_costs_the_same_for_1_and_20_people(self, adams: Browser) -> None:
        one = queries_of(lambda: adams.get("/people/?q=adam"))
        for _ in range(20):
            PersonFactory()
        assert queries_of(lambda: adams.get("/people/")) == one

    def test_offers_nothing_to_those_who_only_look(
        self, audrey: User, browser_of: Browsers
    ) -> None:
        assert "/people/invite/" not in text_of(browser_of(audrey).get("/people/"))


class TestInvitation:
    def test_makes_a_person_with_roles_and_teams(self, adams: Browser, team: Team) -> None:
        email = f"ann-{uuid4().hex[:8]}@acme.example"
        form = {
            "email": email,
            "first_name": "Ann",
            "roles.salesperson": "true",
            f"teams.{team.pk}": "true",
            "request_key": str(uuid4()),
        }
        answers = [adams.post("/people/invite/", form) for _ in range(2)]

        ann = find_person_by_email(email)
        assert ann is not None
        assert {answer["Location"] for answer in answers} == {f"/people/{ann.pk}/"}
        assert roles_of(ann.pk) == ["salesperson"]
        assert TeamMembership.objects.filter(user=ann, team=team).count() == 1
        page = text_of(adams.get(f"/people/{ann.pk}/"))
        assert "Invited by Adam Admin" in page
        assert "Take the invitation back" in page

    def test_writes_in_the_language_of_who_invites(self, adams: Browser) -> None:
        email = f"ann-{uuid4().hex[:8]}@acme.example"
        adams.cookies["language"] = "de"
        adams.post("/people/invite/", {"email": email, "request_key": str(uuid4())})
        ann = find_person_by_email(email)
        assert ann is not None
        assert ann.locale == "de"

    def test_keeps_what_was_typed_and_says_why(self, adams: Browser, sam: User) -> None:
        form = {"email": sam.email, "first_name": "Ann", "roles.auditor": "true"}
        page = adams.post("/people/invite/", form)
        html = text_of(page)
        assert page.status_code == 400
        assert "There is a person with this e-mail address already." in html
        assert 'value="Ann"' in html
        assert (
            'id="f-roles-auditor" type="checkbox" name="roles.auditor" value="true" checked' in html
        )

    def test_names_the_field_that_is_wrong(self, adams: Browser) -> None:
        html = text_of(adams.post("/people/invite/", {"email": "nonsense"}))
        assert 'href="#f-email"' in html

    def test_closes_the_roles_that_hold_more(self, adams: Browser) -> None:
        html = text_of(adams.get("/people/invite/"))
        assert 'name="roles.owner" value="true" disabled' in html
        assert 'name="roles.admin" value="true" disabled' not in html

    def test_beyond_ones_own_is_refused_all_the_same(self, adams: Browser) -> None:
        form = {"email": f"{uuid4().hex}@acme.example", "roles.owner": "true"}
        assert "You cannot give or take rights" in text_of(adams.post("/people/invite/", form))

    def test_that_gives_roles_asks_for_a_recent_proof(self, adam: User, adams: Browser) -> None:
        SignIn.objects.filter(user=adam).update(proved_at=utc_now() - timedelta(minutes=16))
        email = f"ann-{uuid4().hex[:8]}@acme.example"
        form = {"email": email, "roles.salesperson": "true", "request_key": str(uuid4())}
        page = adams.post("/people/invite/", form)
        assert page.status_code == 403
        assert 'name="roles.salesperson" value="true"' in text_of(page)
        assert find_person_by_email(email) is None

    def test_is_taken_back(self, adams: Browser) -> None:
        ann = InvitedPersonFactory()
        answer = adams.post(f"/people/{ann.pk}/move/revoke/")
        assert answer["Location"] == "/people/"
        assert adams.get(f"/people/{ann.pk}/").status_code == 404


class TestPerson:
    def test_shows_roles_with_days_teams_and_sign_ins(
        self, adams: Browser, sams: Browser, sam: User, team: Team
    ) -> None:
        html = text_of(adams.get(f"/people/{sam.pk}/"))
        assert "Olga Owner" in html  # who gave the role
        assert f"/teams/{team.pk}/" in html
        assert "Where they are signed in" in html
        assert "What happened" in html

    def test_of_nobody_and_of_another_organization_is_the_same_404(
        self, adams: Browser, mallory: User
    ) -> None:
        pages = [adams.get(f"/people/{each}/") for each in (NOBODY, mallory.pk, "nonsense")]
        assert [page.status_code for page in pages] == [404] * 3

    def test_ask_why_somebody_is_suspended(self, adams: Browser, sam: User) -> None:
        page = adams.post(f"/people/{sam.pk}/move/suspend/", {"reason": " "})
        assert (page.status_code, page.context["form"].errors("/reason")) == (
            400,
            ["This field is required."],
        )
        sam.refresh_from_db()
        assert sam.status == "active"

    @pytest.mark.parametrize(
        ("move", "status"), [("suspend", "suspended"), ("new-password", "active")]
    )
    def test_is_moved(self, adams: Browser, sam: User, move: str, status: str) -> None:
        assert adams.get(f"/people/{sam.pk}/move/{move}/").status_code == 200
        answer = adams.post(f"/people/{sam.pk}/move/{move}/", {"reason": "Left"})
        assert answer.status_code == 303
        sam.refresh_from_db()
        assert (sam.status, sam.password_change_required) == (status, move == "new-password")

    def test_comes_back_after_a_suspension(self, adams: Browser, sam: User) -> None:
        adams.post(f"/people/{sam.pk}/move/suspend/", {"reason": "Left"})
        assert "Reactivate" in text_of(adams.get(f"/people/{sam.pk}/"))
        adams.post(f"/people/{sam.pk}/move/reactivate/")
        sam.refresh_from_db()
        assert sam.status == "active"

    def test_is_signed_out_everywhere(self, adams: Browser, sams: Browser, sam: User) -> None:
        adams.post(f"/people/{sam.pk}/move/sign-out/")
        assert not SignIn.objects.filter(user=sam, ended_at=None).exists()
        assert sams.get("/clients/").status_code == 302

    def test_who_holds_more_is_left_alone(self, adams: Browser, olga: User) -> None:
        html = text_of(adams.get(f"/people/{olga.pk}/"))
        assert "This person holds rights that you do not have" in html
        assert "move-suspend" not in html
        answer = adams.post(f"/people/{olga.pk}/move/suspend/", {"reason": "x"})
        assert answer.status_code == 403

    def test_takes_another_name(self, adams: Browser, sam: User) -> None:
        version = str(sam.version)
        form = {"first_name": "Samuel", "last_name": "Seller", "version": version}
        assert adams.post(f"/people/{sam.pk}/edit/", form).status_code == 303
        stale = adams.post(f"/people/{sam.pk}/edit/", {**form, "first_name": "Sammy"})
        sam.refresh_from_db()
        assert (sam.first_name, stale.status_code) == ("Samuel", 400)

    def test_receives_exactly_the_roles_that_are_ticked(self, adams: Browser, sam: User) -> None:
        assert adams.get(f"/people/{sam.pk}/roles/").status_code == 200
        form = {"roles.salesperson": "true", "roles.team_lead": "true"}
        assert adams.post(f"/people/{sam.pk}/roles/", form).status_code == 303
        assert set(roles_of(sam.pk)) == {"salesperson", "team_lead"}
        events = history_of("accounts.user", sam.pk).values_list("name", flat=True)
        assert "access.role_assigned" in events


class TestReset:
    """Two administrators reset a second factor."""

    def test_is_asked_for_by_one_and_agreed_to_by_another(
        self, adams: Browser, sam: User, olga: User, browser_of: Browsers
    ) -> None:
        give_app(sam)
        assert "Reset the second factor" in text_of(adams.get(f"/people/{sam.pk}/"))
        adams.post(f"/people/{sam.pk}/reset/", {"reason": "Lost the telephone"})
        (reset,) = list_mfa_resets(status="pending")
        assert "Look at it" in text_of(adams.get("/people/"))

        own = adams.post(f"/people/resets/{reset.pk}/approve/", follow=True)
        assert "another administrator must agree" in text_of(own)
        done = browser_of(olga).post(f"/people/resets/{reset.pk}/approve/", follow=True)

        assert "decides nothing for 24 hours" in text_of(done)
        sam.refresh_from_db()
        assert sam.approvals_blocked_until is not None

    def test_is_turned_down(self, adams: Browser, adam: User, sam: User) -> None:
        give_app(sam)
        reset = ask_for_mfa_reset(user_id=sam.pk, reason="Lost", by=adam, at=utc_now())
        adams.post(f"/people/resets/{reset.pk}/decline/")
        assert not list_mfa_resets(status="pending").exists()


class TestTeams:
    def test_are_listed_with_lead_and_members(self, adams: Browser, team: Team) -> None:
        html = text_of(adams.get("/teams/"))
        assert "Theo Lead" in html
        assert f"/teams/{team.pk}/" in html

    def test_are_ones_own_for_a_seller(self, sams: Browser, team: Team) -> None:
        Team.objects.create(name="Elsewhere", created_at=utc_now(), updated_at=utc_now())
        html = text_of(sams.get("/teams/"))
        assert "North" in html
        assert "Elsewhere" not in html
        assert "/teams/new/" not in html

    def test_are_made_changed_and_archived(self, adams: Browser, suki: User) -> None:
        made = adams.post("/teams/new/", {"name": "West", "request_key": str(uuid4())})
        url = made["Location"]
        west = Team.objects.get(name="West")
        form = {"name": "Far West", "lead": str(suki.pk), "version": str(west.version)}
        assert adams.post(f"{url}edit/", form)["Location"] == url
        assert "Suki Seller" in text_of(adams.get(url))
        assert adams.get(f"{url}archive/").status_code == 200
        adams.post(f"{url}archive/")
        assert adams.get(url).status_code == 404

    def test_show_what_they_sell_and_plan(
        self, adams: Browser, team: Team, theo: User, sam: User, at_noon: datetime
    ) -> None:
        WonDealFactory(by=sam, at=at_noon)
        new = NewProject(name="Headquarters", team_id=team.pk, status="on_hold")
        create_project(new=new, by=theo, at=at_noon)

        html = text_of(adams.get(f"/teams/{team.pk}/"))
        assert html.count("$1,000.00") == 2
        for text in ("Headquarters", "PJ-0001", "On hold"):
            assert text in html

    def test_of_a_taken_name_are_refused(self, adams: Browser, team: Team) -> None:
        page = adams.post("/teams/new/", {"name": "North"})
        assert "There is a team with this name already." in text_of(page)

    def test_take_members_from_a_day_on_and_let_them_go(
        self, adams: Browser, team: Team, vera: User
    ) -> None:
        since = (utc_now() - timedelta(days=3)).date()
        url = f"/teams/{team.pk}/"
        form = {"user_id": str(vera.pk), "valid_from": since.isoformat()}
        assert adams.post(f"{url}members/", form).status_code == 303
        again = adams.post(f"{url}members/", form)
        assert "member of this team already" in text_of(again)
        adams.post(f"{url}members/{vera.pk}/end/")
        membership = TeamMembership.objects.get(team=team, user=vera)
        assert membership.valid_from == since
        assert membership.valid_to is not None
        assert "Former members" in text_of(adams.get(url))
