"""How far a deal is paid: derived from the ledger, never stored. Pure."""

from enum import StrEnum

from shared_apps.kernel.money import Money


class PaymentProgress(StrEnum):
    """What a reader of a deal wants to know about its money."""

    UNPAID = "unpaid"
    PARTIALLY_PAID = "partially_paid"
    PAID = "paid"
    OVERPAID = "overpaid"
    OVERDUE = "overdue"


def progress_of(*, total: Money, applied: Money, received: Money, due: Money) -> PaymentProgress:
    """Return the progress of a deal: what it costs now, has applied and received, and what is due.

    `due` is the sum of the instalments whose day has passed. A deal that is not won has nothing
    due and nothing applied: it is unpaid.
    """
    if received > total or applied > total:
        return PaymentProgress.OVERPAID
    if applied == total:
        return PaymentProgress.PAID
    if due > applied:
        return PaymentProgress.OVERDUE
    return PaymentProgress.PARTIALLY_PAID if applied else PaymentProgress.UNPAID
