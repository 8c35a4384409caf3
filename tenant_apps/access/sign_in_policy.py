"""Who must have a second factor, and how long they may still come without one."""

from datetime import timedelta
from typing import TYPE_CHECKING

from shared_apps.tenancy.context import is_platform
from tenant_apps.access.selectors import roles_of

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

ROLES_WITH_SECOND_FACTOR = frozenset({"owner", "admin", "finance", "verifier"})
GRACE = timedelta(days=7)


def second_factor_grace(person: "User") -> timedelta | None:
    """Return how long a person may come without a second factor; None when nothing asks for one.

    Operators of the platform may not come without one at all.
    """
    if is_platform():
        return timedelta()
    if ROLES_WITH_SECOND_FACTOR.isdisjoint(roles_of(person.pk)):
        return None
    return GRACE
