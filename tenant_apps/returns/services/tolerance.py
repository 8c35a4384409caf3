"""Give up remainders that are not worth a letter, and expect them again."""

from datetime import datetime
from uuid import UUID

from shared_apps.audit.recording import record
from shared_apps.kernel.events import Actor
from shared_apps.kernel.money import Money
from shared_apps.organizations.selectors import organization_settings
from shared_apps.organizations.tolerance import MOST_OF_A_DEAL, most_tolerance
from shared_apps.tenancy.context import current_tenant
from tenant_apps.deals.events import RemainderExpectedAgain, RemainderWrittenOff
from tenant_apps.deals.selectors import deal_terms
from tenant_apps.ledger.selectors import AccountCode, balance_of, outstanding_of_deal
from tenant_apps.payments.selectors import deals_of_payment

TOLERANCE = Actor.system("tolerance")


def write_off_remainder(*, deal_id: UUID, currency: str, at: datetime) -> None:
    """Give up what is left to pay of a deal when it is within the organization's tolerance.

    The tolerance is in the organization's currency and counts for deals in it, never for more than
    1 % of the deal's price; what was given up of the deal before counts as well. Runs under the
    deal's lock after money was applied; records RemainderWrittenOff.
    """
    tolerance = _tolerance(currency)
    if not tolerance:
        return
    owed = outstanding_of_deal(deal_id, currency)
    if Money.zero(currency) < owed <= tolerance and _is_small(owed, tolerance, deal_id):
        event = RemainderWrittenOff(deal_id=deal_id)
        record(event, actor=TOLERANCE, at=at, after={"amount": str(owed)})


def expect_remainders_again(*, payment_id: UUID, at: datetime) -> None:
    """Expect what was given up of the deals of a payment again, when they are owed anew.

    A remainder is given up because the rest was paid; the payment was not money after all, or is
    back at the client, who owes the whole price. A deal that was written off stays that. Runs under
    the locks of the payment's deals; records RemainderExpectedAgain.
    """
    for deal_id in sorted(deals_of_payment(payment_id)):
        terms = deal_terms(deal_id)
        lost = balance_of(AccountCode.BAD_DEBT, currency=terms.currency, deal_id=deal_id)
        is_owed = outstanding_of_deal(deal_id, terms.currency).amount > 0
        if terms.status == "won" and lost.amount > 0 and is_owed:
            event = RemainderExpectedAgain(deal_id=deal_id)
            record(event, actor=TOLERANCE, at=at, after={"amount": str(lost)})


def _tolerance(currency: str) -> Money:
    """Return the tolerance for deals in a currency, within the limit whatever was chosen once."""
    chosen = organization_settings().write_off_tolerance
    if not chosen or currency != current_tenant().currency:
        return Money.zero(currency)
    return min(Money.rounded(chosen, currency), most_tolerance(currency))


def _is_small(owed: Money, tolerance: Money, deal_id: UUID) -> bool:
    """Return whether all losses of the deal together are within the tolerance and 1 % of it."""
    lost = owed + balance_of(AccountCode.BAD_DEBT, currency=owed.currency, deal_id=deal_id)
    return lost <= tolerance and lost.amount <= deal_terms(deal_id).total.amount * MOST_OF_A_DEAL
