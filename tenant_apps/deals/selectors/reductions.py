"""What a deal costs less than its terms say."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared_apps.kernel.models import money_of
from shared_apps.kernel.money import Money
from tenant_apps.ledger.selectors import AccountCode, balance_of

if TYPE_CHECKING:
    from tenant_apps.deals.models import Deal


@dataclass(frozen=True, kw_only=True, slots=True)
class Reductions:
    """What credit notes took off a sale, tax included, and what of it was given up."""

    credited: Money
    given_up: Money


def reductions_of_deal(deal: "Deal") -> Reductions:
    """Return what the ledger holds against the price of a won deal, or of a bad debt.

    Its total is what is applied, credited, given up and outstanding. Credit notes of a sale that
    ended before the present one do not count.
    """
    version = deal.current_version

    def balance(account: AccountCode) -> Money:
        return balance_of(account, currency=version.currency, deal_id=deal.pk)

    # a credit note takes its tax off what stood as the deal's tax
    tax_credited = money_of(version.tax, version.currency) - balance(AccountCode.TAX_PAYABLE)
    return Reductions(
        credited=balance(AccountCode.REFUNDS) + tax_credited,
        given_up=balance(AccountCode.BAD_DEBT),
    )
