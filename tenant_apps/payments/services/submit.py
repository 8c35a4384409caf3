"""Write a payment down, hand it in, take it back."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError, Gathering
from tenant_apps.approvals.services import close_request, end_lease, open_request, renew_request
from tenant_apps.payments.events import (
    PaymentDrafted,
    PaymentResubmitted,
    PaymentSubmitted,
    PaymentWithdrawn,
)
from tenant_apps.payments.models import Payment, Status
from tenant_apps.payments.services.checks import check_submittable
from tenant_apps.payments.services.inputs import NewPayment
from tenant_apps.payments.services.locks import lock_payment
from tenant_apps.payments.services.parties import is_maker, note_maker, request_of
from tenant_apps.payments.services.rating import rate
from tenant_apps.payments.services.writing import insert, proofs_of, written_down

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


class PaymentNotDraft(DomainError):
    """Only a draft can be submitted."""

    code, status = "payment_not_draft", 409
    message = "Only a draft can be submitted; this payment is no draft any more."


class PaymentNotSentBack(DomainError):
    """Only a payment that a verifier sent back can be resubmitted."""

    code, status = "payment_not_sent_back", 409
    message = "Only a payment with requested changes can be resubmitted."


class PaymentNotOpen(DomainError):
    """A decided, withdrawn or drafted payment cannot be withdrawn."""

    code, status = "payment_not_open", 409
    message = "Only a payment that waits for its decision can be withdrawn."


class NotTheMaker(DomainError):
    """The person did not make this payment."""

    code, status = "not_the_maker", 403
    message = "Only whoever made this payment can do this."


@transaction.atomic
def draft_payment(
    *, new: NewPayment, by: "User", at: datetime, so_far: Gathering | None = None
) -> Payment:
    """Write a payment down without submitting it. Locks its deal; records PaymentDrafted.

    What was found wrong before, `so_far`, is said with all that is wrong here; nothing is done.
    Raises: ValidationFailed, PaymentAlreadyExists.
    """
    with written_down(new, by=by, at=at, so_far=so_far) as written:
        payment = insert(written)
        note_maker(payment, by=by)
        record(PaymentDrafted(payment_id=payment.pk), actor=by.actor, at=at, after=_state(payment))
    return payment


@transaction.atomic
def submit_payment(
    *, new: NewPayment, by: "User", at: datetime, so_far: Gathering | None = None
) -> Payment:
    """Write a payment down and ask for its verification. Locks its deal; records PaymentSubmitted.

    What was found wrong before, `so_far`, is said with all that is wrong here; nothing is done.
    Raises: ValidationFailed, PossibleDuplicate, ChequeAlreadyUsed, PaymentAlreadyExists.
    """
    with written_down(new, by=by, at=at, is_handed_in=True, so_far=so_far) as written:
        payment = written.payment
        check_submittable(payment, proofs=written.proofs, by=by)
        payment.status, payment.submitted_at, payment.submitted_by_id = Status.SUBMITTED, at, by.pk
        rate(payment, proofs=written.proofs, at=at)
        insert(written)
        open_request(request=request_of(payment, at=at), at=at)
        event = PaymentSubmitted(payment_id=payment.pk)
        record(event, actor=by.actor, at=at, after=_state(payment))
    return payment


@transaction.atomic
def submit_draft(*, payment_id: UUID, by: "User", at: datetime) -> Payment:
    """Submit a draft. Locks deal, then payment; records PaymentSubmitted.

    Raises: PaymentNotDraft, ValidationFailed, PossibleDuplicate, ChequeAlreadyUsed.
    """
    payment = lock_payment(payment_id)
    if not payment.is_draft:
        raise PaymentNotDraft
    check_submittable(payment, proofs=proofs_of(payment), by=by)
    before = _state(payment)
    _move(payment, Status.SUBMITTED, by=by, at=at)
    open_request(request=request_of(payment, at=at), at=at)
    event = PaymentSubmitted(payment_id=payment.pk)
    record(event, actor=by.actor, at=at, before=before, after=_state(payment))
    return payment


@transaction.atomic
def resubmit_payment(*, payment_id: UUID, by: "User", at: datetime) -> Payment:
    """Hand a payment in again after a request for changes; earlier decisions are void.

    Locks deal, then payment; records PaymentResubmitted.
    Raises: PaymentNotSentBack, NotTheMaker, ValidationFailed, PossibleDuplicate.
    """
    payment = lock_payment(payment_id)
    _require_maker(payment, by)
    if not payment.is_sent_back:
        raise PaymentNotSentBack
    check_submittable(payment, proofs=proofs_of(payment), by=by)
    before = _state(payment)
    _move(payment, Status.SUBMITTED, by=by, at=at)
    renew_request(request=request_of(payment, at=at), at=at)
    event = PaymentResubmitted(payment_id=payment.pk)
    record(event, actor=by.actor, at=at, before=before, after=_state(payment))
    return payment


@transaction.atomic
def withdraw_payment(*, payment_id: UUID, by: "User", at: datetime) -> Payment:
    """Take a payment back before its decision. Locks deal, then payment; records PaymentWithdrawn.

    Raises: PaymentNotOpen, NotTheMaker.
    """
    payment = lock_payment(payment_id)
    _require_maker(payment, by)
    if not (payment.is_submitted or payment.is_sent_back):
        raise PaymentNotOpen
    before = _state(payment)
    _move(payment, Status.WITHDRAWN, by=by, at=at)
    close_request(subject_id=payment.pk, status="withdrawn", at=at)
    end_lease(subject_id=payment.pk, at=at)
    event = PaymentWithdrawn(payment_id=payment.pk)
    record(event, actor=by.actor, at=at, before=before, after=_state(payment))
    return payment


def _require_maker(payment: Payment, by: "User") -> None:
    if not is_maker(payment, by):
        raise NotTheMaker


def _move(payment: Payment, status: Status, *, by: "User", at: datetime) -> None:
    payment.status = status
    fields = ["status", *payment.mark_changed(by_id=by.pk, at=at)]
    if status == Status.SUBMITTED:
        payment.submitted_at, payment.submitted_by_id = at, by.pk
        rated = rate(payment, proofs=proofs_of(payment), at=at)
        fields += ["submitted_at", "submitted_by_id", *rated]
    payment.save(update_fields=fields)


def _state(payment: Payment) -> dict[str, object]:
    return {"status": payment.status, "content_hash": payment.content_hash}
