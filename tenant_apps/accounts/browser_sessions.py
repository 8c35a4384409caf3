"""Browser sessions that are good in one organization only."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django.middleware.csrf import rotate_token

from shared_apps.web.errors import WrongTenant
from tenant_apps.accounts.models import SignIn
from tenant_apps.accounts.services.standing import find_standing_sign_in
from tenant_apps.accounts.tokens import BEARER, current_audience, current_key_version

AUDIENCE, KEY_VERSION, SIGN_IN = "prs_aud", "prs_kv", "prs_sid"


def open_session(request: HttpRequest, *, sign_in: SignIn) -> None:
    """Bind the browser's session to a sign-in, under a new key and a new CSRF token."""
    request.session.flush()
    request.session[AUDIENCE] = current_audience()
    request.session[KEY_VERSION] = current_key_version()
    request.session[SIGN_IN] = str(sign_in.pk)
    request.session.set_expiry(sign_in.expires_at)
    rotate_token(request)


def session_sign_in(request: HttpRequest, *, at: datetime) -> SignIn | None:
    """Return the open sign-in of the browser's session; None without one.

    Raises: WrongTenant when the session was opened in another organization.
    """
    session = getattr(request, "session", None)
    if session is None or SIGN_IN not in session:
        return None
    if session.get(AUDIENCE) != current_audience():
        raise WrongTenant(headers=BEARER)
    if session.get(KEY_VERSION) != current_key_version():
        return None
    return find_standing_sign_in(UUID(session[SIGN_IN]), at=at)


def close_session(request: HttpRequest) -> None:
    """Forget the browser's session, if there is one."""
    session = getattr(request, "session", None)
    if session is not None and SIGN_IN in session:
        session.flush()
