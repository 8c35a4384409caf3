"""Steps and figures that several stories about invoices share."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from shared_apps.kernel.money import Money
from tenant_apps.accounts.models import User
from tenant_apps.deals.models import Deal, DealLine
from tenant_apps.invoices.models import Invoice, InvoiceLine, Status
from tenant_apps.payments.models import Payment
from tests.factories.deals import WonDealFactory, line
from tests.factories.payments import VerifiedPaymentFactory


def taxed_deal(by: User, at: datetime, **given: Any) -> Deal:
    """Return a won deal of two lines with 19 % and 7 % tax: 3 x 33.33 and 500.00."""
    lines = (
        line("33.33", quantity=Decimal(3), tax_rate_percent=Decimal(19), description="Hours"),
        line("500.00", tax_rate_percent=Decimal(7), description="Design"),
    )
    return WonDealFactory(by=by, at=at, lines=lines, **given)


def pay(deal: Deal, money: Money, *, checker: User, at: datetime) -> Payment:
    """Submit and verify a payment for a deal of Sam's."""
    payment: Payment = VerifiedPaymentFactory(deal=deal, money=money, checker=checker, at=at)
    return payment


def check_invoices_of(deal: Deal) -> None:
    """Refuse invoices that do not add up, or that claim more than a line of the deal."""
    for invoice in Invoice.objects.filter(deal=deal).prefetch_related("lines"):
        rows = list(invoice.lines.all())
        assert invoice.total == sum(row.gross for row in rows)
        assert invoice.net == sum(row.net for row in rows)
        assert invoice.tax == sum(row.tax for row in rows)
    for whole in DealLine.objects.filter(version=deal.current_version):
        net, tax = invoiced(whole)
        assert net <= whole.net
        assert tax <= whole.tax


def invoiced(whole: DealLine) -> tuple[Decimal, Decimal]:
    """Return net and tax invoiced of one deal line."""
    rows = InvoiceLine.objects.filter(deal_line_id=whole.pk)
    return sum((row.net for row in rows), Decimal(0)), sum((row.tax for row in rows), Decimal(0))


def numbers() -> list[str | None]:
    """Return the numbers of the issued invoices, in order."""
    issued = Invoice.objects.filter(status=Status.ISSUED).order_by("year", "sequence")
    return list(issued.values_list("number", flat=True))
