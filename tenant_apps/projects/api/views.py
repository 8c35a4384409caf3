"""Projects over HTTP."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.organizations.selectors import local_day_of
from shared_apps.web.schema import documented
from shared_apps.web.serializers import (
    InputSerializer,
    OutputSerializer,
    QuerySerializer,
    SearchField,
)
from shared_apps.web.views import ApiViewSet, parse_reference
from tenant_apps.projects import selectors, services
from tenant_apps.projects.models import Project, ProjectStatus

REQUEST: dict[str, Any] = {
    "name": "New headquarters",
    "status": "in_progress",
    "team": "0197a1b2-0000-7000-8000-000000000004",
    "starts_on": "2026-03-01",
    "ends_on": "2026-09-30",
}
EXAMPLE: dict[str, Any] = {
    "id": "0197f1a0-0000-7000-8000-000000000071",
    "code": "PJ-0001",
    "external_id": None,
    "name": "New headquarters",
    "description": "",
    "status": "in_progress",
    "lead": {"id": "0197f1a0-0000-7000-8000-000000000003", "name": "Theo Lead"},
    "team": {"id": REQUEST["team"], "name": "North"},
    "starts_on": "2026-03-01",
    "ends_on": "2026-09-30",
    "archived_at": None,
    "created_at": "2026-03-02T11:00:00Z",
    "updated_at": "2026-03-02T11:00:00Z",
    "version": 1,
}


class ProjectIn(InputSerializer):
    """A project to enter; on PATCH, what to change."""

    name = serializers.CharField(max_length=200)
    description = serializers.CharField(required=False, allow_blank=True, max_length=5000)
    status = serializers.ChoiceField(choices=ProjectStatus.choices, required=False)
    lead = serializers.UUIDField(required=False, source="lead_id")
    team = serializers.UUIDField(required=False, allow_null=True, source="team_id")
    starts_on = serializers.DateField(required=False, allow_null=True)
    ends_on = serializers.DateField(required=False, allow_null=True)
    external_id = serializers.CharField(required=False, allow_null=True, max_length=100)


class ProjectQuery(QuerySerializer):
    """What a list of projects may be asked for."""

    orderings = ("created_at", "name", "starts_on", "ends_on")

    status = serializers.ChoiceField(choices=ProjectStatus.choices, required=False)
    team = serializers.UUIDField(required=False, source="team_id")
    lead = serializers.UUIDField(required=False, source="lead_id")
    external_id = serializers.CharField(required=False, max_length=100)
    include_archived = serializers.BooleanField(required=False)
    search = SearchField(help_text="Part of the name or the code.")


class LeadOut(OutputSerializer):
    """A person by id and name."""

    id = serializers.UUIDField()
    name = serializers.CharField(source="full_name")


class TeamNameOut(OutputSerializer):
    """A team by id and name."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class ProjectOut(OutputSerializer):
    """A project with its lead and its team."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    external_id = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    description = serializers.CharField()
    status = serializers.ChoiceField(choices=ProjectStatus.choices)
    lead = LeadOut()
    team = TeamNameOut(allow_null=True)
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True)
    archived_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField()


class ProjectViewSet(ApiViewSet):
    """The projects that a person may see."""

    permissions: ClassVar = {
        "list": selectors.VIEW,
        "retrieve": selectors.VIEW,
        "create": selectors.MANAGE,
        "partial_update": selectors.MANAGE,
        "destroy": selectors.MANAGE,
    }

    @documented(response=ProjectOut, query=ProjectQuery, example=EXAMPLE)
    def list(self, request: Request) -> Response:
        """List projects."""
        filters = selectors.ProjectFilters(**self.query(ProjectQuery))
        projects = selectors.list_projects(
            viewer=self.viewer, filters=filters, on=local_day_of(self.at)
        )
        return self.page(projects, ProjectOut)

    @documented(
        request=ProjectIn,
        response=ProjectOut,
        status=201,
        request_example=REQUEST,
        example=EXAMPLE,
    )
    def create(self, request: Request) -> Response:
        """Enter a project."""
        new = services.NewProject(**self.read(ProjectIn))
        project = services.create_project(new=new, by=self.viewer, at=self.at)
        return self.one(project, ProjectOut, status=201)

    @documented(response=ProjectOut, example=EXAMPLE)
    def retrieve(self, request: Request, reference: str) -> Response:
        """Show a project."""
        return self.one(self._get(reference), ProjectOut)

    @documented(
        request=ProjectIn,
        response=ProjectOut,
        request_example={"status": "completed"},
        example=EXAMPLE,
    )
    def partial_update(self, request: Request, reference: str) -> Response:
        """Change a project."""
        project = self._get(reference)
        changed = services.update_project(
            project_id=project.pk,
            changes=self.read(ProjectIn, current=ProjectOut(project)),
            expected_version=self.expected_version(),
            by=self.viewer,
            at=self.at,
        )
        return self.one(changed, ProjectOut)

    @documented()
    def destroy(self, request: Request, reference: str) -> Response:
        """Archive a project; its deals stay."""
        project = self._get(reference)
        services.archive_project(project_id=project.pk, by=self.viewer, at=self.at)
        return self.nothing()

    def _get(self, reference: str) -> Project:
        return selectors.get_project(
            reference=parse_reference(reference), viewer=self.viewer, on=local_day_of(self.at)
        )
