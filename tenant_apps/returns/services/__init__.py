"""Writes of returns: ask, decide, send."""

from tenant_apps.returns.models import Kind
from tenant_apps.returns.services.deciding import (
    ReturnAlreadyDecided,
    approve_return,
    reject_return,
)
from tenant_apps.returns.services.requesting import (
    NewReturn,
    RefundBeyondDeal,
    RequesterIsInterested,
    ReturnAlreadyRequested,
    request_return,
    request_write_off,
)
from tenant_apps.returns.services.settling import (
    MoreOwedThanAsked,
    RefundNotApproved,
    WriteOffNotPosted,
    fail_refund,
    recover_write_off,
    send_refund,
)
from tenant_apps.returns.services.tolerance import write_off_remainder

__all__ = [
    "Kind",
    "MoreOwedThanAsked",
    "NewReturn",
    "RefundBeyondDeal",
    "RefundNotApproved",
    "RequesterIsInterested",
    "ReturnAlreadyDecided",
    "ReturnAlreadyRequested",
    "WriteOffNotPosted",
    "approve_return",
    "fail_refund",
    "recover_write_off",
    "reject_return",
    "request_return",
    "request_write_off",
    "send_refund",
    "write_off_remainder",
]
