"""Who must have a second factor, and how long they may still come without one."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from shared_apps.tenancy.context import is_platform
from tenant_apps.access.models import SignInPolicy
from tenant_apps.access.selectors import roles_of

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

ROLES_WITH_SECOND_FACTOR = frozenset({"owner", "admin", "finance", "verifier"})
GRACE_DAYS = 7


@dataclass(frozen=True, kw_only=True)
class PolicyTerms:
    """Which roles need a second factor, and the days that remain from the first ask."""

    roles: tuple[str, ...]
    grace_days: int
    version: int = 1


def read_policy() -> PolicyTerms:
    """Return the organization's policy: its own, or the product's."""
    row = SignInPolicy.objects.first()
    if row is None:
        return PolicyTerms(roles=tuple(sorted(ROLES_WITH_SECOND_FACTOR)), grace_days=GRACE_DAYS)
    return PolicyTerms(roles=tuple(row.roles), grace_days=row.grace_days, version=row.version)


def second_factor_grace(person: "User") -> timedelta | None:
    """Return how long a person may come without a second factor; None when nothing asks for one.

    Operators of the platform may not come without one at all.
    """
    if is_platform():
        return timedelta()
    policy = read_policy()
    if set(policy.roles).isdisjoint(roles_of(person.pk)):
        return None
    return timedelta(days=policy.grace_days)
