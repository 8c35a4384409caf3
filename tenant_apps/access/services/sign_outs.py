"""End sign-ins of others, and make many choose a new password."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.organizations.services import raise_key_version
from shared_apps.tenancy.context import current_tenant
from tenant_apps.access.events import EveryoneSignedOut
from tenant_apps.access.selectors import grants_of_person
from tenant_apps.access.services.assignments import GrantBeyondOwn, refuse_beyond_own
from tenant_apps.access.services.people import force_password_change
from tenant_apps.accounts.selectors import list_people
from tenant_apps.accounts.services import end_everyones_sign_ins, sign_person_out

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


@dataclass(frozen=True, kw_only=True)
class ForcedChanges:
    """Whom a forced password change reached, and whom it passed over: they hold more."""

    changed: tuple[UUID, ...]
    skipped: tuple[UUID, ...]


@transaction.atomic
def sign_member_out(*, user_id: UUID, by: "User", at: datetime) -> int:
    """End a person's sign-ins, but not those of one who holds more than oneself; return how many.

    Records SignInsEnded. Raises: NotFound, GrantBeyondOwn.
    """
    refuse_beyond_own(grants_of_person(user_id), by=by)
    return sign_person_out(user_id=user_id, by=by.actor, at=at)


@transaction.atomic
def sign_everyone_out(*, by: "User", at: datetime) -> int:
    """Raise the organization's key version and end all sign-ins, one's own too; return the version.

    Locks the organization. Records EveryoneSignedOut; the sockets close within seconds.
    """
    organization_id = current_tenant().id
    version = raise_key_version(organization_id=organization_id)
    end_everyones_sign_ins(at=at)
    event = EveryoneSignedOut(organization_id=organization_id, key_version=version)
    record(event, actor=by.actor, at=at)
    return version


@transaction.atomic
def force_password_changes(*, user_ids: Sequence[UUID], by: "User", at: datetime) -> ForcedChanges:
    """Make these people choose a new password, in order of id; () is everybody but oneself.

    Whoever holds more than oneself is passed over. Records PasswordChangeRequired for each.
    Raises: NotFound for an id that is nobody's.
    """
    wanted = sorted(set(user_ids)) or _everyone_but(by)
    changed, skipped = [], []
    for user_id in wanted:
        try:
            force_password_change(user_id=user_id, by=by, at=at)
        except GrantBeyondOwn:
            skipped.append(user_id)
        else:
            changed.append(user_id)
    return ForcedChanges(changed=tuple(changed), skipped=tuple(skipped))


def _everyone_but(by: "User") -> list[UUID]:
    people = list_people(status="active").exclude(pk=by.pk).order_by("pk")
    return list(people.values_list("pk", flat=True))
