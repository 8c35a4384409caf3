"""Say how urgent the review of a payment is: its risk, its place in the queue, when it is due."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median

from shared_apps.organizations.selectors import (
    local_day_of,
    organization_settings,
    working_time,
)
from tenant_apps.deals.selectors import DealTerms, deal_terms
from tenant_apps.ledger.selectors import outstanding_of_deal
from tenant_apps.payments.duplicates import OF_PROOFS
from tenant_apps.payments.methods import rule_of
from tenant_apps.payments.models import Payment
from tenant_apps.payments.risk import Signals, assess
from tenant_apps.payments.selectors import has_verified_payment, usual_amounts
from tenant_apps.payments.services.lookup import Proof
from tenant_apps.payments.standing import account_status_of

FEWEST_TO_BE_USUAL = 5
RATED = (
    "duplicate_hits",
    "risk_score",
    "risk_reasons",
    "queue_at",
    "review_due_at",
    "overdue_noted_at",
)


def rate(payment: Payment, *, proofs: Sequence[Proof], at: datetime) -> tuple[str, ...]:
    """Put risk, place in the queue and due time onto a submitted payment; return the fields.

    The clock of the review runs in the organization's working time from now on; the place in the
    queue keeps the age of the submission. What it looks like was noted by the check before.
    """
    risk = assess(signals_of(payment, proofs=proofs, at=at))
    payment.risk_score = risk.score
    payment.risk_reasons = [reason.as_json() for reason in risk.reasons]
    payment.queue_at = risk.place_in_queue(payment.submitted_at or at)
    promised = timedelta(hours=organization_settings().verification_sla_hours)
    payment.review_due_at = working_time().after(at, promised)
    payment.overdue_noted_at = None
    return RATED


def signals_of(payment: Payment, *, proofs: Sequence[Proof], at: datetime) -> Signals:
    """Return what is known of a payment that is being submitted."""
    rule = rule_of(payment.method)
    deal = deal_terms(payment.deal_id) if payment.deal_id else None
    reused = [each for each in payment.duplicate_hits if OF_PROOFS & set(each["reasons"])]
    return Signals(
        method_label=rule.label,
        method_points=rule.risk_points,
        times_usual=_times_usual(payment),
        days_late=(local_day_of(at) - payment.received_on).days,
        account_status=account_status_of(payment.client_id, today=local_day_of(at)),
        is_new_client=not has_verified_payment(payment.client_id),
        has_proof=bool(proofs),
        has_deal=deal is not None,
        is_beyond_deal=deal is not None and _is_beyond(payment, deal),
        is_other_currency=deal is not None and deal.currency != payment.currency,
        was_sent_back=payment.decided_at is not None,
        look_alikes=len(payment.duplicate_hits),
        reused_proofs=len(reused),
    )


def _times_usual(payment: Payment) -> Decimal | None:
    usual = usual_amounts(payment.currency)
    if len(usual) < FEWEST_TO_BE_USUAL:
        return None
    return payment.amount / median(usual)


def _is_beyond(payment: Payment, deal: DealTerms) -> bool:
    """Return whether it is more than a won deal owes; before the win nothing is owed yet."""
    if deal.status != "won" or deal.currency != payment.currency:
        return False
    return payment.money > outstanding_of_deal(deal.deal_id, deal.currency)
