"""The order of locks: the deals by id, then the payment."""

from collections.abc import Iterable
from uuid import UUID

from shared_apps.kernel.errors import DomainError
from tenant_apps.deals.selectors import lock_deal
from tenant_apps.payments.models import Payment
from tenant_apps.payments.selectors import deals_of_payment


class PaymentChangedMeanwhile(DomainError):
    """The payment moved to another deal between the look and the lock."""

    code, status = "payment_changed", 409
    message = "The payment was changed at this moment; fetch it again and repeat."


def lock_payment(payment_id: UUID, *, with_deals: Iterable[UUID | None] = ()) -> Payment:
    """Lock the payment's deals, then the payment, and return it as it is under the locks.

    Its deals are its own and those that have taken money of it; `with_deals` are more to lock:
    those that it moves to, or that take money now.
    Raises: Payment.DoesNotExist, PaymentChangedMeanwhile.
    """
    found = deals_of_payment(payment_id)
    more = {deal_id for deal_id in with_deals if deal_id is not None}
    deals = {each: lock_deal(each) for each in sorted(found | more)}
    payment = Payment.objects.select_for_update(no_key=True, of=("self",)).get(pk=payment_id)
    if not deals_of_payment(payment_id) <= deals.keys():
        raise PaymentChangedMeanwhile
    payment.deal = deals[payment.deal_id] if payment.deal_id else None
    return payment


def lock_deals_of(payment_id: UUID) -> None:
    """Lock the deals of a payment, by id, before a row that belongs to it is locked.

    Raises: Payment.DoesNotExist.
    """
    for deal_id in sorted(deals_of_payment(payment_id)):
        lock_deal(deal_id)
