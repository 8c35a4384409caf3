"""Teams: the list, one team with its members and their days, the form."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shared_apps.kernel.errors import NotFound
from shared_apps.web.references import parse_id
from tenant_apps.accounts.selectors import list_people
from tenant_apps.deals import selectors as deals
from tenant_apps.deals.selectors.figures import team_figures
from tenant_apps.portal.choices import MOST, Choices
from tenant_apps.portal.forms.form import (
    Form,
    attempt,
    checked,
    read_form,
    read_typed,
    without_blanks,
)
from tenant_apps.portal.forms.once import once
from tenant_apps.portal.listing import page_of
from tenant_apps.portal.moves import Move
from tenant_apps.portal.pages import Page
from tenant_apps.portal.views.person import About
from tenant_apps.projects import selectors as projects
from tenant_apps.teams import selectors, services
from tenant_apps.teams.api.serializers import NewMemberIn, NewTeamIn, TeamIn

if TYPE_CHECKING:
    from tenant_apps.teams.models import Team

VIEW, MANAGE = selectors.VIEW, "teams.manage"
MOST_PROJECTS = 50
ARCHIVE = Move(
    "archive",
    gettext_lazy("Archive the team"),
    "archive",
    gettext_lazy("Archive this team?"),
    gettext_lazy("It leaves the lists. What it earned stays with it, by the day."),
    "danger",
)


class TeamList(Page):
    """The teams that the person may see."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": VIEW}
    room = "teams"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show a page of the teams."""
        search = request.GET.get("q", "").strip()[:200]
        teams = selectors.list_visible_teams(viewer=self.viewer, on=self.today, search=search)
        shown = page_of(teams, request)
        counts = selectors.count_members(on=self.today)
        return self.show(
            "teams/list.html",
            shown=shown,
            rows=[(team, counts.get(team.pk, 0)) for team in shown.rows],
            is_filtered=bool(search),
            may_create=self.may(MANAGE) and self.is_writable,
        )


class TeamPage(Page):
    """A page about one team."""

    room = "teams"

    def find(self, team: str) -> "Team":
        """Return the team. Raises: NotFound."""
        return selectors.get_visible_team(team_id=parse_id(team), viewer=self.viewer, on=self.today)

    def to(self, team: "Team") -> str:
        """Return the address of the team."""
        return reverse("portal:team", args=[team.pk])


class TeamDetail(TeamPage):
    """One team."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": VIEW}

    def get(self, _request: HttpRequest, team: str) -> HttpResponseBase:
        """Show the team and its members."""
        return self.show_team(self.find(team), Form())

    def show_team(self, team: "Team", form: Form, status: int = 200) -> HttpResponseBase:
        """Show the team; `form` is that of a new member."""
        memberships = list(selectors.list_memberships(team.pk))
        present = [
            each for each in memberships if each.valid_to is None or each.valid_to > self.today
        ]
        members = {each.user_id for each in present}
        may_manage = self.may(MANAGE) and self.is_writable
        people = people_choices() if may_manage else []
        return self.show(
            "teams/detail.html",
            status=status,
            team=team,
            present=present,
            past=[each for each in memberships if each not in present],
            form=form,
            people=[choice for choice in people if choice[0] not in map(str, members)],
            may_manage=may_manage,
            archive=ARCHIVE,
            sees_people=self.may("people.view"),
            **self._work_of(team),
        )

    def _work_of(self, team: "Team") -> dict[str, object]:
        """Return what the team sells and plans, as far as the person sees it."""
        work: dict[str, object] = {}
        if self.may(deals.VIEW):
            figures = team_figures(team.pk, viewer=self.viewer, today=self.today)
            counts = [(state, number) for state, number in figures.deals.items() if number]
            work |= {"sums": figures.sums, "counts": counts, "sees_deals": True}
        if self.may(projects.VIEW):
            asked = projects.ProjectFilters(team_id=team.pk)
            planned = projects.list_projects(viewer=self.viewer, filters=asked, on=self.today)
            work["projects"] = list(planned[:MOST_PROJECTS])
        return work


