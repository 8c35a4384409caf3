"""Hold a payment for review: claim it, give it back, assign it, and what another's claim stops."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import (
    DomainError,
    PermissionRefused,
    StaleVersion,
    ValidationFailed,
    check_filled,
)
from shared_apps.kernel.events import Actor
from shared_apps.kernel.wording import worded
from shared_apps.organizations.selectors import organization_settings
from tenant_apps.access.scopes import has_permission, scope_of
from tenant_apps.accounts.selectors import active_people_among, get_person
from tenant_apps.approvals.services import (
    AlreadyDecided,
    MakerIsChecker,
    NewLease,
    check_decider,
    end_lease,
    take_lease,
)
from tenant_apps.payments.events import (
    PaymentAssigned,
    PaymentReviewOverdue,
    PaymentUnassigned,
)
from tenant_apps.payments.models import Payment
from tenant_apps.payments.review import (
    HeldReview,
    held_review,
    lapsed_reviews,
    overdue_reviews,
)
from tenant_apps.payments.selectors import DECIDE, visible_payments
from tenant_apps.payments.services.locks import lock_payment
from tenant_apps.payments.services.parties import (
    check_disinterested,
    has_decided,
    is_maker,
    refuse_interested,
)

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

ASSIGN = "payments.assign"
LONGEST_ASSIGNMENT = timedelta(days=30)
AT_ONCE = 200


class PaymentAlreadyDecided(DomainError):
    """The payment was verified, rejected or withdrawn before, or by the same person."""

    code, status = "payment_already_decided", 409
    message = "This payment does not wait for your decision any more."


class ReviewHeldByAnother(DomainError):
    """Somebody else reviews this payment at the moment."""

    code, status = "review_held_by_another", 409
    message = "Somebody else reviews this payment at the moment."

    @classmethod
    def by(cls, held: HeldReview, *, is_free: bool) -> "ReviewHeldByAnother":
        """Return the error that names the reviewer, the end of the lease, and the way to it.

        `is_free`: whether the review can be taken over now, with a reason.
        """
        words = {"name": held.reviewer.full_name, "until": held.expires_at}
        if is_free:
            said = worded(
                "%(name)s reviews this payment until %(until)s; take it over and say why, or wait.",
                **words,
            )
        else:
            said = worded(
                "%(name)s reviews this payment until %(until)s; take it over once it is overdue,"
                " or wait.",
                **words,
            )
        return cls(said)


class ReviewNotHeld(DomainError):
    """Only who holds a review, or may assign reviews, ends it."""

    code, status = "review_not_held", 409
    message = "You do not hold the review of this payment."


@dataclass(frozen=True, kw_only=True, slots=True)
class Assignment:
    """To whom a review is given and for how many hours (None: the organization's usual)."""

    reviewer_id: UUID
    hours: int | None = None


@transaction.atomic
def claim_review(
    *, payment_id: UUID, by: "User", take_over_because: str | None = None, at: datetime
) -> Payment:
    """Hold a submitted payment for one's own review, or prolong that. Locks deal, then payment.

    The lease ends by itself after the organization's `review_lease_minutes`. Another's live lease
    is taken over only with a reason, and only when the review is overdue or the person may assign
    reviews; a reason that says nothing is refused at its field. Records PaymentAssigned.
    Raises: PaymentAlreadyDecided, MakerIsChecker, PermissionRefused, ReviewHeldByAnother,
    ValidationFailed, Payment.DoesNotExist.
    """
    payment = lock_for_decision(payment_id, checker=by, at=at)
    if has_decided(payment, by):
        raise PaymentAlreadyDecided
    held = held_review(payment.pk, at=at)
    if held is not None and held.reviewer.pk != by.pk:
        _refuse_take_over(payment, held, by=by, reason=take_over_because, at=at)
    minutes = organization_settings().review_lease_minutes
    until = at + timedelta(minutes=minutes)
    if held is not None and held.reviewer.pk == by.pk:
        until = max(until, held.expires_at)
    lease = NewLease(reviewer_id=by.pk, taken_by_id=by.pk, expires_at=until)
    _hand_over(payment, lease, held=held, actor=by.actor, reason=take_over_because or "", at=at)
    return payment


@transaction.atomic
def assign_review(*, payment_id: UUID, assignment: Assignment, by: "User", at: datetime) -> Payment:
    """Give a submitted payment to a reviewer for a while. Locks deal, then payment.

    The reviewer may be a guest who decides only what is assigned to them; the maker of a payment
    may assign it, since the assignment decides nothing. It takes the place of whatever lease there
    is. Records PaymentAssigned.
    Raises: PaymentAlreadyDecided, MakerIsChecker, ValidationFailed, Payment.DoesNotExist.
    """
    payment = lock_payment(payment_id)
    if not payment.is_submitted:
        raise PaymentAlreadyDecided
    reviewer = _find_reviewer(assignment.reviewer_id)
    refuse_interested(payment, checker=reviewer, at=at)
    if is_maker(payment, reviewer):
        raise MakerIsChecker
    hours = assignment.hours or organization_settings().review_assignment_hours
    until = at + min(timedelta(hours=hours), LONGEST_ASSIGNMENT)
    lease = NewLease(reviewer_id=reviewer.pk, taken_by_id=by.pk, expires_at=until)
    held = held_review(payment.pk, at=at)
    _hand_over(payment, lease, held=held, actor=by.actor, reason="", at=at)
    return payment


@transaction.atomic
def release_review(*, payment_id: UUID, by: "User", at: datetime) -> Payment:
    """Give a review back before its lease ends. Locks deal, then payment.

    Whoever may assign reviews also ends those of others. Records PaymentUnassigned.
    Raises: ReviewNotHeld, Payment.DoesNotExist.
    """
    payment = lock_payment(payment_id)
    held = held_review(payment.pk, at=at)
    if held is None or not (held.reviewer.pk == by.pk or has_permission(by, ASSIGN)):
        raise ReviewNotHeld
    end_lease(subject_id=payment.pk, at=at)
    event = PaymentUnassigned(payment_id=payment.pk, reviewer_id=held.reviewer.pk)
    record(event, actor=by.actor, at=at)
    return payment


def lock_for_decision(
    payment_id: UUID, *, checker: "User", at: datetime, seen: int | None = None
) -> Payment:
    """Return a submitted payment that the checker may decide on, locked: deal, then payment.

    `seen` is the version that the checker saw, where they said so.
    Raises: MakerIsChecker, PermissionRefused, PaymentAlreadyDecided, StaleVersion,
    Payment.DoesNotExist.
    """
    payment = lock_payment(payment_id)
    refuse_interested(payment, checker=checker, at=at)
    _require_scope(payment, checker, at)
    if not payment.is_submitted:
        raise PaymentAlreadyDecided
    if seen is not None and seen != payment.version:
        raise StaleVersion
    return payment


def check_decision(payment: Payment, *, checker: "User", at: datetime) -> None:
    """Refuse whoever could not decide on a payment now, before they try.

    Raises: PaymentAlreadyDecided, MakerIsChecker, PermissionRefused, ReviewHeldByAnother,
    ApprovalsBlocked, NotADecider.
    """
    if not payment.is_submitted:
        raise PaymentAlreadyDecided
    check_disinterested(payment, checker=checker, at=at)
    _require_scope(payment, checker, at)
    refuse_held_by_another(payment, checker_id=checker.pk, at=at)
    try:
        check_decider(subject_id=payment.pk, actor=checker)
    except AlreadyDecided:
        raise PaymentAlreadyDecided from None


def refuse_held_by_another(payment: Payment, *, checker_id: UUID, at: datetime) -> None:
    """Refuse a decision on a payment that somebody else reviews. Raises: ReviewHeldByAnother."""
    held = held_review(payment.pk, at=at)
    if held is not None and held.reviewer.pk != checker_id:
        raise ReviewHeldByAnother.by(held, is_free=payment.is_overdue(at))


def may_take_over(payment: Payment, *, by: "User", at: datetime) -> bool:
    """Return whether a person may end another's live review of a payment, with a reason."""
    return payment.is_overdue(at) or has_permission(by, ASSIGN)


@transaction.atomic
def note_overdue_reviews(*, at: datetime) -> int:
    """Note each payment whose review has become overdue, once; return how many.

    Takes 200 at most, skipping those that somebody works on. Records PaymentReviewOverdue.
    """
    late = overdue_reviews(at=at).select_for_update(no_key=True, of=("self",), skip_locked=True)
    payments = list(late[:AT_ONCE])
    for payment in payments:
        payment.overdue_noted_at = at
        payment.save(update_fields=["overdue_noted_at"])
        event = PaymentReviewOverdue(payment_id=payment.pk)
        record(event, actor=Actor.system("reviews"), at=at)
    return len(payments)


@transaction.atomic
def note_lapsed_reviews(*, at: datetime) -> int:
    """Write down which leases ran out without a decision; return how many.

    A lease has no force from its end on, noted or not. Records PaymentUnassigned.
    """
    lapsed = lapsed_reviews(at=at)
    for payment_id, reviewer_id in lapsed.items():
        if end_lease(subject_id=payment_id, at=at):
            event = PaymentUnassigned(payment_id=payment_id, reviewer_id=reviewer_id)
            record(event, actor=Actor.system("reviews"), at=at, reason="The lease ran out.")
    return len(lapsed)


def _require_scope(payment: Payment, checker: "User", at: datetime) -> None:
    if scope_of(checker, DECIDE).user_ids is None:
        return
    if not visible_payments(checker, DECIDE, at=at).filter(pk=payment.pk).exists():
        raise PermissionRefused


def _refuse_take_over(
    payment: Payment, held: HeldReview, *, by: "User", reason: str | None, at: datetime
) -> None:
    is_free = may_take_over(payment, by=by, at=at)
    if not is_free or reason is None:
        raise ReviewHeldByAnother.by(held, is_free=is_free)
    check_filled(reason, at="/take_over_because")


def _find_reviewer(reviewer_id: UUID) -> "User":
    if active_people_among([reviewer_id]):
        reviewer = get_person(reviewer_id)
        if has_permission(reviewer, DECIDE):
            return reviewer
    raise ValidationFailed.at(
        "/reviewer", "There is no such person, or they may not decide payments."
    )


def _hand_over(
    payment: Payment,
    lease: NewLease,
    *,
    held: HeldReview | None,
    actor: Actor,
    reason: str,
    at: datetime,
) -> None:
    take_lease(subject_id=payment.pk, lease=lease, at=at)
    event = PaymentAssigned(
        payment_id=payment.pk, reviewer_id=lease.reviewer_id, until=lease.expires_at
    )
    before = {"reviewer_id": str(held.reviewer.pk) if held else None}
    after = {"reviewer_id": str(lease.reviewer_id)}
    record(event, actor=actor, at=at, before=before, after=after, reason=reason.strip())
