"""How far an invoice is paid: derived from its settlements and its due day. Pure."""

from dataclasses import dataclass
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
    UNCOLLECTIBLE = "uncollectible"


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoiceMoney:
    """What an invoice asks for, and where that went: met by money, credited, given up."""

    total: Money
    settled: Money
    credited: Money
    lost: Money


def status_of(
    money: InvoiceMoney, *, is_bad_debt: bool, due_on: date | None, today: date
) -> PaymentStatus:
    """Return how far an invoice is paid; one without a due day is still a draft.

    What was given up within the organization's tolerance counts as paid, with a bad debt as lost.
    """
    if due_on is None:
        return PaymentStatus.DRAFT
    if money.credited == money.total:
        return PaymentStatus.CREDITED
    if money.settled + money.credited >= money.total:
        return PaymentStatus.PAID
    if money.settled + money.credited + money.lost >= money.total:
        return PaymentStatus.UNCOLLECTIBLE if is_bad_debt else PaymentStatus.PAID
    if due_on < today:
        return PaymentStatus.OVERDUE
    return PaymentStatus.PARTIALLY_PAID if money.settled else PaymentStatus.UNPAID
