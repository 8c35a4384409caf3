"""Money coming in, through the services."""

from datetime import datetime
from itertools import count
from typing import Any

from shared_apps.kernel.money import Money
from shared_apps.organizations.selectors import local_day_of
from tenant_apps.accounts.models import User
from tenant_apps.deals.models import Deal
from tenant_apps.payments.models import Payment
from tenant_apps.payments.services import Approval, NewPayment, approve_payment, submit_payment

_references = count(1)


def submit(deal: Deal, amount: str, *, by: User, at: datetime, **given: Any) -> Payment:
    """Submit a cash payment on a deal, in the deal's currency."""
    new = NewPayment(
        client=deal.client_id,
        deal=deal.pk,
        money=Money.of(amount, deal.current_version.currency),
        method="cash",
        reference=f"till {next(_references)}",
        received_on=local_day_of(at),
        duplicate_justification="each amount was handed over on its own",
        **given,
    )
    return submit_payment(new=new, by=by, at=at)


def verify(payment: Payment, *, checker: User, at: datetime) -> Payment:
    """Approve a payment in full."""
    return approve_payment(payment_id=payment.pk, checker=checker, approval=Approval(), at=at)


def collect(deal: Deal, amount: str, *, by: User, checker: User, at: datetime) -> Payment:
    """Submit a payment and approve it."""
    return verify(submit(deal, amount, by=by, at=at), checker=checker, at=at)
