"""The one door, as a browser passes it: what opens is a session instead of tokens."""

from datetime import datetime

from django.http import HttpRequest

from tenant_apps.accounts.browser_sessions import close_session, open_session, session_sign_in
from tenant_apps.accounts.models import SignInKind
from tenant_apps.accounts.services import SignInAttempt, SignInOutcome, end_sign_in, sign_in


def enter(request: HttpRequest, *, email: str, password: str, at: datetime) -> SignInOutcome:
    """Pass the door with a password; a session is open once the outcome says "signed_in".

    Raises: SignInRefused, TooManySignIns.
    """
    attempt = SignInAttempt(
        email=email,
        password=password,
        kind=SignInKind.BROWSER,
        user_agent=request.headers.get("User-Agent", ""),
    )
    outcome = sign_in(attempt=attempt, at=at)
    if outcome.sign_in is not None:
        open_session(request, sign_in=outcome.sign_in)
    return outcome


def leave(request: HttpRequest, *, at: datetime) -> None:
    """End the sign-in of the browser's session, and the session; without one nothing happens."""
    open_one = session_sign_in(request, at=at)
    if open_one is not None:
        end_sign_in(sign_in_id=open_one.pk, at=at)
    close_session(request)
