"""The one door, as a browser passes it: what opens is a session instead of tokens."""

from datetime import datetime

from django.http import HttpRequest

from tenant_apps.accounts.browser_sessions import close_session, open_session, session_sign_in
from tenant_apps.accounts.devices import device_cookie, remember_device
from tenant_apps.accounts.models import SignInKind
from tenant_apps.accounts.services import (
    Admission,
    SecondStep,
    SignInAttempt,
    end_impersonation,
    end_sign_in,
    enter_impersonation,
    finish_sign_in,
    redeem_handover,
    sign_in,
)


def enter(request: HttpRequest, *, email: str, password: str, at: datetime) -> Admission:
    """Come to the door with a password; a session is open once it answers "signed_in".

    Raises: SignInRefused, TooManySignIns.
    """
    agent = request.headers.get("User-Agent", "")
    attempt = SignInAttempt(
        email=email,
        password=password,
        kind=SignInKind.BROWSER,
        user_agent=agent,
        device=device_cookie(request),
    )
    return _opened(request, sign_in(attempt=attempt, at=at))


def prove(request: HttpRequest, *, challenge: str, code: str, at: datetime) -> Admission:
    """Come back with a code of the second factor: six digits of the app, or a recovery code.

    Raises: TokenInvalid, WrongTenant, WrongCode, TooManySignIns, SignInRefused.
    """
    typed = code.replace(" ", "")
    is_of_app = typed.isdigit() and len(typed) == 6
    step = SecondStep(
        challenge=challenge,
        code=typed if is_of_app else "",
        recovery_code="" if is_of_app else typed,
        user_agent=request.headers.get("User-Agent", ""),
    )
    return _opened(request, finish_sign_in(step=step, at=at))


def arrive(request: HttpRequest, *, code: str, binding: str, at: datetime) -> Admission:
    """Come with a code from the platform's host, in the browser that left this one.

    Raises: TokenInvalid, WrongTenant, SignInRefused, ProviderRequired.
    """
    agent = request.headers.get("User-Agent", "")
    admission = redeem_handover(
        code=code, binding=binding, kind=SignInKind.BROWSER, user_agent=agent, at=at
    )
    return _opened(request, admission)


def enter_as_operator(request: HttpRequest, *, code: str, at: datetime) -> None:
    """Open the session of an operator's visit; the device is not remembered for the person.

    Raises: TokenInvalid, WrongTenant, SignInRefused.
    """
    agent = request.headers.get("User-Agent", "")
    sign_in = enter_impersonation(code=code, user_agent=agent, at=at)
    open_session(request, sign_in=sign_in)


def leave(request: HttpRequest, *, at: datetime) -> None:
    """End the sign-in of the browser's session, and the session; without one nothing happens."""
    open_one = session_sign_in(request, at=at)
    if open_one is not None and open_one.impersonation_id is not None:
        end_impersonation(sign_in_id=open_one.pk, at=at)
    elif open_one is not None:
        end_sign_in(sign_in_id=open_one.pk, at=at)
    close_session(request)


def _opened(request: HttpRequest, admission: Admission) -> Admission:
    if admission.sign_in is not None:
        open_session(request, sign_in=admission.sign_in)
        remember_device(request, admission.person)
    return admission
