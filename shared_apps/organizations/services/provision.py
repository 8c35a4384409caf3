"""From a written wish to an organization that answers."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.audit.selectors import history_of
from shared_apps.kernel.errors import DomainError
from shared_apps.kernel.events import Actor
from shared_apps.organizations.events import OrganizationProvisioned
from shared_apps.organizations.models import Organization, Status
from shared_apps.organizations.selectors import get_tenant
from shared_apps.tenancy.blueprint import build_schema
from shared_apps.tenancy.context import Tenant, use_platform, use_tenant

log = structlog.get_logger(__name__)

UNFINISHED = (Status.REQUESTED, Status.PROVISIONING, Status.FAILED)


class OrganizationAlreadyProvisioned(DomainError):
    """The organization is complete."""

    code = "organization_already_provisioned"
    message = "This organization is already provisioned."


@dataclass(frozen=True, kw_only=True)
class FirstOwner:
    """The person who will own the organization."""

    email: str
    first_name: str
    last_name: str


def provision_organization(*, organization_id: UUID, owner: FirstOwner, at: datetime) -> Tenant:
    """Build the schema, record OrganizationProvisioned in it and open the host.

    Every step may be killed and run again: what is there already is kept, and the host answers only
    after the last one. A failure leaves the status `failed` with its reason.
    Raises: OrganizationAlreadyProvisioned, and whatever broke a step.
    """
    _claim(organization_id)
    tenant = get_tenant(organization_id)
    try:
        build_schema(tenant.schema)
        _found(tenant, owner, at)
    except Exception as error:
        _set_status(organization_id, Status.FAILED, failure=f"{type(error).__name__}: {error}")
        raise
    _set_status(organization_id, Status.ACTIVE)
    log.info("organization_provisioned", organization=tenant.slug, schema=tenant.schema)
    return get_tenant(organization_id)


def _claim(organization_id: UUID) -> None:
    with use_platform(), transaction.atomic():
        row = Organization.objects.select_for_update(no_key=True).get(pk=organization_id)
        if row.status not in UNFINISHED:
            raise OrganizationAlreadyProvisioned
        Organization.objects.filter(pk=row.pk).update(status=Status.PROVISIONING, failure="")


def _found(tenant: Tenant, owner: FirstOwner, at: datetime) -> None:
    """Record the first event once; its reactions seed roles, policies and the owner."""
    with use_tenant(tenant), transaction.atomic():
        history = history_of(OrganizationProvisioned.subject_type, tenant.id)
        if history.filter(name=OrganizationProvisioned.name).exists():
            return
        record(
            OrganizationProvisioned(
                organization_id=tenant.id,
                owner_email=owner.email,
                owner_first_name=owner.first_name,
                owner_last_name=owner.last_name,
            ),
            actor=Actor.system("provisioning"),
            at=at,
        )


def _set_status(organization_id: UUID, status: Status, *, failure: str = "") -> None:
    with use_platform():
        Organization.objects.filter(pk=organization_id).update(status=status, failure=failure)
