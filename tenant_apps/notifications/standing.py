"""Who may keep a socket open: active people of an organization that may change, while signed in."""

from collections.abc import Collection
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist

from shared_apps.kernel.clock import utc_now
from shared_apps.organizations.selectors import get_tenant
from tenant_apps.accounts.selectors import active_people_among, service_accounts_without_key
from tenant_apps.accounts.services import standing_among


def is_organization_live(tenant_id: UUID, key_version: int) -> bool:
    """Return whether the organization's data may change and nobody signed everyone out.

    Fresh from the database: the directory may be 5 s behind.
    """
    try:
        tenant = get_tenant(tenant_id)
    except ObjectDoesNotExist:
        return False
    return tenant.is_writable and tenant.key_version == key_version


def people_who_may_stay(person_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return those of the people who are active, and of the programs those that have a key."""
    keyless = service_accounts_without_key(person_ids, at=utc_now())
    return frozenset(active_people_among(person_ids)) - keyless


def sign_ins_that_stand(sign_in_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return those of the sign-ins that still count."""
    return standing_among(sign_in_ids, at=utc_now())
