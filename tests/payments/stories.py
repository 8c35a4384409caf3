"""Steps that several stories share."""

from datetime import date, datetime

from shared_apps.kernel.money import Money
from tenant_apps.accounts.models import User
from tenant_apps.deals.models import Deal
from tenant_apps.deals.services import (
    NewInstalment,
    TermChanges,
    amend_deal,
    win_deal,
)
from tests.factories.deals import line
from tests.payments.figures import dollars


def two_instalments() -> tuple[NewInstalment, ...]:
    """Return two parts of 1,000.00 of which the second is due first."""
    return (
        NewInstalment(due_on=date(2026, 5, 1), amount=dollars(400)),
        NewInstalment(due_on=date(2026, 4, 1), amount=dollars(600)),
    )


def win(deal: Deal, by: User, at: datetime) -> Deal:
    """Win an open deal."""
    return win_deal(deal_id=deal.pk, by=by, at=at)


def amend_to(deal: Deal, price: Money, by: User, at: datetime) -> Deal:
    """Give a won deal one line at another price."""
    new_line = line(str(price.amount), price.currency)
    changes = TermChanges(lines=(new_line,))
    return amend_deal(deal_id=deal.pk, changes=changes, reason="More work", by=by, at=at)
