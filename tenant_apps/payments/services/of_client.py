"""What happens to a client's payments when the client is merged or anonymised."""

from uuid import UUID

from django.db.models import F

from shared_apps.kernel.errors import DomainError
from tenant_apps.payments.models import Payment, Status
from tenant_apps.payments.services.writing import content_of, proofs_of

IN_REVIEW = (Status.SUBMITTED, Status.CHANGES_REQUESTED)


class ClientHasPaymentsInReview(DomainError):
    """Verifiers are looking at payments of the client: who paid is part of what they verify."""

    code, status = "client_has_payments_in_review", 409
    message = "Payments of this client wait for their decision; have them decided first."


def move_payments(*, client_id: UUID, duplicate_id: UUID) -> None:
    """Give a duplicate's payments to the client that takes over. Locks them by id.

    Raises: ClientHasPaymentsInReview.
    """
    locked = Payment.objects.select_for_update(no_key=True, of=("self",))
    payments = list(locked.filter(client_id=duplicate_id).order_by("pk"))
    _refuse_review(payments)
    ids = [payment.pk for payment in payments]
    Payment.objects.filter(pk__in=ids).update(client_id=client_id, version=F("version") + 1)
    for draft in (payment for payment in payments if payment.is_draft):
        draft.client_id = client_id
        draft.content_hash = content_of(draft, proofs=proofs_of(draft)).sha256
        draft.save(update_fields=["content_hash"])


def refuse_payments_in_review(*, client_id: UUID) -> None:
    """Refuse while payments of the client wait for a decision.

    Raises: ClientHasPaymentsInReview.
    """
    _refuse_review(list(Payment.objects.filter(client_id=client_id, status__in=IN_REVIEW)[:1]))


def _refuse_review(payments: list[Payment]) -> None:
    if any(payment.status in IN_REVIEW for payment in payments):
        raise ClientHasPaymentsInReview
