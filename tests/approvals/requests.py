"""Requests and decisions as the apps above make them."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from shared_apps.kernel.money import Money
from tenant_apps.accounts.models import User
from tenant_apps.approvals.models import ApprovalRequest
from tenant_apps.approvals.services import (
    NewDecision,
    NewRequest,
    Outcome,
    decide,
    open_request,
)

HASH, OTHER_HASH = "a" * 64, "b" * 64
FOUR_HUNDRED = Money.of("400.00", "USD")


def request_by(maker: User, **given: Any) -> NewRequest:
    """Return a request about 400.00 USD that a person made."""
    values: dict[str, Any] = {
        "subject_type": "payments.payment",
        "subject_id": uuid4(),
        "content_hash": HASH,
        "submitter_id": maker.pk,
        "amount": FOUR_HUNDRED,
        "method": "bank_transfer",
    }
    return NewRequest(**{**values, **given})


def opened(maker: User, *, at: datetime, **given: Any) -> ApprovalRequest:
    """Open such a request."""
    return open_request(request=request_by(maker, **given), at=at)


def verdict(actor: User, kind: str = "approve", **given: Any) -> NewDecision:
    """Return a person's verdict on the content that was handed in."""
    return NewDecision(actor_id=actor.pk, verdict=kind, **{"content_hash": HASH, **given})


def approve(subject_id: UUID, actor: User, *, at: datetime, **given: Any) -> Outcome:
    """Enter a person's approval."""
    return decide(subject_id=subject_id, decision=verdict(actor, **given), at=at)
