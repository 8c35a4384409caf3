"""Who administers each organization: told by the organizations, read by operators."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from shared_apps.audit.recording import record
from shared_apps.kernel.events import Actor
from shared_apps.organizations.events import AdministratorsRead
from shared_apps.organizations.models import Administrator
from shared_apps.organizations.selectors import list_administrators
from shared_apps.organizations.services.lifecycle import lock_organization
from shared_apps.tenancy.context import use_platform


@dataclass(frozen=True, kw_only=True)
class AdministratorEntry:
    """A person who administers, as the organization knows them now."""

    person_id: UUID
    name: str
    email: str
    status: str
    roles: tuple[str, ...]
    is_owner: bool

    def as_columns(self) -> dict[str, Any]:
        """Return what the table keeps of the person."""
        return {
            "name": self.name[:300],
            "email": self.email,
            "status": self.status,
            "roles": list(self.roles),
            "is_owner": self.is_owner,
        }


def lock_administrators(*, organization_id: UUID) -> None:
    """Let nobody else tell who administers an organization until the transaction ends.

    Read who does after this: whoever waited here then tells the newer state.
    Raises: Organization.DoesNotExist.
    """
    with use_platform():
        lock_organization(organization_id)


@transaction.atomic
def replace_administrators(
    *, organization_id: UUID, entries: Collection[AdministratorEntry]
) -> int:
    """Make these exactly the organization's administrators; return how many rows changed."""
    wanted = {entry.person_id: entry.as_columns() for entry in entries}
    with use_platform():
        told = Administrator.objects.filter(organization_id=organization_id)
        rows = {row.person_id: row for row in told}
        stale = rows.keys() - wanted.keys()
        if stale:
            told.filter(person_id__in=stale).delete()
        changed = [each for each in wanted if _differs(rows.get(each), wanted[each])]
        for person_id in changed:
            if not told.filter(person_id=person_id).update(**wanted[person_id]):
                row = Administrator(
                    organization_id=organization_id, person_id=person_id, **wanted[person_id]
                )
                row.save(force_insert=True)
    return len(stale) + len(changed)


@transaction.atomic
def read_administrators(
    *, search: str = "", organization: str = "", operator_id: UUID, by: Actor, at: datetime
) -> QuerySet[Administrator]:
    """Return who administers what, and note who read it. Records AdministratorsRead.

    Platform only.
    """
    rows = list_administrators(search=search, organization=organization)
    event = AdministratorsRead(
        operator_id=operator_id, search=search, organization=organization, found=rows.count()
    )
    record(event, actor=by, at=at)
    return rows


def _differs(row: Administrator | None, columns: dict[str, Any]) -> bool:
    return row is None or any(getattr(row, name) != value for name, value in columns.items())
