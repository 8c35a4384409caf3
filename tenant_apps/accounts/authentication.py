"""How a request says who sends it: a bearer token, or the browser's session."""

from datetime import datetime
from typing import Any
from uuid import UUID

from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from shared_apps.kernel.clock import utc_now
from shared_apps.web.errors import TokenInvalid
from tenant_apps.accounts.browser_sessions import session_sign_in
from tenant_apps.accounts.models import SignIn, User
from tenant_apps.accounts.selectors import find_open_sign_in
from tenant_apps.accounts.tokens import BEARER, BoundAccessToken, read_token


class TenantJWTAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>` of this organization.

    The token is verified before anyone is looked up; the sign-in behind it must still be open, so
    signing out, suspending a person or changing a password works on the next request.
    """

    def authenticate(self, request: Request) -> tuple[User, SignIn] | None:
        """Return the person and their sign-in. Raises: TokenInvalid, WrongTenant."""
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        sign_in = sign_in_of_access_token(text.strip(), at=utc_now())
        return sign_in.user, sign_in

    def authenticate_header(self, request: Request) -> str:
        """Return what a 401 asks for."""
        return 'Bearer realm="api"'


class TenantSessionAuthentication(BaseAuthentication):
    """The browser's session of this organization, with a CSRF token on every unsafe method."""

    def authenticate(self, request: Request) -> tuple[User, SignIn] | None:
        """Return the person and their sign-in. Raises: WrongTenant, PermissionDenied (CSRF)."""
        sign_in = session_sign_in(request._request, at=utc_now())  # noqa: SLF001  DRF's own way
        if sign_in is None:
            return None
        enforce_csrf(request)
        return sign_in.user, sign_in


def sign_in_of_access_token(text: str, *, at: datetime) -> SignIn:
    """Return the open sign-in that an access token of this organization belongs to.

    Raises: TokenInvalid, WrongTenant.
    """
    token = read_token(BoundAccessToken, text)
    sign_in = find_open_sign_in(UUID(token["sid"]))
    if sign_in is None or not sign_in.is_open(at) or not sign_in.user.is_active:
        raise TokenInvalid(headers=BEARER)
    return sign_in


def enforce_csrf(request: Request) -> None:
    """Refuse an unsafe request whose CSRF token is missing or wrong. Raises: PermissionDenied."""

    def unused(_: Any) -> Any:
        return None

    check = CSRFCheck(unused)
    check.process_request(request._request)  # noqa: SLF001  DRF's own way
    reason = check.process_view(request._request, unused, (), {})  # noqa: SLF001
    if reason:
        raise PermissionDenied(f"The CSRF check failed: {reason}")
