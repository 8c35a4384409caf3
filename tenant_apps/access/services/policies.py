"""Change who must have a second factor."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import StaleVersion
from shared_apps.tenancy.context import current_tenant
from tenant_apps.access.events import SignInPolicyChanged
from tenant_apps.access.models import Role, SignInPolicy
from tenant_apps.access.services.assignments import UnknownRole
from tenant_apps.access.sign_in_policy import PolicyTerms, read_policy

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


@transaction.atomic
def change_sign_in_policy(
    *, terms: PolicyTerms, expected_version: int, by: "User", at: datetime
) -> PolicyTerms:
    """Make these the organization's terms. Locks the policy; records SignInPolicyChanged.

    Raises: StaleVersion, UnknownRole.
    """
    before = read_policy()
    row, _ = SignInPolicy.objects.get_or_create(
        pk=1, defaults={"roles": list(before.roles), "grace_days": before.grace_days}
    )
    row = SignInPolicy.objects.select_for_update(no_key=True).get(pk=1)
    if row.version != expected_version:
        raise StaleVersion
    _refuse_unknown(terms.roles)
    row.roles, row.grace_days = sorted(set(terms.roles)), terms.grace_days
    row.version += 1
    row.save(update_fields=["roles", "grace_days", "version"])
    record(
        SignInPolicyChanged(organization_id=current_tenant().id),
        actor=by.actor,
        at=at,
        before={"roles": list(before.roles), "grace_days": before.grace_days},
        after={"roles": row.roles, "grace_days": row.grace_days},
    )
    return read_policy()


def _refuse_unknown(codes: tuple[str, ...]) -> None:
    roles = Role.objects.filter(code__in=codes, archived_at=None)
    known = set(roles.values_list("code", flat=True))
    for code in sorted(set(codes) - known):
        raise UnknownRole.named(code)
