"""Tasks of the contestant "ours" that make the world: organizations, people, deals.

They run in a child with the product's settings, through the product's own services wherever the
number of rows allows it.
"""

from dataclasses import asdict
from typing import Any

from django.core.management import call_command

from benchmarks.sales import fill_deals
from shared_apps.kernel.clock import utc_now
from shared_apps.organizations.models import Organization, Status
from shared_apps.organizations.services import (
    FirstOwner,
    NewOrganization,
    provision_organization,
    request_organization,
)
from shared_apps.tenancy.blueprint import get_blueprint, replay
from shared_apps.tenancy.context import Tenant, use_platform, use_tenant
from shared_apps.tenancy.directory import get_directory
from tenant_apps.accounts.models import SignIn, SignInKind
from tenant_apps.accounts.selectors import find_person_by_email
from tenant_apps.accounts.services import activate_person, issue_tokens, open_sign_in

PASSWORD = "correct horse battery 7"  # noqa: S105  made up, on a throwaway server


def prepare_platform() -> None:
    """Make the public schema, and the blueprint that every further schema is replayed from."""
    with use_platform():
        call_command("migrate", interactive=False, verbosity=0)
    get_blueprint()


def found_pattern(deals: int) -> str:
    """Found the organization whose rows all others repeat; return its schema."""
    tenant = found_organization(number=0)
    with use_tenant(tenant):
        owner = find_person_by_email(_owner_email(0))
        if owner is None:
            raise LookupError("The owner is missing.")
        owner = activate_person(user_id=owner.pk, password=PASSWORD, by=owner.actor, at=utc_now())
        open_sign_in(person=owner, kind=SignInKind.TOKEN, user_agent="benchmarks", at=utc_now())
        fill_deals(owner=owner, count=deals)
    return tenant.schema


def found_bare(number: int) -> str:
    """Found an organization without people; return its schema, for rows of the pattern's."""
    row = request_organization(_new_organization(number))
    replay_schema(row.schema_name)
    with use_platform():
        Organization.objects.filter(pk=row.pk).update(status=Status.ACTIVE)
    return str(row.schema_name)


def found_organization(number: int) -> Tenant:
    """Found an organization as the product does, its first owner included."""
    row = request_organization(_new_organization(number))
    owner = FirstOwner(email=_owner_email(number), first_name="Olga", last_name="Owner")
    return provision_organization(organization_id=row.pk, owner=owner, at=utc_now())


def add_deals(slug: str, deals: int) -> str:
    """Give the pattern organization so many more deals; return its schema."""
    tenant = _tenant(slug)
    with use_tenant(tenant):
        owner = find_person_by_email(_owner_email(0))
        if owner is None:
            raise LookupError("The owner is missing.")
        fill_deals(owner=owner, count=deals)
    return tenant.schema


def replay_schema(schema: str) -> None:
    """Build a schema by replay. Raises: BlueprintUnusable; nothing falls back to the migrations."""
    replay(schema, get_blueprint())


def sign_in_everywhere() -> dict[str, dict[str, str]]:
    """Return host -> {"token", "schema"} of every organization, by slug."""
    return {tenant.host: _credentials(tenant) for tenant in get_directory().all_ready()}


def tenant_values(slug: str) -> dict[str, Any]:
    """Return what a Tenant consists of, for a process without a directory."""
    values = asdict(_tenant(slug))
    return {**values, "id": str(values["id"])}


def _credentials(tenant: Tenant) -> dict[str, str]:
    with use_tenant(tenant):
        # the rows are alike everywhere; the token is the organization's own
        sign_in = SignIn.objects.order_by("pk")[0]
        token = issue_tokens(sign_in=sign_in, at=utc_now()).access
    return {"token": token, "schema": tenant.schema}


def _tenant(slug: str) -> Tenant:
    tenant = get_directory().by_slug(slug)
    if tenant is None:
        raise LookupError(f"There is no organization {slug}.")
    return tenant


def _new_organization(number: int) -> NewOrganization:
    slug = slug_of(number)
    return NewOrganization(slug=slug, name=slug.title(), currency="USD", timezone="Europe/Berlin")


def slug_of(number: int) -> str:
    """Return the slug of an organization of the run."""
    return f"org-{number:04}"


def _owner_email(number: int) -> str:
    return f"olga@{slug_of(number)}.example"
