"""Who may not decide on a payment: whoever made it, owns its deal or is credited on it."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from shared_apps.organizations.selectors import local_day_of
from tenant_apps.approvals.selectors import has_decided_now, is_party
from tenant_apps.approvals.services import MakerIsChecker, NewRequest, add_parties, add_party
from tenant_apps.deals.selectors import credited_people, deal_terms
from tenant_apps.payments.models import Payment, PaymentApplication
from tenant_apps.payments.standing import account_status_of

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

SUBJECT = "payments.payment"
MAKER, INTERESTED = "maker", "interested"


def interested_people(payment: Payment, *, at: datetime) -> frozenset[UUID]:
    """Return who gains by the payment: the deal's owner, who is credited on it or will be."""
    if payment.deal is None:
        return frozenset()
    return credited_people(payment.deal.pk, since=local_day_of(at)) | {payment.deal.owner_id}


def request_of(payment: Payment, *, at: datetime) -> NewRequest:
    """Return what a decision on the payment is asked about, bound to its content."""
    return NewRequest(
        subject_type=SUBJECT,
        subject_id=payment.pk,
        context_id=payment.deal_id,
        content_hash=payment.content_hash,
        amount=payment.money,
        worth=payment.worth,
        method=payment.method,
        account_status=account_status_of(payment.client_id, today=local_day_of(at)),
        submitter_id=payment.submitted_by_id or payment.maker_id,
        author_id=payment.author_id,
        maker_ids=(payment.maker_id,),
        interested_ids=tuple(sorted(interested_people(payment, at=at))),
    )


def note_maker(payment: Payment, *, by: "User") -> None:
    """Put whoever writes or changes the payment on the maker's side.

    Raises: MakerIsChecker when the person has decided on the payment.
    """
    add_party(object_id=payment.pk, user_id=by.pk, side=MAKER)


def refuse_interested(payment: Payment, *, checker: "User", at: datetime) -> None:
    """Refuse a checker who made the payment or gains by it now, and note who gains by it.

    Whoever was credited after the submission is caught here, under the deal's lock.
    Raises: MakerIsChecker.
    """
    people = check_disinterested(payment, checker=checker, at=at)
    if people:
        add_parties(object_id=payment.pk, user_ids=people, side=INTERESTED)


def check_disinterested(payment: Payment, *, checker: "User", at: datetime) -> frozenset[UUID]:
    """Return who gains by the payment, unless the checker does or made it.

    Raises: MakerIsChecker.
    """
    people = interested_people(payment, at=at)
    if checker.pk == payment.maker_id or checker.pk in people:
        raise MakerIsChecker
    return people


def note_who_gains(*, deal_id: UUID, at: datetime) -> None:
    """Note who gains by a deal now on the payments of others that it has taken money of.

    Those of its own know their deal. Raises: MakerIsChecker for whoever decided one of them.
    """
    taken = PaymentApplication.objects.filter(deal_id=deal_id).exclude(payment__deal_id=deal_id)
    payment_ids = set(taken.values_list("payment_id", flat=True))
    if not payment_ids:
        return
    people = credited_people(deal_id, since=local_day_of(at)) | {deal_terms(deal_id).owner_id}
    for payment_id in sorted(payment_ids):
        add_parties(object_id=payment_id, user_ids=people, side=INTERESTED)


def is_maker(payment: Payment, person: "User") -> bool:
    """Return whether the person wrote the payment, handed it in or changed its content."""
    # who gains by it and then changed it stays on that side: a person has one
    known = (payment.maker_id, payment.author_id, payment.submitted_by_id)
    return person.pk in known or is_party(object_id=payment.pk, user_id=person.pk, sides=[MAKER])


def has_decided(payment: Payment, person: "User") -> bool:
    """Return whether the person has decided on the payment's current content."""
    return has_decided_now(subject_id=payment.pk, user_id=person.pk)
