"""Organizations over HTTP, for operators: who there is, and the steps of a life."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.organizations.selectors import find_organizations, get_organization
from shared_apps.organizations.services import (
    FirstOwner,
    NewOrganization,
    ask_for_organization,
    close_organization,
    reopen_organization,
    resume_organization,
    retry_provisioning,
    suspend_organization,
)
from shared_apps.platform_admin.api import serializers
from shared_apps.platform_admin.api.base import ORGANIZATIONS, VIEW, PlatformViewSet, ReasonIn
from shared_apps.web.schema import documented
from shared_apps.web.views import parse_id

STEPS: dict[str, Callable[..., None]] = {
    "suspend": suspend_organization,
    "reactivate": resume_organization,
    "close": close_organization,
    "reopen": reopen_organization,
    "retry": retry_provisioning,
}
EXAMPLE: dict[str, Any] = {
    "id": "0197a1b2-0000-7000-8000-000000000001",
    "slug": "acme",
    "name": "Acme",
    "status": "active",
    "failure": "",
    "host": "acme.prs.example",
    "legal_name": "Acme Ltd",
    "email": "billing@acme.example",
    "currency": "USD",
    "timezone": "Europe/Berlin",
    "created_at": "2026-03-02T11:00:00Z",
}
NEW: dict[str, Any] = {
    "slug": "acme",
    "name": "Acme",
    "currency": "USD",
    "timezone": "Europe/Berlin",
    "owner": {"email": "olga@acme.example", "first_name": "Olga", "last_name": "Owner"},
    "reason": "They signed the contract.",
}
WHY = {"reason": "No invoice was paid since March."}


class OrganizationViewSet(PlatformViewSet):
    """The organizations of the platform."""

    permissions: ClassVar = {
        "list": VIEW,
        "retrieve": VIEW,
        "create": ORGANIZATIONS,
        **dict.fromkeys(STEPS, ORGANIZATIONS),
    }

    @documented(
        response=serializers.OrganizationOut, query=serializers.OrganizationQuery, example=EXAMPLE
    )
    def list(self, request: Request) -> Response:
        """List organizations, by subdomain."""
        rows = find_organizations(**self.query(serializers.OrganizationQuery))
        return self.page(rows, serializers.OrganizationOut)

    @documented(response=serializers.OrganizationOut, example=EXAMPLE)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show an organization."""
        return self._show(parse_id(pk))

    @documented(
        request=serializers.OrganizationIn,
        response=serializers.OrganizationOut,
        status=202,
        request_example=NEW,
        example={**EXAMPLE, "status": "requested", "host": ""},
    )
    def create(self, request: Request) -> Response:
        """Have an organization founded, within seconds; its owner is invited by e-mail."""
        given = self.read(serializers.OrganizationIn)
        owner, reason = FirstOwner(**given.pop("owner")), given.pop("reason")
        made = ask_for_organization(
            NewOrganization(**given), owner=owner, by=self.viewer.actor, at=self.at, reason=reason
        )
        return self._show(made.pk, status=202)

    @documented(
        request=ReasonIn,
        response=serializers.OrganizationOut,
        status=200,
        request_example=WHY,
        example={**EXAMPLE, "status": "suspended"},
    )
    def suspend(self, request: Request, pk: str) -> Response:
        """Let nobody change anything there; signing in, reading and exports go on."""
        return self._step(pk, "suspend")

    @documented(
        request=ReasonIn,
        response=serializers.OrganizationOut,
        status=200,
        request_example={"reason": "They paid."},
        example=EXAMPLE,
    )
    def reactivate(self, request: Request, pk: str) -> Response:
        """Let a suspended organization work again."""
        return self._step(pk, "reactivate")

    @documented(
        request=ReasonIn,
        response=serializers.OrganizationOut,
        status=200,
        request_example={"reason": "They left."},
        example={**EXAMPLE, "status": "closing"},
    )
    def close(self, request: Request, pk: str) -> Response:
        """Take a suspended organization off the net; its data stays."""
        return self._step(pk, "close")

    @documented(
        request=ReasonIn,
        response=serializers.OrganizationOut,
        status=200,
        request_example={"reason": "They came back."},
        example={**EXAMPLE, "status": "suspended"},
    )
    def reopen(self, request: Request, pk: str) -> Response:
        """Take back that an organization is closed; it is suspended then."""
        return self._step(pk, "reopen")

    @documented(
        request=ReasonIn,
        response=serializers.OrganizationOut,
        status=202,
        request_example={"reason": "The disk was full."},
        example={**EXAMPLE, "status": "failed"},
    )
    def retry(self, request: Request, pk: str) -> Response:
        """Have a worker go on with a founding that stopped."""
        return self._step(pk, "retry", status=202)

    def _step(self, pk: str, name: str, *, status: int = 200) -> Response:
        organization_id = get_organization(parse_id(pk)).pk
        reason = self.read(ReasonIn)["reason"]
        STEPS[name](
            organization_id=organization_id, by=self.viewer.actor, at=self.at, reason=reason
        )
        return self._show(organization_id, status=status)

    def _show(self, organization_id: UUID, *, status: int = 200) -> Response:
        row = get_organization(organization_id)
        # its version is that of the organization's own choices, which operators do not change
        data = serializers.OrganizationOut(row).data
        return Response(data, status=status)
