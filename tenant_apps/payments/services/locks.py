"""The order of locks: the deal, then the payment."""

from uuid import UUID

from shared_apps.kernel.errors import DomainError
from tenant_apps.deals.selectors import lock_deal
from tenant_apps.payments.models import Payment


class PaymentChangedMeanwhile(DomainError):
    """The payment moved to another deal between the look and the lock."""

    code, status = "payment_changed", 409
    message = "The payment was changed at this moment; fetch it again and repeat."


def lock_payment(payment_id: UUID, *, with_deal: UUID | None = None) -> Payment:
    """Lock the payment's deal, then the payment, and return it as it is under the locks.

    `with_deal` is a second deal to lock: the one that the payment moves to.
    Raises: Payment.DoesNotExist, PaymentChangedMeanwhile.
    """
    deal_id = Payment.objects.values_list("deal_id", flat=True).get(pk=payment_id)
    deals = {each: lock_deal(each) for each in sorted(_named(deal_id, with_deal))}
    payment = Payment.objects.select_for_update(no_key=True, of=("self",)).get(pk=payment_id)
    if payment.deal_id != deal_id:
        raise PaymentChangedMeanwhile
    payment.deal = deals[deal_id] if deal_id else None
    return payment


def _named(*deal_ids: UUID | None) -> set[UUID]:
    return {deal_id for deal_id in deal_ids if deal_id is not None}
