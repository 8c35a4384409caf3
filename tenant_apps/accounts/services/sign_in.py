"""The one door: whoever gets a token or a session came through `sign_in`."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.crypto import salted_hmac

from shared_apps.audit.recording import record
from shared_apps.audit.request import current_request_info
from shared_apps.kernel.errors import DomainError
from shared_apps.kernel.events import Actor
from shared_apps.kernel.ids import uuid7
from shared_apps.tenancy.context import current_tenant, is_platform
from tenant_apps.accounts.events import PersonSignedIn, SignInFailed
from tenant_apps.accounts.models import PersonStatus, SignIn, SignInKind, User
from tenant_apps.accounts.selectors import find_person_by_email, normal_email
from tenant_apps.accounts.services.sign_in_limits import (
    TooManySignIns,
    count_attempt,
    forget_attempts,
)
from tenant_apps.accounts.services.sign_ins import open_sign_in
from tenant_apps.accounts.tokens import BEARER, PasswordChallenge, fingerprint

SIGNED_IN, PASSWORD_CHANGE_REQUIRED = "signed_in", "password_change_required"


class SignInRefused(DomainError):
    """Unknown address, wrong password or no active account: the answer never says which."""

    code = "not_authenticated"
    status = 401
    message = "The e-mail address or the password is wrong, or the account is not active."

    def __init__(self) -> None:
        super().__init__(headers=BEARER)


@dataclass(frozen=True, kw_only=True)
class SignInAttempt:
    """What somebody brought to the door, and what they want: tokens or a browser session."""

    email: str
    password: str
    kind: SignInKind = SignInKind.TOKEN
    user_agent: str = ""


@dataclass(frozen=True, kw_only=True)
class SignInOutcome:
    """How it went: "signed_in" with a sign-in, or "password_change_required" with a challenge."""

    status: str
    person: User
    sign_in: SignIn | None = None
    challenge: str = ""


def sign_in(*, attempt: SignInAttempt, at: datetime) -> SignInOutcome:
    """Let a person in, or refuse. Records PersonSignedIn, or SignInFailed, which is kept.

    An unknown address costs the same work as a wrong password. Failures are counted over all
    organizations together, per network address, per account and per both. Must not run inside a
    transaction of the caller: its rollback would take the recorded failure along.
    Raises: SignInRefused, TooManySignIns.
    """
    _refuse_too_many(attempt, at)
    person = find_person_by_email(attempt.email)
    cause = _find_cause_of_refusal(person, attempt.password)
    if person is None or cause:
        _record_failure(attempt, person=person, cause=cause, at=at)
        raise SignInRefused
    forget_attempts(ip=current_request_info().ip, email=attempt.email)
    if person.password_change_required:
        return _ask_for_new_password(person)
    return _let_in(person, attempt, at)


def _refuse_too_many(attempt: SignInAttempt, at: datetime) -> None:
    """Count the attempt; the first one too many is recorded, the rest only refused."""
    count = count_attempt(ip=current_request_info().ip, email=attempt.email, at=at)
    if not count.is_too_many:
        return
    if count.is_first_too_many:
        _record_failure(attempt, person=None, cause="too_many_attempts", at=at)
    raise TooManySignIns(retry_after_s=count.retry_after_s)


def _find_cause_of_refusal(person: User | None, password: str) -> str:
    """Return why the door stays shut, "" when it opens. Hashes once in every case."""
    if person is None:
        make_password(password)
        return "unknown_address"
    if not person.check_password(password):
        return "wrong_password"
    if not person.is_active:
        return "archived" if person.status == PersonStatus.ACTIVE else person.status
    return _find_closed_organization(person)


def _find_closed_organization(person: User) -> str:
    if is_platform():
        return "" if person.is_operator else "no_operator"
    return "" if current_tenant().is_routable else "organization_closed"


@transaction.atomic
def _let_in(person: User, attempt: SignInAttempt, at: datetime) -> SignInOutcome:
    opened = open_sign_in(person=person, kind=attempt.kind, user_agent=attempt.user_agent, at=at)
    person.last_login = at
    person.save(update_fields=["last_login"])
    event = PersonSignedIn(user_id=person.pk, sign_in_id=opened.pk, kind=opened.kind)
    record(event, actor=person.actor, at=at)
    return SignInOutcome(status=SIGNED_IN, person=person, sign_in=opened)


def _ask_for_new_password(person: User) -> SignInOutcome:
    challenge = PasswordChallenge()
    challenge["sub"] = str(person.pk)
    challenge["fp"] = fingerprint(person)
    return SignInOutcome(status=PASSWORD_CHANGE_REQUIRED, person=person, challenge=str(challenge))


@transaction.atomic
def _record_failure(
    attempt: SignInAttempt, *, person: User | None, cause: str, at: datetime
) -> None:
    """Keep that somebody failed. What was typed is not kept: it may be a password."""
    digest = salted_hmac("accounts.sign_in_failed", normal_email(attempt.email)).hexdigest()
    event = SignInFailed(
        attempt_id=uuid7(),
        user_id=str(person.pk) if person else "",
        email_digest=digest,
        cause=cause,
    )
    record(event, actor=Actor.system("sign_in"), at=at)
