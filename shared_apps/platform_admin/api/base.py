"""What the platform's API stands on: operators who proved a second factor, and a reason."""

from typing import TYPE_CHECKING, cast

from rest_framework import serializers
from rest_framework.request import Request

from shared_apps.kernel.errors import PermissionRefused
from shared_apps.web.serializers import InputSerializer
from shared_apps.web.views import ApiViewSet

if TYPE_CHECKING:
    from tenant_apps.accounts.models import SignIn

VIEW, ORGANIZATIONS, DOMAINS, VISITS = (
    *("platform.read", "platform.organizations", "platform.domains"),
    "platform.impersonate",
)
REASON_LENGTH = 500


class PlatformViewSet(ApiViewSet):
    """A view for operators, as the console is: a second factor always, reasons for changes.

    Changes under the platform's permissions ask for a recent proof of who it is (CONFIRMED).
    """

    def check_permissions(self, request: Request) -> None:
        """Refuse whoever is no operator with a second factor. Raises: PermissionRefused."""
        super().check_permissions(request)
        opened = cast("SignIn | None", request.auth)
        if opened is None or not opened.has_second_factor:
            raise PermissionRefused("Sign in with your second factor.")


class ReasonIn(InputSerializer):
    """Why: it stands in the audit log, for the organization to read as well."""

    reason = serializers.CharField(max_length=REASON_LENGTH)
