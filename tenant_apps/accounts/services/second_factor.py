"""Prove a second factor: a code of an authenticator app, a recovery code, a passkey."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.db import transaction
from django.utils.translation import gettext_noop

from shared_apps.kernel.errors import DomainError
from shared_apps.web.errors import TokenInvalid
from tenant_apps.accounts.models import Proof, RecoveryCode, SignInKind, User
from tenant_apps.accounts.recovery_codes import hash_of
from tenant_apps.accounts.services.door import Admission, Visit, admit, record_refusal
from tenant_apps.accounts.services.passkeys import PasskeyAnswer, prove_passkey
from tenant_apps.accounts.services.sign_in_limits import (
    Budgets,
    budgets_of_second_factor,
    budgets_of_second_factor_again,
    forget_attempts,
)
from tenant_apps.accounts.services.spending import spend
from tenant_apps.accounts.services.stopping import stop_too_many
from tenant_apps.accounts.tokens import BEARER, SecondFactorChallenge, fingerprint, read_token
from tenant_apps.accounts.totp import matching_step


class WrongCode(DomainError):
    """The code is wrong, has been used, or belongs to no second factor of the person."""

    code = "wrong_code"
    status = 401
    message = "The code is wrong or has been used already; wait for the next one."
    field = "/code"

    def __init__(self, message: str = "") -> None:
        super().__init__(message, headers=BEARER)


WRONG_RECOVERY_CODE = gettext_noop(
    "This recovery code is wrong or has been used already; try another one."
)


@dataclass(frozen=True)
class Where:
    """Where a second factor is asked for: what counts the tries, what a wrong code is called."""

    budgets_of: Callable[[UUID], Budgets]
    wrong_code: str


AT_THE_DOOR = Where(budgets_of_second_factor, "wrong_code")
INSIDE = Where(budgets_of_second_factor_again, "wrong_code_again")


@dataclass(frozen=True, kw_only=True)
class SecondStep:
    """The challenge that the first step was answered with, and one proof of the second factor."""

    challenge: str
    code: str = ""
    recovery_code: str = ""
    passkey: PasskeyAnswer | None = None
    user_agent: str = ""


def finish_sign_in(*, step: SecondStep, at: datetime) -> Admission:
    """Take a person who proves the second factor to the door; the challenge is good once.

    Records what `admit` records. Raises: TokenInvalid, WrongTenant, WrongCode, WrongPasskey,
    TooManySignIns, SignInRefused.
    """
    token = read_token(SecondFactorChallenge, step.challenge)
    person = User.objects.filter(pk=token["sub"]).first()
    if person is None or token["fp"] != fingerprint(person):
        raise TokenInvalid(headers=BEARER)
    if step.passkey:
        proof = prove_with_passkey(person, step.passkey, at=at)
    else:
        proof = prove(person, code=step.code, recovery_code=step.recovery_code, at=at)
    spend(token)
    first = [Proof(name) for name in token["by"].split("+")]
    visit = Visit(
        proofs=(*first, proof), kind=SignInKind(token["kind"]), user_agent=step.user_agent
    )
    return admit(person=person, visit=visit, at=at)


def prove_with_passkey(
    person: User, answer: PasskeyAnswer, *, at: datetime, where: Where = AT_THE_DOOR
) -> Proof:
    """Use a passkey as the second factor. Failures are counted like wrong codes, and recorded.

    Raises: TokenInvalid, WrongTenant, WrongPasskey, TooManySignIns.
    """
    budgets = where.budgets_of(person.pk)
    stop_too_many(budgets, email=person.email, person=person, at=at)
    proof = prove_passkey(person, answer, at=at)
    forget_attempts(budgets)
    return proof


def prove(
    person: User, *, code: str, recovery_code: str, at: datetime, where: Where = AT_THE_DOOR
) -> Proof:
    """Use a code up and return what it proves. Failures are counted and recorded.

    Raises: WrongCode, TooManySignIns.
    """
    budgets = where.budgets_of(person.pk)
    stop_too_many(budgets, email=person.email, person=person, at=at)
    if code and use_totp_code(person, code, at=at):
        proof = Proof.TOTP
    elif recovery_code and use_recovery_code(person, recovery_code, at=at):
        proof = Proof.RECOVERY_CODE
    else:
        record_refusal(email=person.email, person=person, cause=where.wrong_code, at=at)
        is_recovery = _meant_recovery(person, code=code, recovery_code=recovery_code)
        raise WrongCode(WRONG_RECOVERY_CODE if is_recovery else "")
    forget_attempts(budgets)
    return proof


def _meant_recovery(person: User, *, code: str, recovery_code: str) -> bool:
    """Return whether a recovery code was meant: there is no app, or no app makes such a code."""
    typed = recovery_code or code
    if typed and not typed.strip().isdigit():
        return True
    apps = Authenticator.objects.filter(user_id=person.pk, type=Authenticator.Type.TOTP)
    return bool(typed) and not apps.exists()


@transaction.atomic
def use_totp_code(person: User, code: str, *, at: datetime) -> bool:
    """Return whether this is a code that was not used before, and use it. Locks the authenticator.

    Of two who come with one code at once, one is told no.
    """
    rows = Authenticator.objects.select_for_update(no_key=True, of=("self",))
    row = rows.filter(user_id=person.pk, type=Authenticator.Type.TOTP).first()
    if row is None:
        return False
    secret = decrypt(row.data["secret"])
    step = matching_step(secret, code.strip(), at=at, after=row.data.get("last_step", -1))
    if step is None:
        return False
    row.data["last_step"], row.last_used_at = step, at
    row.save(update_fields=["data", "last_used_at"])
    return True


def use_recovery_code(person: User, code: str, *, at: datetime) -> bool:
    """Return whether this is an unused recovery code of the person, and use it up."""
    unused = RecoveryCode.objects.filter(
        user_id=person.pk, code_hash=hash_of(code, person.pk), used_at=None
    )
    return unused.update(used_at=at) == 1
