"""Hand a leaver's reviews over, or give them back to the queue."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError
from tenant_apps.accounts.selectors import get_person
from tenant_apps.approvals.selectors import subjects_leased_to
from tenant_apps.approvals.services import NewLease, end_lease, take_lease
from tenant_apps.payments.events import PaymentAssigned, PaymentUnassigned
from tenant_apps.payments.review import held_review
from tenant_apps.payments.services.reviewing import lock_for_decision

if TYPE_CHECKING:
    from shared_apps.kernel.events import Actor


@transaction.atomic(savepoint=False)
def hand_over_reviews(*, from_id: UUID, to_id: UUID, actor: "Actor", at: datetime) -> int:
    """Give the payments that a person reviews at this moment to another who may decide on them.

    What the other may not decide goes back to the queue. Locks each payment's deal, then the
    payment; records PaymentAssigned or PaymentUnassigned. Returns how many there were.
    """
    held = sorted(subjects_leased_to(from_id, at=at))
    for payment_id in held:
        try:
            with transaction.atomic():
                _give(payment_id, to_id, actor=actor, at=at)
        except DomainError:
            end_lease(subject_id=payment_id, at=at)
            event = PaymentUnassigned(payment_id=payment_id, reviewer_id=from_id)
            record(event, actor=actor, at=at)
    return len(held)


def _give(payment_id: UUID, to_id: UUID, *, actor: "Actor", at: datetime) -> None:
    lock_for_decision(payment_id, checker=get_person(to_id), at=at)
    review = held_review(payment_id, at=at)
    if review is None:
        return
    before = {"reviewer_id": str(review.reviewer.pk)}
    lease = NewLease(reviewer_id=to_id, taken_by_id=to_id, expires_at=review.expires_at)
    take_lease(subject_id=payment_id, lease=lease, at=at)
    event = PaymentAssigned(payment_id=payment_id, reviewer_id=to_id, until=lease.expires_at)
    record(event, actor=actor, at=at, before=before, after={"reviewer_id": str(to_id)})
