"""Payments, their proofs, and where their money went."""

from tenant_apps.payments.models.applications import PaymentApplication
from tenant_apps.payments.models.payment import (
    DEAD,
    EDITABLE,
    UNVERIFIED,
    WITHOUT_MONEY,
    Method,
    Payment,
    PaymentQuerySet,
    Status,
)
from tenant_apps.payments.models.proofs import PaymentEvidence, PaymentProof

__all__ = [
    "DEAD",
    "EDITABLE",
    "UNVERIFIED",
    "WITHOUT_MONEY",
    "Method",
    "Payment",
    "PaymentApplication",
    "PaymentEvidence",
    "PaymentProof",
    "PaymentQuerySet",
    "Status",
]
