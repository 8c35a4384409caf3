"""The one door, as a browser passes it: what opens is a session instead of tokens."""

from datetime import datetime

from django.http import HttpRequest

from tenant_apps.accounts.authentication import Enrolment
from tenant_apps.accounts.browser_sessions import close_session, open_session, session_sign_in
from tenant_apps.accounts.devices import device_cookie, remember_device
from tenant_apps.accounts.models import Proof, SignInKind, User
from tenant_apps.accounts.services import (
    Admission,
    Evidence,
    PasskeyAnswer,
    SecondStep,
    SignInAttempt,
    admit,
    end_impersonation,
    end_sign_in,
    enter_impersonation,
    finish_sign_in,
    redeem_handover,
    sign_in,
    sign_in_with_passkey,
)


def enter(request: HttpRequest, *, email: str, password: str, at: datetime) -> Admission:
    """Come to the door with a password; a session is open once it answers "signed_in".

    Raises: SignInRefused, TooManySignIns.
    """
    attempt = SignInAttempt(
        email=email,
        password=password,
        kind=SignInKind.BROWSER,
        user_agent=_agent(request),
        device=device_cookie(request),
    )
    return _opened(request, sign_in(attempt=attempt, at=at))


def enter_with_passkey(request: HttpRequest, *, answer: PasskeyAnswer, at: datetime) -> Admission:
    """Come to the door with a passkey alone.

    Raises: TokenInvalid, WrongTenant, WrongPasskey, SignInRefused.
    """
    admission = sign_in_with_passkey(
        answer=answer, kind=SignInKind.BROWSER, user_agent=_agent(request), at=at
    )
    return _opened(request, admission)


def prove(request: HttpRequest, *, challenge: str, evidence: Evidence, at: datetime) -> Admission:
    """Come back with the second factor: a code of the app, a recovery code or a passkey.

    Raises: TokenInvalid, WrongTenant, WrongCode, WrongPasskey, TooManySignIns, SignInRefused.
    """
    step = SecondStep(
        challenge=challenge,
        code=evidence.code,
        recovery_code=evidence.recovery_code,
        passkey=evidence.passkey,
        user_agent=_agent(request),
    )
    return _opened(request, finish_sign_in(step=step, at=at))


def enter_enrolled(
    request: HttpRequest, *, person: User, enrolment: Enrolment, factor: str, at: datetime
) -> Admission:
    """Come back to the door with the second factor that it asked to be set up.

    `enrolment` is what the door's challenge says, `factor` is "totp" or "passkey".
    Raises: SignInRefused, ProviderRequired.
    """
    visit = enrolment.visit_with(Proof(factor), user_agent=_agent(request))
    return _opened(request, admit(person=person, visit=visit, at=at))


def arrive(request: HttpRequest, *, code: str, binding: str, at: datetime) -> Admission:
    """Come with a code from the platform's host, in the browser that left this one.

    Raises: TokenInvalid, WrongTenant, SignInRefused, ProviderRequired.
    """
    admission = redeem_handover(
        code=code, binding=binding, kind=SignInKind.BROWSER, user_agent=_agent(request), at=at
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


def _agent(request: HttpRequest) -> str:
    return request.headers.get("User-Agent", "")
