"""Prove again who one is, before what cannot be taken back."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import ValidationFailed
from tenant_apps.accounts.events import ProofRenewed
from tenant_apps.accounts.models import Proof, SignIn
from tenant_apps.accounts.selectors import list_second_factors
from tenant_apps.accounts.services.door import record_refusal
from tenant_apps.accounts.services.passkeys import PasskeyAnswer
from tenant_apps.accounts.services.second_factor import (
    INSIDE,
    WrongCode,
    prove,
    prove_with_passkey,
)
from tenant_apps.accounts.services.sign_in_limits import (
    budgets_of_password_again,
    forget_attempts,
)
from tenant_apps.accounts.services.sign_ins import add_proof
from tenant_apps.accounts.services.stopping import stop_too_many


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One of four: a code of the app, a recovery code, a passkey, or the password."""

    password: str = ""
    code: str = ""
    recovery_code: str = ""
    passkey: PasskeyAnswer | None = None


def step_up(*, sign_in: SignIn, evidence: Evidence, at: datetime) -> SignIn:
    """Renew the proof of an open sign-in: the second factor's, or the password without one.

    Failures are counted inside, apart from those of a sign-in, and recorded like them. Records
    ProofRenewed.
    Raises: ValidationFailed, WrongPasskey, TooManySignIns.
    """
    if list_second_factors(sign_in.user_id):
        proof = _prove_second_factor(sign_in, evidence, at)
    else:
        proof = _prove_password(sign_in, evidence.password, at)
    return _renew(sign_in, proof, at)


def _prove_second_factor(sign_in: SignIn, evidence: Evidence, at: datetime) -> Proof:
    if evidence.passkey:
        return prove_with_passkey(sign_in.user, evidence.passkey, at=at, where=INSIDE)
    given = {"code": evidence.code, "recovery_code": evidence.recovery_code}
    try:
        return prove(sign_in.user, **given, at=at, where=INSIDE)
    except WrongCode as wrong:
        raise ValidationFailed.at("/code", wrong.detail, code=wrong.code) from None


def _prove_password(sign_in: SignIn, password: str, at: datetime) -> Proof:
    person = sign_in.user
    budgets = budgets_of_password_again(person.pk)
    stop_too_many(budgets, email=person.email, person=person, at=at)
    if not person.check_password(password):
        record_refusal(email=person.email, person=person, cause="wrong_password_again", at=at)
        raise ValidationFailed.at("/password", "This is not your password.")
    forget_attempts(budgets)
    return Proof.PASSWORD


@transaction.atomic
def _renew(sign_in: SignIn, proof: Proof, at: datetime) -> SignIn:
    add_proof(sign_in, proof, at=at)
    event = ProofRenewed(user_id=sign_in.user_id, sign_in_id=sign_in.pk, proof=proof.value)
    record(event, actor=sign_in.user.actor, at=at)
    return sign_in
