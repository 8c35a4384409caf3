"""The default permission of every API view: what its action declares, resolved by roles."""

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission

from shared_apps.kernel.errors import PermissionRefused
from tenant_apps.access.scopes import read_grants

if TYPE_CHECKING:  # rest_framework.views imports this module for its defaults
    from rest_framework.request import Request
    from rest_framework.views import APIView

UNDECLARED = object()
METHOD_NOT_ALLOWED = (None, "metadata")


class RolePermission(BasePermission):
    """Read `view.permissions[action]`: a permission, or None for any signed-in person.

    An action that declares nothing is refused. Views without actions declare by method ("get").
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
        if permission is not None and permission not in person.granted:
            raise PermissionRefused
        return True
