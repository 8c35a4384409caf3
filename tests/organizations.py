"""Organizations for tests: founded through the product's own services."""

from datetime import datetime

from shared_apps.organizations.models import Organization, Provisioning
from shared_apps.organizations.services import (
    FirstOwner,
    NewOrganization,
    provision_organization,
    request_organization,
)
from shared_apps.tenancy.context import Tenant, use_platform
from shared_apps.tenancy.directory import get_directory
from shared_apps.tenancy.rights.roles import as_owner
from shared_apps.tenancy.schemas import drop_schema
from tests.replays import tally


def found_organization(*, slug: str, currency: str, timezone: str, at: datetime) -> Tenant:
    """Found an organization with complete billing details and its owner, Olga."""
    new = NewOrganization(
        slug=slug,
        name=slug.title(),
        currency=currency,
        timezone=timezone,
        legal_name=f"{slug.title()} Ltd",
        tax_id="DE123456789",
        email=f"billing@{slug}.example",
        billing_address={
            "street": "1 Main St",
            "city": "Berlin",
            "postal_code": "10115",
            "country": "DE",
        },
    )
    owner = FirstOwner(email=f"olga@{slug}.example", first_name="Olga", last_name="Owner")
    organization = request_organization(new, owner=owner)
    tenant = provision_organization(organization_id=organization.pk, at=at)
    with use_platform():
        tally.note(Provisioning.objects.get(pk=tenant.id))
    return tenant


def drop_organization(tenant: Tenant) -> None:
    """Remove an organization that a test has founded."""
    drop_schema(tenant.schema)
    with as_owner(), use_platform():
        Organization.objects.filter(pk=tenant.id).delete()
    get_directory().forget()
