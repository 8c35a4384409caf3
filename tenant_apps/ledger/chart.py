"""The chart of accounts: fixed codes, so that rows can refer to an account without a look-up."""

from dataclasses import dataclass
from enum import StrEnum


class AccountCode(StrEnum):
    """The accounts that every organization has."""

    RECEIVABLE = "receivable"
    CASH_CLEARING = "cash_clearing"
    CLIENT_CREDIT = "client_credit"
    REVENUE = "revenue"
    TAX_PAYABLE = "tax_payable"
    REFUNDS = "refunds"
    BAD_DEBT = "bad_debt"
    FX_DIFFERENCE = "fx_difference"


@dataclass(frozen=True, slots=True)
class AccountKind:
    """How an account reads: its name, its kind, and the side that raises it."""

    name: str
    kind: str
    is_debit_positive: bool


CHART: dict[AccountCode, AccountKind] = {
    AccountCode.RECEIVABLE: AccountKind("Receivables", "asset", is_debit_positive=True),
    AccountCode.CASH_CLEARING: AccountKind("Cash clearing", "asset", is_debit_positive=True),
    AccountCode.CLIENT_CREDIT: AccountKind("Client credit", "liability", is_debit_positive=False),
    AccountCode.REVENUE: AccountKind("Revenue", "income", is_debit_positive=False),
    AccountCode.TAX_PAYABLE: AccountKind("Tax payable", "liability", is_debit_positive=False),
    AccountCode.REFUNDS: AccountKind("Refunds", "expense", is_debit_positive=True),
    AccountCode.BAD_DEBT: AccountKind("Bad debt", "expense", is_debit_positive=True),
    AccountCode.FX_DIFFERENCE: AccountKind("FX difference", "expense", is_debit_positive=True),
}
