"""Tell the platform who administers the organization, so that its operators know whom to ask."""

from datetime import datetime
from itertools import groupby

from django.db import transaction

from shared_apps.organizations.services import (
    AdministratorEntry,
    lock_administrators,
    replace_administrators,
)
from shared_apps.tenancy.context import find_current_tenant
from tenant_apps.access.selectors import OWNER, list_administering


@transaction.atomic
def tell_administrators(*, at: datetime | None = None) -> int:
    """Make the platform's list that of the organization at work; return how many rows changed.

    On the platform there is nothing to tell. Locks the organization's row in public, so that of two
    who tell at once the later one tells what is so. `at` is the job's instant, which says nothing.
    """
    tenant = find_current_tenant()
    if tenant is None:
        return 0
    lock_administrators(organization_id=tenant.id)
    return replace_administrators(organization_id=tenant.id, entries=_entries())


def _entries() -> list[AdministratorEntry]:
    found = []
    for person, rows in groupby(list_administering(), key=lambda row: row.user):
        roles = [row.role for row in rows]
        found.append(
            AdministratorEntry(
                person_id=person.pk,
                name=person.full_name,
                email=person.email,
                status=person.status,
                roles=tuple(role.name for role in roles),
                is_owner=any(role.code == OWNER for role in roles),
            )
        )
    return found