class AddMember(TeamDetail):
    """A person joins a team."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": MANAGE, "post": MANAGE}

    def get(self, _request: HttpRequest, team: str) -> HttpResponseBase:
        """Lead to the team: the form stands there."""
        return self.go(self.to(self.find(team)))

    def post(self, request: HttpRequest, team: str) -> HttpResponseBase:
        """Make the person a member."""
        found, form = self.find(team), read_form(request.POST)
        if attempt(form, partial(self._add, form, found)) is None:
            return self.show_team(found, form, status=400)
        return self.go(self.to(found), _("The person is a member of the team."))

    def _add(self, form: Form, team: "Team") -> object:
        values = checked(NewMemberIn, without_blanks(form.typed))
        return services.add_member(
            team_id=team.pk,
            user_id=values["user_id"],
            valid_from=values.get("valid_from", self.today),
            by=self.viewer.actor,
            at=self.at,
        )


class RemoveMember(TeamPage):
    """A person leaves a team today."""

    permissions: ClassVar[Mapping[str, str | None]] = {"post": MANAGE}

    def post(self, _request: HttpRequest, team: str, person: str) -> HttpResponseBase:
        """End the membership."""
        found, form, leaver = self.find(team), Form(), parse_id(person)
        if not selectors.list_memberships(found.pk).filter(user_id=leaver).exists():
            raise NotFound
        leave = partial(
            services.remove_member,
            team_id=found.pk,
            user_id=leaver,
            valid_to=self.today,
            by=self.viewer.actor,
            at=self.at,
        )
        if attempt(form, lambda: (leave(),)) is None:
            return self.go(self.to(found), form.notice, tone="bad")
        return self.go(self.to(found), _("The membership ends today."))


class NewTeam(TeamPage):
    """A new team."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": MANAGE, "post": MANAGE}

    def get(self, _request: HttpRequest) -> HttpResponseBase:
        """Show the form."""
        return self._show(Form())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Make the team, once."""
        form = read_form(request.POST)
        make = partial(self._make, form)
        to = attempt(form, partial(once, request, form, actor=self.viewer.actor, work=make))
        if to is None:
            return self._show(form, status=400)
        return self.go(to, _("The team is there. Add its members now."))

    def _make(self, form: Form) -> str:
        read = read_typed(NewTeamIn, team_body(form))
        new = services.NewTeam(**{"name": "", **read.values})
        make = partial(services.create_team, new=new, by=self.viewer.actor, at=self.at)
        return self.to(read.carry_out(partial(make, so_far=read.together)))

    def _show(self, form: Form, status: int = 200) -> HttpResponseBase:
        context = {"form": form, "team": None, "people": people_choices()}
        return self.show("teams/form.html", status=status, **context)


class EditTeam(TeamPage):
    """Change a team."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": MANAGE, "post": MANAGE}

    def get(self, _request: HttpRequest, team: str) -> HttpResponseBase:
        """Show the team as a form."""
        found = self.find(team)
        typed = {
            "name": found.name,
            "description": found.description,
            "lead": str(found.lead_id or ""),
        }
        return self._show(found, Form(typed=typed, version=str(found.version)))

    def post(self, request: HttpRequest, team: str) -> HttpResponseBase:
        """Keep what was changed."""
        found, form = self.find(team), read_form(request.POST)
        if attempt(form, partial(self._keep, form, found)) is None:
            return self._show(found, form, status=400)
        return self.go(self.to(found), _("The team is saved."))

    def _keep(self, form: Form, team: "Team") -> object:
        read = read_typed(TeamIn, team_body(form), partial=True)
        keep = partial(
            services.update_team,
            team_id=team.pk,
            changes=read.values,
            expected_version=form.expected_version(),
            by=self.viewer.actor,
            at=self.at,
            so_far=read.together,
        )
        return read.carry_out(keep)

    def _show(self, team: "Team", form: Form, status: int = 200) -> HttpResponseBase:
        context = {"form": form, "team": team, "people": people_choices()}
        return self.show("teams/form.html", status=status, **context)


class ArchiveTeam(TeamPage):
    """Take a team out of the lists."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": MANAGE, "post": MANAGE}

    def get(self, _request: HttpRequest, team: str) -> HttpResponseBase:
        """Ask whether it is meant."""
        found = self.find(team)
        about = About(found.name, found.description)
        return self.show("move.html", step=ARCHIVE, form=Form(), back=self.to(found), about=about)

    def post(self, _request: HttpRequest, team: str) -> HttpResponseBase:
        """Archive it."""
        found = self.find(team)
        services.archive_team(team_id=found.pk, by=self.viewer.actor, at=self.at)
        return self.go(reverse("portal:teams"), _("The team is archived."))


def team_body(form: Form) -> dict[str, object]:
    """Return a team as the API reads it."""
    return {
        "name": form.value("/name"),
        "description": form.value("/description"),
        "lead_id": form.value("/lead") or None,
    }


def people_choices() -> Choices:
    """Return everybody who is active or invited, by name."""
    people = list_people().exclude(status="suspended")[:MOST]
    return [(str(person.pk), person.full_name) for person in people]
