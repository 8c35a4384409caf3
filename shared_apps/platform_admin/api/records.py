"""Hosts, administrators, jobs, visits and the platform's own log, for operators."""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.audit.selectors import EventFilters, get_event, list_events
from shared_apps.jobs.api.views import JOB, JobOut
from shared_apps.jobs.selectors import list_jobs
from shared_apps.organizations.selectors import (
    get_domain,
    get_organization,
    get_tenant,
    list_domains,
)
from shared_apps.organizations.services import (
    add_domain,
    make_domain_primary,
    read_administrators,
    remove_domain,
)
from shared_apps.platform_admin.addresses import address_of
from shared_apps.platform_admin.api import serializers
from shared_apps.platform_admin.api.base import DOMAINS, VIEW, VISITS, PlatformViewSet, ReasonIn
from shared_apps.platform_admin.dead_letters import PLATFORM, place_of
from shared_apps.web.audit_views import EVENT_EXAMPLE, EventOut, EventQuery
from shared_apps.web.schema import documented
from shared_apps.web.views import parse_id
from tenant_apps.accounts.selectors import list_impersonations
from tenant_apps.accounts.services import VisitWish, begin_impersonation, visit_code

DOMAIN: dict[str, Any] = {
    "id": 7,
    "host": "crm.acme.example",
    "organization": "acme",
    "is_primary": False,
    "created_at": "2026-03-02T11:00:00Z",
}
ADMINISTRATOR: dict[str, Any] = {
    "organization": "acme",
    "organization_name": "Acme",
    "person_id": "0197a1b2-0000-7000-8000-000000000011",
    "name": "Olga Owner",
    "email": "olga@acme.example",
    "status": "active",
    "roles": ["Owner"],
    "is_owner": True,
}
VISIT: dict[str, Any] = {
    "id": "0197a1b2-0000-7000-8000-000000000031",
    "operator": "Pat Platform",
    "organization": "acme",
    "person": "Vera Verifier",
    "reason": "Ticket 4711: the queue is empty",
    "started_at": "2026-03-02T11:00:00Z",
    "entered_at": None,
    "ends_at": "2026-03-02T11:30:00Z",
    "ended_at": None,
}
WISH: dict[str, Any] = {
    "organization": "0197a1b2-0000-7000-8000-000000000001",
    "person": "0197a1b2-0000-7000-8000-000000000012",
    "minutes": 30,
    "reason": "Ticket 4711: the queue is empty",
}


class DomainViewSet(PlatformViewSet):
    """The hosts at which organizations answer."""

    permissions: ClassVar = {
        "list": VIEW,
        "create": DOMAINS,
        "make_primary": DOMAINS,
        "remove": DOMAINS,
    }

    @documented(response=serializers.DomainOut, query=serializers.DomainQuery, example=DOMAIN)
    def list(self, request: Request) -> Response:
        """List hosts, by name."""
        return self.page(list_domains(**self.query(serializers.DomainQuery)), serializers.DomainOut)

    @documented(
        request=serializers.DomainIn,
        response=serializers.DomainOut,
        status=201,
        request_example={
            "organization": WISH["organization"],
            "host": "crm.acme.example",
            "reason": "Their own domain.",
        },
        example=DOMAIN,
    )
    def create(self, request: Request) -> Response:
        """Let an organization answer at one more host."""
        given = self.read(serializers.DomainIn)
        organization = get_organization(given["organization"])
        made = add_domain(
            organization_id=organization.pk,
            host=given["host"],
            by=self.viewer.actor,
            at=self.at,
            reason=given["reason"],
        )
        return self.one(get_domain(made.pk), serializers.DomainOut, status=201)

    @documented(
        request=ReasonIn,
        response=serializers.DomainOut,
        status=200,
        request_example={"reason": "They moved there."},
        example={**DOMAIN, "is_primary": True},
    )
    def make_primary(self, request: Request, pk: int) -> Response:
        """Lead links to this host; passkeys belong to a host, so people need another factor."""
        domain, reason = get_domain(pk), self.read(ReasonIn)["reason"]
        make_domain_primary(
            organization_id=domain.tenant_id,
            host=domain.domain,
            by=self.viewer.actor,
            at=self.at,
            reason=reason,
        )
        return self.one(get_domain(pk), serializers.DomainOut)

    @documented(request=ReasonIn, status=204, request_example={"reason": "They gave it up."})
    def remove(self, request: Request, pk: int) -> Response:
        """Answer nobody at this host any more; the primary one stays."""
        domain, reason = get_domain(pk), self.read(ReasonIn)["reason"]
        remove_domain(
            organization_id=domain.tenant_id,
            host=domain.domain,
            by=self.viewer.actor,
            at=self.at,
            reason=reason,
        )
        return self.nothing()


