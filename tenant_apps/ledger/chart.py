"""The chart of accounts and the kinds of entries: fixed codes, which rows refer to as they are."""

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


class EntryKind(StrEnum):
    """What an entry stands for; the portal has a word for each."""

    DEAL_WON = "deal_won"
    DEAL_AMENDED = "deal_amended"
    DEAL_REVERSED = "deal_reversed"
    PAYMENT_VERIFIED = "payment_verified"
    PAYMENT_APPLICATION = "payment_application"
    REFUND_SENT = "refund_sent"
    REVERSAL = "reversal"
    CHARGEBACK = "chargeback"
    CREDIT_NOTE = "credit_note"
    WRITE_OFF = "write_off"
    REMAINDER = "remainder"
    WRITE_OFF_RECOVERED = "write_off_recovered"
    LOSS_TAKEN_BACK = "loss_taken_back"
    CLIENTS_MERGED = "clients_merged"


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
