"""Take a person's second factors away: one administrator asks, another one agrees."""

from datetime import datetime, timedelta
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.utils import translation

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError, NotFound
from shared_apps.kernel.wording import worded
from shared_apps.tenancy.context import current_tenant
from shared_apps.tenancy.mails import address_at, write_to
from tenant_apps.accounts.events import MfaResetDeclined, MfaResetRequested, SecondFactorsReset
from tenant_apps.accounts.models import MfaReset, RecoveryCode, ResetStatus, User
from tenant_apps.accounts.selectors import list_second_factors
from tenant_apps.accounts.services.enrolment import NoSecondFactor
from tenant_apps.accounts.services.people import lock_person
from tenant_apps.accounts.services.sign_ins import end_all_sign_ins

APPROVALS_BLOCKED_FOR = timedelta(hours=24)


class OwnSecondFactor(DomainError):
    """Nobody asks for, or agrees to, the reset of their own second factors."""

    code = "own_second_factor"
    status = 403
    message = "Two other administrators reset your second factors; you change them yourself."


class ResetNeedsSecond(DomainError):
    """Whoever asked for a reset does not agree to it as well."""

    code = "reset_needs_second_administrator"
    status = 403
    message = "You asked for this reset; another administrator must agree to it."


class ResetPending(DomainError):
    """There is a request for this person already."""

    code = "mfa_reset_pending"
    message = "A reset of this person's second factors waits for a second administrator already."


class ResetDecided(DomainError):
    """The request was decided before."""

    code = "mfa_reset_decided"
    message = "This reset was decided already."


def check_mfa_reset(user_id: UUID, *, by: User) -> None:
    """Refuse to reset one's own second factors, and where there is none.

    Raises: OwnSecondFactor, NoSecondFactor.
    """
    if user_id == by.pk:
        raise OwnSecondFactor
    if not list_second_factors(user_id):
        raise NoSecondFactor("This person has no second factor that could be reset.")


@transaction.atomic
def request_mfa_reset(*, user_id: UUID, reason: str, by: User, at: datetime) -> MfaReset:
    """Ask that a person's second factors be taken away. Locks the person.

    Records MfaResetRequested. Raises: NotFound, OwnSecondFactor, NoSecondFactor, ResetPending.
    """
    person = lock_person(user_id)
    check_mfa_reset(user_id, by=by)
    reset = MfaReset(user=person, reason=reason, requested_by_id=by.pk, requested_at=at)
    try:
        with transaction.atomic():
            reset.save(force_insert=True)
    except IntegrityError:
        raise ResetPending from None
    event = MfaResetRequested(user_id=person.pk, reset_id=reset.pk)
    record(event, actor=by.actor, at=at, reason=reason)
    return reset


@transaction.atomic
def approve_mfa_reset(*, reset_id: UUID, by: User, at: datetime) -> MfaReset:
    """Take the factors away, end all sign-ins, block the person's approvals for 24 hours.

    Locks the request, then the person. Records SecondFactorsReset, whose reactions close sockets
    and tell the person. Raises: NotFound, ResetDecided, ResetNeedsSecond, OwnSecondFactor.
    """
    reset = _decide(reset_id, ResetStatus.DONE, by=by, at=at)
    person = lock_person(reset.user_id)
    Authenticator.objects.filter(user_id=person.pk).delete()
    RecoveryCode.objects.filter(user_id=person.pk).delete()
    end_all_sign_ins(user_id=person.pk, at=at)
    person.approvals_blocked_until = at + APPROVALS_BLOCKED_FOR
    person.second_factor_asked_at = None
    changed = person.mark_changed(by_id=by.pk, at=at)
    person.save(update_fields=["approvals_blocked_until", "second_factor_asked_at", *changed])
    event = SecondFactorsReset(user_id=person.pk, reset_id=reset.pk)
    record(event, actor=by.actor, at=at, reason=reset.reason)
    return reset


@transaction.atomic
def decline_mfa_reset(*, reset_id: UUID, by: User, at: datetime) -> MfaReset:
    """Turn a request down, or take one's own back. Locks it; records MfaResetDeclined.

    Raises: NotFound, ResetDecided.
    """
    reset = _decide(reset_id, ResetStatus.DECLINED, by=by, at=at)
    event = MfaResetDeclined(user_id=reset.user_id, reset_id=reset.pk)
    record(event, actor=by.actor, at=at)
    return reset


def _decide(reset_id: UUID, status: ResetStatus, *, by: User, at: datetime) -> MfaReset:
    rows = MfaReset.objects.select_for_update(no_key=True, of=("self",))
    reset = rows.filter(pk=reset_id).first()
    if reset is None:
        raise NotFound
    if reset.status != ResetStatus.PENDING:
        raise ResetDecided
    if reset.user_id == by.pk:
        raise OwnSecondFactor
    if status == ResetStatus.DONE and reset.requested_by_id == by.pk:
        raise ResetNeedsSecond
    reset.status, reset.decided_by_id, reset.decided_at = status, by.pk, at
    reset.save(update_fields=["status", "decided_by_id", "decided_at"])
    return reset


def send_reset_notice(*, user_id: UUID) -> None:
    """E-mail the person that their second factors are gone: it may not have been their wish."""
    person, tenant = User.objects.get(pk=user_id), current_tenant()
    with translation.override(person.locale):
        subject = worded(
            "Your second factor at %(organization)s was reset", organization=tenant.name
        )
        text = worded(
            "Hello %(name)s,\n\nTwo administrators reset the second factor of your account at "
            "%(organization)s. Sign in with your password and set up a new one:\n\n%(link)s\n\n"
            "You cannot approve anything for 24 hours. If you did not ask for this, tell your "
            "administrators.\n",
            name=person.full_name,
            organization=tenant.name,
            link=address_at(tenant, "/sign-in/"),
        )
    write_to([person.email], subject=subject, text=text)
