"""What the books say about money, asked independently of the services."""

from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet, Sum

from shared_apps.kernel.money import Money
from tenant_apps.deals.models import Deal
from tenant_apps.ledger.models import Posting
from tenant_apps.ledger.selectors import AccountCode, balance_of, trial_balance
from tenant_apps.payments.models import Payment, PaymentApplication


def dollars(amount: str | int | Decimal) -> Money:
    """Return an amount of US dollars."""
    return Money.of(amount, "USD")


def check_books() -> None:
    """Refuse books in which a cent is missing: M4, the instalments, and the trial balance."""
    for payment in Payment.objects.order_by("pk"):
        check_payment(payment)
    for deal in Deal.objects.select_related("current_version").order_by("pk"):
        check_deal(deal)
    for currency in {row.debit.currency for row in trial_balance()}:
        rows = [row for row in trial_balance() if row.debit.currency == currency]
        assert sum(row.debit.amount for row in rows) == sum(row.credit.amount for row in rows)


def check_payment(payment: Payment) -> None:
    """Verified = applied + unapplied, and applied is the sum of the applications (M4)."""
    applied = _sum(PaymentApplication.objects.filter(payment=payment))
    verified = payment.verified_amount or Decimal(0)
    assert payment.applied_amount == applied
    assert verified == applied + payment.unapplied_money.amount
    assert payment.unapplied_money.amount >= 0
    assert _ledger_credit_of(payment.pk) == payment.unapplied_money.amount


def check_deal(deal: Deal) -> None:
    """Outstanding = total - applied, never below zero; no instalment takes more than it asks."""
    applied = _sum(PaymentApplication.objects.filter(deal=deal))
    currency = deal.current_version.currency
    owed = balance_of(AccountCode.RECEIVABLE, currency=currency, deal_id=deal.pk).amount
    assert owed == (deal.current_version.total - applied if deal.is_won else 0)
    assert owed >= 0
    for part in deal.current_version.instalments.all():
        assert _sum(PaymentApplication.objects.filter(instalment=part)) <= part.amount


def _ledger_credit_of(payment_id: UUID) -> Decimal:
    postings = Posting.objects.filter(account_id="client_credit", payment_id=payment_id)
    sums = postings.aggregate(credit=Sum("credit"), debit=Sum("debit"))
    return (sums["credit"] or Decimal(0)) - (sums["debit"] or Decimal(0))


def _sum(applications: QuerySet[PaymentApplication]) -> Decimal:
    total: Decimal | None = applications.aggregate(sum=Sum("amount"))["sum"]
    return total or Decimal(0)
