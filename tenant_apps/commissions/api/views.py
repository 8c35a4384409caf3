"""The commission API."""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.web.schema import documented
from shared_apps.web.views import ApiViewSet, parse_id
from tenant_apps.commissions import selectors, services
from tenant_apps.commissions.api import examples
from tenant_apps.commissions.api.serializers import (
    ApprovalInput,
    AssignmentEndInput,
    AssignmentInput,
    AssignmentOut,
    AssignmentQuery,
    ExplanationOut,
    LineOut,
    LineQuery,
    PlanInput,
    PlanOut,
    VersionInput,
    VersionOut,
)

MANAGE, VIEW = "plans.manage", "plans.view"


class PlanViewSet(ApiViewSet):
    """Commission plans and the drafts of their versions."""

    permissions: ClassVar[dict[str, str | None]] = {
        "list": VIEW,
        "create": MANAGE,
        "retrieve": VIEW,
        "versions": VIEW,
        "draft": MANAGE,
    }
    idempotent_actions = frozenset({"create", "draft"})

    @documented(response=PlanOut, example=examples.PLAN)
    def list(self, request: Request) -> Response:
        """List the plans with their versions."""
        return self.page(selectors.list_plans(), PlanOut)

    @documented(
        request=PlanInput,
        response=PlanOut,
        status=201,
        example=examples.PLAN,
        request_example={"name": "Standard"},
    )
    def create(self, request: Request) -> Response:
        """Create a plan; its terms come with its first version."""
        plan = services.create_plan(**self.read(PlanInput), by=self.viewer, at=self.at)
        return self.one(selectors.get_plan(plan.pk), PlanOut, status=201)

    @documented(response=PlanOut, example=examples.PLAN)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show one plan with its versions."""
        return self.one(selectors.get_plan(parse_id(pk)), PlanOut)

    @documented(response=VersionOut, example=examples.VERSION, many=True)
    def versions(self, request: Request, pk: str) -> Response:
        """List the versions of a plan, newest first."""
        return self.page(selectors.list_versions(plan_id=parse_id(pk)), VersionOut)

    @documented(
        request=VersionInput,
        response=VersionOut,
        status=201,
        example=examples.VERSION,
        request_example=examples.NEW_VERSION,
    )
    def draft(self, request: Request, pk: str) -> Response:
        """Write the next version of a plan as a draft."""
        version = services.draft_version(
            plan_id=parse_id(pk),
            new=new_version(self.read(VersionInput)),
            by=self.viewer,
            at=self.at,
        )
        return self.one(selectors.get_version(version.pk), VersionOut, status=201)


class PlanVersionViewSet(ApiViewSet):
    """The way of a version from draft to active."""

    permissions: ClassVar[dict[str, str | None]] = {
        "retrieve": VIEW,
        "partial_update": MANAGE,
        "submit": MANAGE,
        "approve": MANAGE,
    }
    idempotent_actions = frozenset({"submit", "approve"})

    @documented(response=VersionOut, example=examples.VERSION)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show one version with its components."""
        return self.one(selectors.get_version(parse_id(pk)), VersionOut)

    @documented(
        request=VersionInput,
        response=VersionOut,
        example=examples.VERSION,
        request_example=examples.NEW_VERSION,
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        """Replace the terms of a draft; all of them are sent."""
        version = services.change_version(
            version_id=parse_id(pk),
            new=new_version(self.read(VersionInput, partial=False)),
            expected_version=self.expected_version(),
            by=self.viewer,
            at=self.at,
        )
        return self.one(selectors.get_version(version.pk), VersionOut)

    @documented(response=VersionOut, example=examples.VERSION)
    def submit(self, request: Request, pk: str) -> Response:
        """Fix the terms of a draft and ask for their approval."""
        version = services.submit_version(version_id=parse_id(pk), by=self.viewer, at=self.at)
        return self.one(selectors.get_version(version.pk), VersionOut)

    @documented(
        request=ApprovalInput,
        response=VersionOut,
        example=examples.VERSION,
        request_example={"sole_control": False},
    )
    def approve(self, request: Request, pk: str) -> Response:
        """Publish a version; the one before it ends where it starts."""
        version = services.approve_version(
            version_id=parse_id(pk), **self.read(ApprovalInput), by=self.viewer, at=self.at
        )
        return self.one(selectors.get_version(version.pk), VersionOut)


class AssignmentViewSet(ApiViewSet):
    """Who is paid by which plan, from when to when."""

    permissions: ClassVar[dict[str, str | None]] = {
        "list": VIEW,
        "create": MANAGE,
        "retrieve": VIEW,
        "partial_update": MANAGE,
    }
    idempotent_actions = frozenset({"create"})

    @documented(response=AssignmentOut, query=AssignmentQuery, example=examples.ASSIGNMENT)
    def list(self, request: Request) -> Response:
        """List the assignments, newest first."""
        rows = selectors.list_assignments(filters=self.query(AssignmentQuery))
        return self.page(rows, AssignmentOut)

    @documented(
        request=AssignmentInput,
        response=AssignmentOut,
        status=201,
        example=examples.ASSIGNMENT,
        request_example=examples.NEW_ASSIGNMENT,
    )
    def create(self, request: Request) -> Response:
        """Put a payee on a plan."""
        values = self.read(AssignmentInput)
        new = services.NewAssignment(
            payee_id=values["payee"],
            plan_id=values["plan"],
            valid_from=values["valid_from"],
            valid_to=values["valid_to"],
        )
        assignment = services.assign_payee(new=new, by=self.viewer, at=self.at)
        return self.one(selectors.get_assignment(assignment.pk), AssignmentOut, status=201)

    @documented(response=AssignmentOut, example=examples.ASSIGNMENT)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show one assignment."""
        return self.one(selectors.get_assignment(parse_id(pk)), AssignmentOut)

    @documented(
        request=AssignmentEndInput,
        response=AssignmentOut,
        example=examples.ASSIGNMENT,
        request_example={"valid_to": "2027-01-01"},
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        """End an assignment; lines already accrued stay."""
        assignment = services.end_assignment(
            assignment_id=parse_id(pk),
            **self.read(AssignmentEndInput, partial=False),
            expected_version=self.expected_version(),
            by=self.viewer,
            at=self.at,
        )
        return self.one(selectors.get_assignment(assignment.pk), AssignmentOut)


class LineViewSet(ApiViewSet):
    """Commission lines and how they came about."""

    permissions: ClassVar[dict[str, str | None]] = {
        "list": selectors.LINES_VIEW,
        "retrieve": selectors.LINES_VIEW,
        "explanation": selectors.LINES_VIEW,
    }
    pagination = "cursor"

    @documented(response=LineOut, query=LineQuery, example=examples.LINE)
    def list(self, request: Request) -> Response:
        """List the lines within one's scope, newest first."""
        lines = selectors.list_lines(viewer=self.viewer, filters=self.query(LineQuery))
        return self.page(lines, LineOut)

    @documented(response=LineOut, example=examples.LINE)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show one line."""
        return self.one(selectors.get_line(line_id=parse_id(pk), viewer=self.viewer), LineOut)

    @documented(response=ExplanationOut, example=examples.EXPLANATION)
    def explanation(self, request: Request, pk: str) -> Response:
        """Explain one line: the tree that gives its amount, and the same in words."""
        line = selectors.get_line(line_id=parse_id(pk), viewer=self.viewer)
        return self.one(line, ExplanationOut)


def new_version(values: dict[str, Any]) -> services.NewVersion:
    """Return validated terms as the service takes them."""
    components = tuple(services.NewComponent(**each) for each in values.pop("components"))
    return services.NewVersion(**values, components=components)
