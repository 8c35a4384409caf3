"""Steps that the stories of returned money share, and what must hold after each of them."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from shared_apps.kernel.money import Money
from tenant_apps.accounts.models import User
from tenant_apps.commissions.models import CommissionLine
from tenant_apps.commissions.services import recompute_all
from tenant_apps.deals.models import Deal
from tenant_apps.invoices.models import CreditNote, Invoice
from tenant_apps.invoices.selectors import aging_totals, open_amount
from tenant_apps.ledger.selectors import AccountCode, balance_of, trial_balance
from tenant_apps.payments.models import Payment
from tenant_apps.returns.models import Kind, Return
from tenant_apps.returns.services import (
    NewReturn,
    approve_return,
    request_recovery,
    request_return,
    request_write_off,
    send_refund,
)

USD = "USD"


def usd(amount: str) -> Money:
    """Return dollars."""
    return Money.of(amount, USD)


def ask(payment: Payment, kind: Kind, by: User, at: datetime, **more: Any) -> Return:
    """Ask for a return of a payment."""
    new = NewReturn(kind=kind, reason="The client asked.", **more)
    return request_return(payment_id=payment.pk, new=new, by=by, at=at)


def approve(asked: Return, checker: User, at: datetime) -> Return:
    """Approve what was asked."""
    return approve_return(
        return_id=asked.pk, checker=checker, content_hash=asked.content_hash, at=at
    )


def give_up(deal: Deal, by: User, at: datetime) -> Return:
    """Ask for what a deal owes to be given up."""
    return request_write_off(deal_id=deal.pk, reason="Insolvent", by=by, at=at)


def expect_again(posted: Return, by: User, at: datetime) -> Return:
    """Ask for written-off money to be expected again."""
    return request_recovery(write_off_id=posted.pk, reason="They pay", by=by, at=at)


def refund(payment: Payment, people: tuple[User, User, User], at: datetime, **more: Any) -> Return:
    """Ask for a refund, approve and send it; `people` are requester, checker and sender."""
    requester, checker, sender = people
    asked = approve(ask(payment, Kind.REFUND, requester, at, **more), checker, at)
    return send_refund(return_id=asked.pk, reference="TRX-1", by=sender, at=at)


def balances() -> dict[str, str]:
    """Return the balance of every account that is not zero, in dollars."""
    found = {code: balance_of(code, currency=USD) for code in AccountCode}
    return {code.value: f"{money.amount:f}" for code, money in found.items() if money}


def aged(viewer: User, at: datetime) -> list[Money]:
    """Return what is open of all invoices at the end of a day, per currency."""
    end = (at + timedelta(days=1)).replace(hour=0)
    return [row.open for row in aging_totals(viewer=viewer, as_of=at.date(), until=end)]


def commission_of(person: User) -> Decimal:
    """Return the sum of a person's commission lines."""
    lines = CommissionLine.objects.filter(payee=person)
    return sum((line.amount for line in lines), Decimal(0))


def check_books() -> None:
    """Assert rules M4, M5, M6 and the trial balance over everything there is."""
    sides = [(row.debit.amount, row.credit.amount) for row in trial_balance()]
    assert sum(debit for debit, _ in sides) == sum(credit for _, credit in sides)
    _check_payments()
    for invoice in Invoice.objects.with_settled():
        assert open_amount(invoice).amount >= 0
        credited = sum(note.total for note in CreditNote.objects.filter(invoice=invoice))
        assert credited <= invoice.total
    assert recompute_all().differences == []


def _check_payments() -> None:
    credit = Decimal(0)
    for payment in Payment.objects.exclude(verified_amount=None):
        parts = (payment.applied_amount, payment.unapplied_money.amount, payment.returned_amount)
        assert sum(parts) == payment.verified_amount
        assert min(parts) >= 0
        rows = payment.applications.all()
        assert sum((row.amount for row in rows), Decimal(0)) == payment.applied_amount
        credit += payment.unapplied_money.amount
    assert balance_of(AccountCode.CLIENT_CREDIT, currency=USD).amount == credit
