"""The one door: every sign-in, whatever was proved, is opened or renewed here and nowhere else."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.module_loading import import_string

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError
from shared_apps.kernel.events import Actor
from shared_apps.kernel.ids import uuid7
from shared_apps.tenancy.context import current_tenant, is_platform
from tenant_apps.accounts.events import BreakGlassUsed, PersonSignedIn, SignInFailed
from tenant_apps.accounts.models import Impersonation, PersonStatus, Proof, SignIn, SignInKind, User
from tenant_apps.accounts.selectors import list_second_factors, normal_email
from tenant_apps.accounts.services.provider_rule import (
    ProviderRequired,
    find_provider_bar,
    is_break_glass,
    read_provider_rule,
)
from tenant_apps.accounts.services.sign_ins import (
    SignInTerms,
    end_of_sign_in,
    join_proofs,
    open_sign_in,
    proofs_of,
)
from tenant_apps.accounts.tokens import (
    BEARER,
    BoundToken,
    EnrolmentChallenge,
    PasswordChallenge,
    SecondFactorChallenge,
    make_token,
)

SIGNED_IN = "signed_in"
MFA_REQUIRED = "mfa_required"
PASSWORD_CHANGE_REQUIRED = "password_change_required"  # noqa: S105  the name of an answer
MFA_SETUP_REQUIRED = "mfa_setup_required"
STATUSES = (SIGNED_IN, MFA_REQUIRED, PASSWORD_CHANGE_REQUIRED, MFA_SETUP_REQUIRED)


class SignInRefused(DomainError):
    """Unknown address, wrong password or no active account: the answer never says which."""

    code = "not_authenticated"
    status = 401
    message = "The e-mail address or the password is wrong, or the account is not active."

    def __init__(self) -> None:
        super().__init__(headers=BEARER)


@dataclass(frozen=True, kw_only=True)
class Visit:
    """How somebody comes to the door: what they proved just now, and what they want."""

    proofs: Collection[Proof]
    kind: SignInKind = SignInKind.TOKEN
    user_agent: str = ""

    @property
    def has_second_factor(self) -> bool:
        """Return whether more than the password was proved."""
        return any(proof.is_second_factor for proof in self.proofs)


@dataclass(frozen=True, kw_only=True)
class Admission:
    """How it went: a sign-in, or a challenge for the step that is still missing.

    `methods` are the proofs that a missing second factor may be; `setup_due_at` is when a person
    who comes without one will have to set one up.
    """

    status: str
    person: User
    sign_in: SignIn | None = None
    challenge: str = ""
    methods: tuple[str, ...] = ()
    setup_due_at: datetime | None = None


def admit(*, person: User, visit: Visit, at: datetime) -> Admission:
    """Let a person in who proved who they are, or say which step is missing. Writes the sign-in.

    Asks in this order: may the person sign in at all, and without the organization's provider, is a
    second factor missing, must the password change, must a second factor be set up. Locks the
    person and asks about them as they are by then: a suspension, a new password or a new factor
    that came while something was proved counts. Records PersonSignedIn (and BreakGlassUsed), or
    SignInFailed, which is kept: must not run inside a transaction of the caller.
    Raises: SignInRefused, ProviderRequired.
    """
    admission, cause = _decide(person, visit, at)
    if admission is None:
        record_refusal(email=person.email, person=person, cause=cause, at=at)
        raise refusal()
    return admission


@transaction.atomic
def admit_visitor(*, visit: Impersonation, user_agent: str, at: datetime) -> SignIn:
    """Let an operator in as the person whom their visit names, until it ends; a browser only.

    Locks the person. The caller has checked the visit and records it. Raises: SignInRefused.
    """
    person = _lock(visit.person_id)
    if person is None or find_bar(person):
        raise SignInRefused
    terms = SignInTerms(ends_by=visit.ends_at, visit=visit)
    return open_sign_in(
        person=person, kind=SignInKind.BROWSER, user_agent=user_agent, at=at, terms=terms
    )


def stay_until(sign_in: SignIn, *, at: datetime) -> datetime | None:
    """Return how long a sign-in may go on; None ends it. The door is asked at every renewal.

    A sign-in from before a second factor was set up, or required, ends here.
    """
    person = sign_in.user
    if find_bar(person) or find_provider_bar(person, proofs_of(sign_in)):
        return None
    visit = Visit(proofs=proofs_of(sign_in), kind=SignInKind(sign_in.kind))
    due_at = _read_setup_due(person, visit, at)
    if _missing_step(person, visit, due_at, at) != SIGNED_IN:
        return None
    if due_at is not None and person.second_factor_asked_at is None:
        # whoever was in before the rule held for them is asked now: their days run from here
        unasked = User.objects.filter(pk=person.pk, second_factor_asked_at=None)
        unasked.update(second_factor_asked_at=at)
    return end_of_sign_in(at, ends_by=due_at)


def refusal() -> DomainError:
    """Return how the door says no, to known and unknown people alike."""
    return ProviderRequired() if read_provider_rule().is_required else SignInRefused()


def find_bar(person: User) -> str:
    """Return why a person may not sign in here, "" when they may."""
    if person.is_service_account:
        return "service_account"
    if not person.is_active:
        return "archived" if person.status == PersonStatus.ACTIVE else person.status
    if is_platform():
        return "" if person.is_operator else "no_operator"
    return "" if current_tenant().is_routable else "organization_closed"


@transaction.atomic
def record_refusal(*, email: str, person: User | None, cause: str, at: datetime) -> None:
    """Keep that somebody failed. What was typed is not kept: it may be a password."""
    digest = salted_hmac("accounts.sign_in_failed", normal_email(email)).hexdigest()
    event = SignInFailed(
        attempt_id=uuid7(),
        user_id=str(person.pk) if person else "",
        email_digest=digest,
        cause=cause,
    )
    record(event, actor=Actor.system("sign_in"), at=at)


def second_factor_grace(person: User) -> timedelta | None:
    """Return how long a person may still come without a second factor; None: for ever.

    The policy stands above accounts: the setting SIGN_IN_POLICY names it.
    """
    policy = cast("Callable[[User], timedelta | None]", import_string(settings.SIGN_IN_POLICY))
    return policy(person)


@transaction.atomic
def _decide(person: User, visit: Visit, at: datetime) -> tuple[Admission | None, str]:
    """Return how it goes for a person who proved something a moment ago, or why they stay out."""
    held = _lock(person.pk)
    if held is None or held.password != person.password:
        return None, "password_replaced"
    if cause := find_bar(held) or find_provider_bar(held, visit.proofs):
        return None, cause
    setup_due_at = _read_setup_due(held, visit, at)
    status = _missing_step(held, visit, setup_due_at, at)
    if status != SIGNED_IN:
        return _challenge(status, held, visit), ""
    return _let_in(held, visit, setup_due_at, at), ""


def _lock(user_id: UUID) -> User | None:
    """Return the person as they are now, locked: what ends sign-ins comes before or after."""
    people = User.objects.select_for_update(no_key=True, of=("self",))
    return people.filter(pk=user_id).first()


def _missing_step(person: User, visit: Visit, setup_due_at: datetime | None, at: datetime) -> str:
    if not visit.has_second_factor and list_second_factors(person.pk):
        return MFA_REQUIRED
    if person.password_change_required and Proof.SSO not in visit.proofs:
        return PASSWORD_CHANGE_REQUIRED
    if setup_due_at is not None and setup_due_at <= at:
        return MFA_SETUP_REQUIRED
    return SIGNED_IN


def _read_setup_due(person: User, visit: Visit, at: datetime) -> datetime | None:
    """Return when the person must have set up a second factor; the time runs from the first ask."""
    if visit.has_second_factor:
        return None
    grace = second_factor_grace(person)
    if grace is None:
        return None
    return (person.second_factor_asked_at or at) + grace


def _challenge(status: str, person: User, visit: Visit) -> Admission:
    methods: tuple[str, ...] = ()
    token: BoundToken
    came = {"kind": visit.kind.value, "by": join_proofs(visit.proofs)}
    if status == MFA_REQUIRED:
        methods = list_second_factors(person.pk)
        token = make_token(SecondFactorChallenge, person, **came)
    elif status == MFA_SETUP_REQUIRED:
        token = make_token(EnrolmentChallenge, person, **came)
    else:
        token = make_token(PasswordChallenge, person)
    return Admission(status=status, person=person, challenge=str(token), methods=methods)


def _let_in(person: User, visit: Visit, setup_due_at: datetime | None, at: datetime) -> Admission:
    terms = SignInTerms(proofs=tuple(visit.proofs), ends_by=setup_due_at)
    opened = open_sign_in(
        person=person, kind=visit.kind, user_agent=visit.user_agent, at=at, terms=terms
    )
    person.last_login = at
    if setup_due_at is not None and person.second_factor_asked_at is None:
        person.second_factor_asked_at = at
    person.save(update_fields=["last_login", "second_factor_asked_at"])
    event = PersonSignedIn(
        user_id=person.pk, sign_in_id=opened.pk, kind=opened.kind, proofs=opened.proofs
    )
    record(event, actor=person.actor, at=at)
    if is_break_glass(person, visit.proofs):
        glass = BreakGlassUsed(user_id=person.pk, sign_in_id=opened.pk)
        record(glass, actor=person.actor, at=at)
    return Admission(status=SIGNED_IN, person=person, sign_in=opened, setup_due_at=setup_due_at)
