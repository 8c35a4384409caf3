"""Reads about organizations."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Now

from shared_apps.kernel.clock import local_day
from shared_apps.kernel.errors import NotFound
from shared_apps.organizations.models import (
    Administrator,
    Domain,
    Organization,
    Provisioning,
    SignUp,
    Status,
)
from shared_apps.organizations.settings import (
    OrganizationSettings,
    parse_settings,
    whole_address,
)
from shared_apps.organizations.working_time import WorkingTime
from shared_apps.tenancy.context import (
    ROUTABLE_STATUSES,
    UNFOUNDED_STATUSES,
    Tenant,
    current_tenant,
    use_platform,
)

STATUSES: tuple[str, ...] = tuple(Status.values)
UNFINISHED = tuple(Status(each) for each in sorted(UNFOUNDED_STATUSES))
UNCLAIMED = Q(lease_until__isnull=True) | Q(lease_until__lte=Now())
DUE_AT_ONCE = 20


def organization_settings() -> OrganizationSettings:
    """Return the choices of the organization at work. Raises: NoTenant."""
    return parse_settings(current_tenant().settings)


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What the organization at work chose, fresh from the database."""

    organization: Organization
    settings: OrganizationSettings

    @property
    def version(self) -> int:
        """Return the version of the choices: it rises with every change of them."""
        return int(self.organization.version)

    @property
    def address(self) -> dict[str, str]:
        """Return the billing address with all its parts."""
        return whole_address(self.organization.billing_address)


def read_choices() -> Chosen:
    """Return what the organization at work chose, whatever other requests remember. One query."""
    organization_id = current_tenant().id
    with use_platform():
        row = Organization.objects.get(pk=organization_id)
    return Chosen(organization=row, settings=parse_settings(row.settings))


def working_time() -> WorkingTime:
    """Return when the organization at work works. Raises: NoTenant."""
    return WorkingTime.of(organization_settings(), timezone=current_tenant().timezone)


def local_day_of(at: datetime) -> date:
    """Return the calendar day of an instant in the zone of the organization at work."""
    return local_day(at, timezone=current_tenant().timezone)


def list_organizations() -> QuerySet[Organization]:
    """Return all organizations with their provisioning, by slug. Platform only."""
    rows: QuerySet[Organization] = Organization.objects.order_by("slug", "pk")
    return rows.select_related("provisioning").prefetch_related("domains")


def find_organizations(*, search: str = "", status: str = "") -> QuerySet[Organization]:
    """Return organizations with their hosts, by slug and id. Platform only.

    `search` is looked for in slugs, names and hosts; `status` is one of Status.
    """
    rows: QuerySet[Organization] = Organization.objects.prefetch_related("domains")
    if search:
        hosts = Domain.objects.filter(domain__icontains=search).values("tenant_id")
        named = Q(slug__icontains=search) | Q(name__icontains=search)
        rows = rows.filter(named | Q(pk__in=hosts))
    if status:
        rows = rows.filter(status=status)
    return rows.order_by("slug", "pk")


def list_domains(*, search: str = "", organization: str = "") -> QuerySet[Domain]:
    """Return hosts with whose they are, by name and id. Platform only."""
    rows: QuerySet[Domain] = Domain.objects.select_related("tenant")
    if search:
        rows = rows.filter(domain__icontains=search)
    if organization:
        rows = rows.filter(tenant__slug=organization)
    return rows.order_by("domain", "pk")


def get_domain(domain_id: int) -> Domain:
    """Return one host with whose it is. Platform only. Raises: NotFound."""
    row = list_domains().filter(pk=domain_id).first()
    if row is None:
        raise NotFound
    return row


def list_hinted_organizations(address_digest: str) -> list[Tenant]:
    """Return the organizations that people with this address can go to, by name. Platform only."""
    rows = Organization.objects.filter(login_hints__address_digest=address_digest)
    found = rows.filter(status__in=ROUTABLE_STATUSES).prefetch_related("domains")
    return [as_tenant(row) for row in found.order_by("name", "pk")]


def list_administrators(*, search: str = "", organization: str = "") -> QuerySet[Administrator]:
    """Return who administers which organization, by slug, name and id. Platform only.

    `search` is looked for in names and addresses; `organization` is a slug. One query, on public's
    own copy.
    """
    rows = Administrator.objects.select_related("organization")
    if search:
        rows = rows.filter(Q(name__icontains=search) | Q(email__icontains=search))
    if organization:
        rows = rows.filter(organization__slug=organization)
    return rows.order_by("organization__slug", "name", "pk")


def find_unfinished(slug: str) -> Organization | None:
    """Return the organization of a slug while it is not provisioned. Platform only."""
    row: Organization | None = Organization.objects.filter(slug=slug, status__in=UNFINISHED).first()
    return row


def list_due_provisionings(*, max_attempts: int) -> list[UUID]:
    """Return the organizations whose provisioning nobody works on and whose time has come.

    The first 20, the longest overdue first. Platform only.
    """
    due = Provisioning.objects.filter(
        UNCLAIMED,
        finished_at=None,
        attempts__lt=max_attempts,
        next_attempt_at__lte=Now(),
        organization__status__in=UNFINISHED,
    )
    return list(due.order_by("next_attempt_at", "pk").values_list("pk", flat=True)[:DUE_AT_ONCE])


def get_organization(organization_id: UUID) -> Organization:
    """Return an organization whatever its status. Platform only. Raises: NotFound."""
    row: Organization | None = Organization.objects.filter(pk=organization_id).first()
    if row is None:
        raise NotFound
    return row


def organizations_by_id(ids: Iterable[UUID]) -> dict[UUID, Organization]:
    """Return the organizations with these ids; unknown ones are left out. Platform only."""
    found: dict[UUID, Organization] = Organization.objects.in_bulk(set(ids))
    return found


def count_by_status() -> dict[str, int]:
    """Return how many organizations have each status, the life's order. Platform only."""
    rows = Organization.objects.order_by().values_list("status").annotate(Count("pk"))
    counts = dict(rows)
    return {status: counts[status] for status in Status.values if status in counts}


def is_slug_free(slug: str) -> bool:
    """Return whether no organization has the subdomain. Platform only."""
    return not Organization.objects.filter(slug=slug).exists()


def find_sign_up(sign_up_id: UUID) -> SignUp | None:
    """Return a sign-up. Platform only."""
    return SignUp.objects.filter(pk=sign_up_id).first()


def get_tenant(organization_id: UUID) -> Tenant:
    """Return an organization as a Tenant whatever its status, fresh from the database.

    Raises: Organization.DoesNotExist.
    """
    with use_platform():
        return as_tenant(Organization.objects.prefetch_related("domains").get(pk=organization_id))


def as_tenant(organization: Organization) -> Tenant:
    """Return the plain values of an organization row; `host` is its primary domain."""
    domains = sorted(organization.domains.all(), key=lambda d: (not d.is_primary, d.pk))
    return Tenant(
        id=organization.pk,
        schema=organization.schema_name,
        slug=organization.slug,
        name=organization.name,
        host=domains[0].domain if domains else "",
        status=organization.status,
        timezone=organization.timezone,
        currency=organization.currency,
        key_version=organization.key_version,
        legal_name=organization.legal_name,
        tax_id=organization.tax_id,
        email=organization.email,
        billing_address=organization.billing_address,
        settings=organization.settings,
    )
