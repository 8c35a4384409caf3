"""Passkeys: make one, sign in with one, prove with one, give one up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.audit.request import current_request_info
from shared_apps.kernel.errors import NotFound
from shared_apps.web.errors import TokenInvalid
from tenant_apps.accounts import passkeys
from tenant_apps.accounts.events import PasskeyRenamed
from tenant_apps.accounts.models import Proof, SignIn, SignInKind, User
from tenant_apps.accounts.selectors import list_passkeys
from tenant_apps.accounts.services.door import Admission, Visit, admit, record_refusal
from tenant_apps.accounts.services.enrolment import (
    make_recovery_codes,
    note_factor,
    note_removal,
    refuse_last_needed,
    refuse_late_enrolment,
)
from tenant_apps.accounts.services.people import lock_person
from tenant_apps.accounts.services.sign_in_limits import budgets_of_passkey, forget_attempts
from tenant_apps.accounts.services.spending import spend
from tenant_apps.accounts.services.stopping import stop_too_many
from tenant_apps.accounts.tokens import BEARER, PasskeyCeremony, read_token

NEW, USE = "new", "use"


@dataclass(frozen=True, kw_only=True)
class PasskeyQuestion:
    """What the browser's `navigator.credentials` is asked, and the token that the answer needs."""

    ceremony: str
    options: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class PasskeyAnswer:
    """The token of the question, and what the browser answered (`toJSON()` of the credential)."""

    ceremony: str
    credential: Mapping[str, Any]


def begin_passkey(*, person: User) -> PasskeyQuestion:
    """Ask the person's browser for a new passkey; nothing is stored until it answers."""
    known = [passkeys.data_of(row) for row in list_passkeys(person.pk)]
    options, challenge = passkeys.ask_for_new(person, known)
    return PasskeyQuestion(ceremony=_ceremony(NEW, challenge, str(person.pk)), options=options)


@transaction.atomic
def add_passkey(
    *, person: User, name: str, answer: PasskeyAnswer, at: datetime, sign_in: SignIn | None = None
) -> list[str]:
    """Keep a passkey; return new recovery codes with the first factor. Locks the person.

    Every sign-in without a second factor ends, but for `sign_in`. Records SecondFactorAdded.
    Raises: TokenInvalid, WrongTenant, WrongPasskey, SecondFactorExists.
    """
    held = lock_person(person.pk)
    token = _read(NEW, answer.ceremony)
    if token["sub"] != str(person.pk) or held.password != person.password:
        raise TokenInvalid(headers=BEARER)
    made = passkeys.read_new(token["challenge"], answer.credential)
    rows = Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN)
    if rows.filter(data__credential_id=made["credential_id"]).exists():
        raise passkeys.WrongPasskey
    spend(token)
    is_first = refuse_late_enrolment(person, sign_in)
    Authenticator(
        user=person,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": name, **made},
        created_at=at,
    ).save(force_insert=True)
    note_factor(person, Proof.PASSKEY, sign_in=sign_in, at=at)
    return make_recovery_codes(person) if is_first else []


def begin_passkey_use() -> PasskeyQuestion:
    """Ask a browser for any passkey of this host: to sign in, as a second factor, to step up."""
    options, challenge = passkeys.ask_for_any()
    return PasskeyQuestion(ceremony=_ceremony(USE, challenge, ""), options=options)


def sign_in_with_passkey(
    *, answer: PasskeyAnswer, kind: SignInKind, user_agent: str, at: datetime
) -> Admission:
    """Take whoever holds a passkey to the door: it is two factors in one, no password is asked.

    Failures are counted per network address. Records what `admit` records. Raises: TokenInvalid,
    WrongTenant, WrongPasskey, TooManySignIns, SignInRefused.
    """
    _read(USE, answer.ceremony)  # refuse another organization's before anyone is looked up
    budgets = budgets_of_passkey(ip=current_request_info().ip)
    stop_too_many(budgets, email="", person=None, at=at)
    owner = passkeys.owner_of(answer.credential)
    person = User.objects.filter(pk=owner).first() if owner else None
    if person is None:
        record_refusal(email="", person=None, cause="unknown_passkey", at=at)
        raise passkeys.WrongPasskey
    prove_passkey(person, answer, at=at)
    forget_attempts(budgets)
    visit = Visit(proofs=(Proof.PASSKEY,), kind=kind, user_agent=user_agent)
    return admit(person=person, visit=visit, at=at)


def prove_passkey(person: User, answer: PasskeyAnswer, *, at: datetime) -> Proof:
    """Use a passkey of this person; the question is good for one answer. Failures are recorded.

    Raises: TokenInvalid, WrongTenant, WrongPasskey.
    """
    token = _read(USE, answer.ceremony)
    try:
        _use(person.pk, token["challenge"], answer.credential, at)
    except passkeys.WrongPasskey:
        record_refusal(email=person.email, person=person, cause="wrong_passkey", at=at)
        raise
    spend(token)
    return Proof.PASSKEY


@transaction.atomic
def rename_passkey(*, person: User, passkey_id: int, name: str, at: datetime) -> Authenticator:
    """Call a passkey by another name. Locks the person; records PasskeyRenamed.

    Raises: NotFound.
    """
    lock_person(person.pk)
    row = _own_passkey(person, passkey_id)
    row.data["name"] = name
    row.save(update_fields=["data"])
    record(PasskeyRenamed(user_id=person.pk, passkey_id=passkey_id), actor=person.actor, at=at)
    return row


@transaction.atomic
def remove_passkey(*, person: User, passkey_id: int, at: datetime) -> None:
    """Give a passkey up. Locks the person; records SecondFactorRemoved.

    Raises: NotFound, SecondFactorNeeded.
    """
    lock_person(person.pk)
    row = _own_passkey(person, passkey_id)
    refuse_last_needed(person)
    row.delete()
    note_removal(person, Proof.PASSKEY, at=at)


def _own_passkey(person: User, passkey_id: int) -> Authenticator:
    row: Authenticator | None = list_passkeys(person.pk).filter(pk=passkey_id).first()
    if row is None:
        raise NotFound
    return row


@transaction.atomic
def _use(user_id: UUID, challenge: str, credential: Mapping[str, Any], at: datetime) -> None:
    rows = list_passkeys(user_id).select_for_update(no_key=True, of=("self",))
    row = rows.filter(data__credential_id=passkeys.id_of(credential)).first()
    if row is None:
        raise passkeys.WrongPasskey
    passkeys.use(row, challenge, credential, at)


def _ceremony(purpose: str, challenge: str, subject: str) -> str:
    token = PasskeyCeremony()
    token["purpose"], token["challenge"], token["sub"] = purpose, challenge, subject
    return str(token)


def _read(purpose: str, text: str) -> PasskeyCeremony:
    token = read_token(PasskeyCeremony, text)
    if token["purpose"] != purpose:
        raise TokenInvalid(headers=BEARER)
    return token
