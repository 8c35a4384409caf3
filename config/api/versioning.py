"""The version a client asks for: `Accept: application/json; version=1.0`."""

from typing import Any

from rest_framework.exceptions import NotAcceptable
from rest_framework.request import Request
from rest_framework.versioning import AcceptHeaderVersioning

from shared_apps.web.errors import VersionNotSupported


class AcceptVersioning(AcceptHeaderVersioning):
    """Refuses a version that does not exist; without one, the current version answers."""

    def determine_version(self, request: Request, *args: Any, **kwargs: Any) -> str:
        """Return the version. Raises: VersionNotSupported."""
        try:
            return super().determine_version(request, *args, **kwargs)
        except NotAcceptable:
            raise VersionNotSupported from None
