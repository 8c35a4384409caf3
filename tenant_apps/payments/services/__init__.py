"""Writes of payments."""

from tenant_apps.payments.services.allocating import Allocation, NothingToApply, apply_credit
from tenant_apps.payments.services.apply import Cause, apply_payment, apply_waiting_money
from tenant_apps.payments.services.checks import (
    ChequeAlreadyUsed,
    ExternalIdTaken,
    PaymentDoesNotFitDeal,
    PossibleDuplicate,
    check_complete,
    check_takes_payments,
)
from tenant_apps.payments.services.decide import (
    RateNotConfirmed,
    approve_payment,
    reject_payment,
    request_changes,
)
from tenant_apps.payments.services.edit import edit_payment
from tenant_apps.payments.services.handing_over import hand_over_reviews
from tenant_apps.payments.services.inputs import Approval, NewPayment, Refusal
from tenant_apps.payments.services.locks import (
    PaymentChangedMeanwhile,
    lock_deals_of,
    lock_payment,
)
from tenant_apps.payments.services.of_client import (
    ClientHasPaymentsInReview,
    move_payments,
    refuse_payments_in_review,
)
from tenant_apps.payments.services.parties import note_who_gains
from tenant_apps.payments.services.reviewing import (
    Assignment,
    PaymentAlreadyDecided,
    ReviewHeldByAnother,
    ReviewNotHeld,
    assign_review,
    check_decision,
    claim_review,
    may_take_over,
    note_lapsed_reviews,
    note_overdue_reviews,
    release_review,
)
from tenant_apps.payments.services.submit import (
    NotTheMaker,
    PaymentNotDraft,
    PaymentNotOpen,
    PaymentNotSentBack,
    draft_payment,
    resubmit_payment,
    submit_draft,
    submit_payment,
    withdraw_payment,
)
from tenant_apps.payments.services.take_back import (
    MoreThanPaymentHolds,
    PaymentNotVerified,
    Returned,
    check_holds,
    release_applied,
    reverse_payment,
    take_back,
)
from tenant_apps.payments.services.waiting import note_unverified_payments
from tenant_apps.payments.services.with_deal import create_deal_with_payment
from tenant_apps.payments.services.writing import PaymentAlreadyExists

__all__ = [
    "Allocation",
    "Approval",
    "Assignment",
    "Cause",
    "ChequeAlreadyUsed",
    "ClientHasPaymentsInReview",
    "ExternalIdTaken",
    "MoreThanPaymentHolds",
    "NewPayment",
    "NotTheMaker",
    "NothingToApply",
    "PaymentAlreadyDecided",
    "PaymentAlreadyExists",
    "PaymentChangedMeanwhile",
    "PaymentDoesNotFitDeal",
    "PaymentNotDraft",
    "PaymentNotOpen",
    "PaymentNotSentBack",
    "PaymentNotVerified",
    "PossibleDuplicate",
    "RateNotConfirmed",
    "Refusal",
    "Returned",
    "ReviewHeldByAnother",
    "ReviewNotHeld",
    "apply_credit",
    "apply_payment",
    "apply_waiting_money",
    "approve_payment",
    "assign_review",
    "check_complete",
    "check_decision",
    "check_holds",
    "check_takes_payments",
    "claim_review",
    "create_deal_with_payment",
    "draft_payment",
    "edit_payment",
    "hand_over_reviews",
    "lock_deals_of",
    "lock_payment",
    "may_take_over",
    "move_payments",
    "note_lapsed_reviews",
    "note_overdue_reviews",
    "note_unverified_payments",
    "note_who_gains",
    "refuse_payments_in_review",
    "reject_payment",
    "release_applied",
    "release_review",
    "request_changes",
    "resubmit_payment",
    "reverse_payment",
    "submit_draft",
    "submit_payment",
    "take_back",
    "withdraw_payment",
]
