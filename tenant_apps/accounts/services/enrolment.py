"""Set up and give up second factors: an authenticator app, and the codes that stand in for one."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import IntegrityError, transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError, NotFound, ValidationFailed
from shared_apps.kernel.field_keys import seal, unseal
from shared_apps.tenancy.context import current_tenant, is_platform
from shared_apps.web.errors import TokenInvalid
from tenant_apps.accounts.events import (
    RecoveryCodesMade,
    SecondFactorAdded,
    SecondFactorRemoved,
)
from tenant_apps.accounts.models import Proof, RecoveryCode, SignIn, User
from tenant_apps.accounts.recovery_codes import COUNT, hash_of, new_code
from tenant_apps.accounts.selectors import list_second_factors
from tenant_apps.accounts.services.door import second_factor_grace
from tenant_apps.accounts.services.people import lock_person
from tenant_apps.accounts.services.sign_ins import add_proof, end_all_sign_ins
from tenant_apps.accounts.tokens import BEARER, TotpSetup, fingerprint, make_token, read_token
from tenant_apps.accounts.totp import matching_step, new_secret, uri_of


class SecondFactorExists(DomainError):
    """The person has an authenticator app already."""

    code = "second_factor_exists"
    message = "An authenticator app is set up already; remove it first."


class SecondFactorNeeded(DomainError):
    """The person's role asks for a second factor, and this is the last one."""

    code = "second_factor_needed"
    message = "Your role needs a second factor; set up another one before you remove this one."


class NoSecondFactor(DomainError):
    """Recovery codes stand in for a second factor, and there is none."""

    code = "no_second_factor"
    message = "Set up a second factor first; recovery codes stand in for a lost one."


@dataclass(frozen=True, kw_only=True)
class TotpOffer:
    """What an authenticator app needs: the address as text and as a QR code, the bare secret.

    `setup` is a token that the confirmation sends back; nothing is stored until then.
    """

    setup: str
    secret: str
    uri: str
    qr_svg: str


def begin_totp(*, person: User, setup: str = "") -> TotpOffer:
    """Offer a secret for an authenticator app. Raises: SecondFactorExists.

    The secret is a new one, or that of a `setup` which the person began and which is still good:
    after a mistyped code the app that was set up from it goes on being the right one.
    """
    if Proof.TOTP.value in list_second_factors(person.pk):
        raise SecondFactorExists
    secret = _begun_secret(person, setup) or new_secret()
    issuer = settings.BASE_DOMAIN if is_platform() else current_tenant().name
    uri = uri_of(secret, account=person.email, issuer=issuer)
    begun = make_token(TotpSetup, person, secret=seal(secret))
    svg = get_adapter().build_totp_svg(uri)
    return TotpOffer(setup=str(begun), secret=secret, uri=uri, qr_svg=svg)


def _begun_secret(person: User, setup: str) -> str:
    """Return the secret of a setup that the person began; "" when there is none that is good."""
    if not setup:
        return ""
    try:
        token = read_token(TotpSetup, setup)
    except DomainError:
        return ""
    if token["sub"] != str(person.pk) or token["fp"] != fingerprint(person):
        return ""
    return unseal(token["secret"])


@transaction.atomic
def confirm_totp(
    *, person: User, setup: str, code: str, at: datetime, sign_in: SignIn | None = None
) -> list[str]:
    """Keep an authenticator app whose first code is right; return new recovery codes.

    Locks the person. Every sign-in without a second factor ends, but for `sign_in`, which has one
    now. The codes are returned with the first factor only, and never again.
    Records SecondFactorAdded. Raises: TokenInvalid, WrongTenant, ValidationFailed (wrong code),
    SecondFactorExists.
    """
    held = lock_person(person.pk)
    token = read_token(TotpSetup, setup)
    if token["sub"] != str(person.pk) or token["fp"] != fingerprint(held):
        raise TokenInvalid(headers=BEARER)
    secret = unseal(token["secret"])
    step = matching_step(secret, code.strip(), at=at)
    if step is None:
        raise ValidationFailed.at("/code", "The code is wrong; enter the current one.")
    is_first = refuse_late_enrolment(person, sign_in)
    _keep_totp(person, secret, step, at)
    note_factor(person, Proof.TOTP, sign_in=sign_in, at=at)
    return make_recovery_codes(person) if is_first else []


def refuse_late_enrolment(person: User, sign_in: SignIn | None) -> bool:
    """Return whether the factor is the first one; from the door's challenge it has to be.

    Called under the lock of the person. Raises: SecondFactorExists.
    """
    is_first = not list_second_factors(person.pk)
    if sign_in is None and not is_first:
        raise SecondFactorExists
    return is_first


def note_factor(person: User, proof: Proof, *, sign_in: SignIn | None, at: datetime) -> None:
    """Record a new second factor; end what was opened without one.

    Called inside the transaction of the service that adds the factor.
    """
    end_all_sign_ins(user_id=person.pk, at=at, but=sign_in.pk if sign_in else None)
    if sign_in is not None:
        add_proof(sign_in, proof, at=at)
    person.second_factor_asked_at = None
    person.save(update_fields=["second_factor_asked_at"])
    record(SecondFactorAdded(user_id=person.pk, factor=proof.value), actor=person.actor, at=at)


@transaction.atomic
def remove_totp(*, person: User, at: datetime) -> None:
    """Give up the authenticator app. Locks the person; records SecondFactorRemoved.

    Raises: NotFound, SecondFactorNeeded.
    """
    lock_person(person.pk)
    refuse_last_needed(person)
    rows = Authenticator.objects.filter(user_id=person.pk, type=Authenticator.Type.TOTP)
    if not rows.delete()[0]:
        raise NotFound
    note_removal(person, Proof.TOTP, at=at)


def note_removal(person: User, proof: Proof, *, at: datetime) -> None:
    """Record that a second factor is gone; with the last one its recovery codes go."""
    if not list_second_factors(person.pk):
        RecoveryCode.objects.filter(user_id=person.pk).delete()
    record(SecondFactorRemoved(user_id=person.pk, factor=proof.value), actor=person.actor, at=at)


def refuse_last_needed(person: User) -> None:
    """Refuse to give up the last second factor of a person who must have one.

    Raises: SecondFactorNeeded.
    """
    rows = Authenticator.objects.filter(user_id=person.pk)
    if rows.count() == 1 and second_factor_grace(person) is not None:
        raise SecondFactorNeeded


@transaction.atomic
def replace_recovery_codes(*, person: User, at: datetime) -> list[str]:
    """Return ten new recovery codes, shown this once; the old ones stop working.

    Locks the person; records RecoveryCodesMade. Raises: NoSecondFactor.
    """
    lock_person(person.pk)
    if not list_second_factors(person.pk):
        raise NoSecondFactor
    codes = make_recovery_codes(person)
    record(RecoveryCodesMade(user_id=person.pk), actor=person.actor, at=at)
    return codes


def _keep_totp(person: User, secret: str, step: int, at: datetime) -> None:
    row = Authenticator(
        user=person,
        type=Authenticator.Type.TOTP,
        data={"secret": get_adapter().encrypt(secret), "last_step": step},
        created_at=at,
        last_used_at=at,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise SecondFactorExists from None


def make_recovery_codes(person: User) -> list[str]:
    """Return new recovery codes in place of the old ones; only hashes stay.

    Called inside the transaction of the service that locked the person.
    """
    codes = [new_code() for _ in range(COUNT)]
    RecoveryCode.objects.filter(user_id=person.pk).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=person, code_hash=hash_of(code, person.pk)) for code in codes
    )
    return codes
