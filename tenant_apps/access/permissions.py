"""The default permission of every API view: what its action declares, resolved by roles."""

from typing import TYPE_CHECKING

from rest_framework.permissions import SAFE_METHODS, BasePermission

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.errors import DomainError, PermissionRefused
from tenant_apps.access.impersonation import refuse_impersonation
from tenant_apps.access.role_matrix import CONFIRMED, DECIDING, FOUR_EYES
from tenant_apps.access.scopes import read_grants, refuse_blocked
from tenant_apps.accounts.services.recent_proof import require_recent_proof

if TYPE_CHECKING:  # rest_framework.views imports this module for its defaults
    from rest_framework.request import Request
    from rest_framework.views import APIView

    from tenant_apps.accounts.models import User


UNDECLARED = object()
METHOD_NOT_ALLOWED = (None, "metadata")


class NotForApiKeys(DomainError):
    """A key does what programs do; this is for a person."""

    code = "not_for_api_keys"
    status = 403
    message = "An API key cannot do this; a person must sign in and do it."


class RolePermission(BasePermission):
    """Read `view.permissions[action]`: a permission, or None for any signed-in person.

    An action that declares nothing is refused. A service account with an API key does what asks for
    a permission, but for what takes two people or a recent proof; of the rest only what the view
    lists in `key_actions`. Views without actions declare by method ("get").
    The grants are read once, here, and stay on the person's row for the rest of the request.
    """

    def has_permission(self, request: "Request", view: "APIView") -> bool:
        """Return whether the person may; False when nobody signed in. Raises: PermissionRefused."""
        if not request.user.is_authenticated:
            return False
        action = getattr(view, "action", (request.method or "").lower())
        if action in METHOD_NOT_ALLOWED:
            return True
        person = request.user
        person.granted = read_grants(person)
        permission = getattr(view, "permissions", {}).get(action, UNDECLARED)
        refuse_impersonation(
            person,
            permission,
            request.method or "",
            is_allowed=getattr(view, "allowed_when_impersonated", False),
        )
        if person.is_service_account:
            refuse_to_keys(permission, action, view)
        if permission is not None:
            refuse_without(permission, person)
            require_confirmation(permission, request, view)
        return True


def refuse_to_keys(permission: object, action: str, view: "APIView") -> None:
    """Refuse to a key what only people do. Raises: NotForApiKeys."""
    if action in FOUR_EYES:
        raise NotForApiKeys
    if permission is None and action not in getattr(view, "key_actions", ()):
        raise NotForApiKeys


def refuse_without(permission: object, person: "User") -> None:
    """Refuse whoever lacks the permission. Raises: PermissionRefused, ApprovalsBlocked."""
    if permission in (person.granted or {}):
        return
    if permission in DECIDING:
        refuse_blocked(person)
    if person.is_service_account:
        raise PermissionRefused("This key, or whoever issued it, does not hold the permission.")
    raise PermissionRefused


def require_confirmation(permission: object, request: "Request", view: "APIView") -> None:
    """Ask for a recent proof of who one is before what cannot be taken back.

    That is every change under the permissions of CONFIRMED, and an action that the view lists in
    `confirmed_actions`. Raises: StepUpRequired.
    """
    action = getattr(view, "action", None)
    is_listed = action in getattr(view, "confirmed_actions", ())
    is_change = request.method not in SAFE_METHODS and str(permission).startswith(CONFIRMED)
    if (is_listed or is_change) and getattr(request.user, "is_service_account", False):
        raise NotForApiKeys
    if is_listed or is_change:
        require_recent_proof(request.auth, at=utc_now())
