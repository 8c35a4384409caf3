"""How far an invoice is paid: derived from its settlements and its due day. Pure."""

from datetime import date
from enum import StrEnum

from shared_apps.kernel.money import Money


class PaymentStatus(StrEnum):
    """What a reader of an invoice wants to know about its money."""

    DRAFT = "draft"
    UNPAID = "unpaid"
    PARTIALLY_PAID = "partially_paid"
    PAID = "paid"
    OVERDUE = "overdue"
    CREDITED = "credited"


def status_of(
    *, total: Money, settled: Money, credited: Money, due_on: date | None, today: date
) -> PaymentStatus:
    """Return how far an invoice is paid; one without a due day is still a draft."""
    if due_on is None:
        return PaymentStatus.DRAFT
    if credited == total:
        return PaymentStatus.CREDITED
    if settled + credited >= total:
        return PaymentStatus.PAID
    if due_on < today:
        return PaymentStatus.OVERDUE
    return PaymentStatus.PARTIALLY_PAID if settled else PaymentStatus.UNPAID
