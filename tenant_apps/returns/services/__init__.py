"""Writes of returns: ask, decide, send."""

from tenant_apps.returns.models import Kind
from tenant_apps.returns.services.deciding import (
    ReturnAlreadyDecided,
    approve_return,
    reject_return,
)
from tenant_apps.returns.services.gaining import check_return_decision, people_to_decide
from tenant_apps.returns.services.of_client import move_returns
from tenant_apps.returns.services.recovering import (
    WriteOffNotPosted,
    check_recovery,
    end_bad_debt,
    request_recovery,
)
from tenant_apps.returns.services.requesting import (
    NewReturn,
    RefundBeyondDeal,
    RequesterIsInterested,
    ReturnAlreadyRequested,
    check_return,
    check_write_off,
    request_return,
    request_write_off,
)
from tenant_apps.returns.services.settling import (
    MoreOwedThanAsked,
    RefundNotApproved,
    fail_refund,
    send_refund,
)
from tenant_apps.returns.services.tolerance import expect_remainders_again, write_off_remainder
from tenant_apps.returns.services.withdrawing import (
    NotTheRequester,
    check_withdrawal,
    withdraw_return,
)

__all__ = [
    "Kind",
    "MoreOwedThanAsked",
    "NewReturn",
    "NotTheRequester",
    "RefundBeyondDeal",
    "RefundNotApproved",
    "RequesterIsInterested",
    "ReturnAlreadyDecided",
    "ReturnAlreadyRequested",
    "WriteOffNotPosted",
    "approve_return",
    "check_recovery",
    "check_return",
    "check_return_decision",
    "check_withdrawal",
    "check_write_off",
    "end_bad_debt",
    "expect_remainders_again",
    "fail_refund",
    "move_returns",
    "people_to_decide",
    "reject_return",
    "request_recovery",
    "request_return",
    "request_write_off",
    "send_refund",
    "withdraw_return",
    "write_off_remainder",
]