class AdministratorViewSet(PlatformViewSet):
    """Who administers which organization."""

    permissions: ClassVar = {"list": VIEW}

    @documented(
        response=serializers.AdministratorOut,
        query=serializers.AdministratorQuery,
        example=ADMINISTRATOR,
    )
    def list(self, request: Request) -> Response:
        """List owners and administrators as organizations last told; that is noted."""
        rows = read_administrators(
            **self.query(serializers.AdministratorQuery),
            operator_id=self.viewer.pk,
            by=self.viewer.actor,
            at=self.at,
        )
        return self.page(rows, serializers.AdministratorOut)


class PlatformJobViewSet(PlatformViewSet):
    """What runs by itself, on the platform or in an organization."""

    permissions: ClassVar = {"list": VIEW}

    @documented(response=JobOut, query=serializers.JobQuery, example=JOB)
    def list(self, request: Request) -> Response:
        """List the platform's jobs, or an organization's, without what its errors say."""
        slug = self.query(serializers.JobQuery).get("organization", PLATFORM)
        with place_of(slug):
            found = list_jobs(at=self.at)
        return self.page(found, JobKindOut)


class JobKindOut(JobOut):
    """A job whose error is named by its kind alone: the text may quote an organization's data."""

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Leave out what the error says."""
        shown: dict[str, Any] = super().to_representation(instance)
        return {**shown, "error": str(shown["error"]).partition(":")[0]}


class VisitViewSet(PlatformViewSet):
    """When operators acted as people, and why."""

    permissions: ClassVar = {"list": VIEW, "create": VISITS}

    @documented(response=serializers.VisitOut, example=VISIT)
    def list(self, request: Request) -> Response:
        """List visits, the newest first."""
        return self.page(list_impersonations(), serializers.VisitOut)

    @documented(
        request=serializers.VisitIn,
        response=serializers.BegunVisitOut,
        status=201,
        request_example=WISH,
        example={**VISIT, "url": "https://acme.prs.example/visit/?code=..."},
    )
    def create(self, request: Request) -> Response:
        """Begin to act as a person; the person and the administrators are told at once."""
        given = self.read(serializers.VisitIn)
        tenant = get_tenant(get_organization(given["organization"]).pk)
        wish = VisitWish(
            tenant=tenant,
            user_id=given["person"],
            minutes=given["minutes"],
            reason=given["reason"],
        )
        visit = begin_impersonation(wish=wish, by=self.viewer, at=self.at)
        url = f"{address_of(tenant)}visit/?code={visit_code(visit=visit, tenant=tenant)}"
        return self.one(visit, serializers.BegunVisitOut, status=201, url=url)


class PlatformAuditViewSet(PlatformViewSet):
    """What happened on the platform, newest first."""

    permissions: ClassVar = {"list": VIEW, "retrieve": VIEW}
    pagination = "cursor"

    @documented(response=EventOut, query=EventQuery, example=EVENT_EXAMPLE)
    def list(self, request: Request) -> Response:
        """List the platform's events."""
        filters = EventFilters(**self.query(EventQuery))
        return self.page(list_events(filters=filters), EventOut)

    @documented(response=EventOut, example=EVENT_EXAMPLE)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show one event."""
        return self.one(get_event(event_id=parse_id(pk)), EventOut)
