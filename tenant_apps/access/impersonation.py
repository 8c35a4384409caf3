"""What an operator who acts as a person may do: read what the person reads, and little else.

One rule for the API, the portal and the services, derived from the permission that each asks for.
"""

from typing import TYPE_CHECKING

from rest_framework.permissions import SAFE_METHODS

from shared_apps.kernel.errors import DomainError

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

# A new permission is closed until somebody says here that it moves no money, decides nothing and
# gives nobody rights.
MAY_CHANGE = frozenset({"clients.create", "clients.edit", "projects.manage"})


class ImpersonationRefused(DomainError):
    """An operator who acts as somebody wanted to do what only the person may."""

    code = "impersonation_refused"
    status = 403
    message = "You act as somebody else: money, decisions, rights and their account are theirs."


def is_open_to_operators(permission: str) -> bool:
    """Return whether an operator who acts as a person keeps this permission of theirs."""
    return permission.endswith(".view") or permission in MAY_CHANGE


def refuse_impersonation(
    person: "User", permission: object, method: str, *, is_allowed: bool = False
) -> None:
    """Refuse an operator who acts as the person what this permission and method stand for.

    Reading asks for a permission to see; a change asks for one of MAY_CHANGE. What any signed-in
    person may change is their own account: closed, but where the view says `is_allowed` (signing
    out). Raises: ImpersonationRefused.
    """
    if person.impersonation is None or is_allowed:
        return
    is_reading = method.upper() in SAFE_METHODS
    if permission is None and is_reading:
        return
    name = str(permission)
    if permission is None or not is_open_to_operators(name):
        raise ImpersonationRefused
    if not is_reading and name not in MAY_CHANGE:
        raise ImpersonationRefused
