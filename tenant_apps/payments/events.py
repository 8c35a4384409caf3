"""What happens to a payment, in the past tense."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from shared_apps.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class PaymentEvent(Event):
    """Something that happened to one payment."""

    name: ClassVar[str] = ""
    subject_type: ClassVar[str] = "payments.payment"
    subject_field: ClassVar[str] = "payment_id"

    payment_id: UUID


@dataclass(frozen=True, kw_only=True)
class PaymentDrafted(PaymentEvent):
    """Somebody wrote a payment down without submitting it."""

    name: ClassVar[str] = "payments.payment_drafted"


@dataclass(frozen=True, kw_only=True)
class PaymentSubmitted(PaymentEvent):
    """A payment asks for its verification."""

    name: ClassVar[str] = "payments.payment_submitted"


@dataclass(frozen=True, kw_only=True)
class PaymentChanged(PaymentEvent):
    """The content or the remarks of a payment changed; a change of content voided its decisions."""

    name: ClassVar[str] = "payments.payment_changed"


@dataclass(frozen=True, kw_only=True)
class PaymentVerified(PaymentEvent):
    """The policy is met: the verified amount is money."""

    name: ClassVar[str] = "payments.payment_verified"


@dataclass(frozen=True, kw_only=True)
class PaymentRejected(PaymentEvent):
    """A verifier found that the money is not there."""

    name: ClassVar[str] = "payments.payment_rejected"

    reason: str


@dataclass(frozen=True, kw_only=True)
class PaymentChangesRequested(PaymentEvent):
    """A verifier sent the payment back to its maker."""

    name: ClassVar[str] = "payments.payment_changes_requested"

    reason: str


@dataclass(frozen=True, kw_only=True)
class PaymentResubmitted(PaymentEvent):
    """The maker answered a request for changes."""

    name: ClassVar[str] = "payments.payment_resubmitted"


@dataclass(frozen=True, kw_only=True)
class PaymentWithdrawn(PaymentEvent):
    """The maker took the payment back before its decision."""

    name: ClassVar[str] = "payments.payment_withdrawn"


@dataclass(frozen=True, kw_only=True)
class PaymentAssigned(PaymentEvent):
    """Somebody reviews the payment until an instant: they claimed it, or it was given to them."""

    name: ClassVar[str] = "payments.payment_assigned"

    reviewer_id: UUID
    until: datetime


@dataclass(frozen=True, kw_only=True)
class PaymentUnassigned(PaymentEvent):
    """A review ended without a decision: given back, taken away or run out."""

    name: ClassVar[str] = "payments.payment_unassigned"

    reviewer_id: UUID


@dataclass(frozen=True, kw_only=True)
class PaymentReviewOverdue(PaymentEvent):
    """A payment waits longer for its decision than the organization promises."""

    name: ClassVar[str] = "payments.payment_review_overdue"


@dataclass(frozen=True, kw_only=True)
class PaymentApplied(PaymentEvent):
    """Verified money met the instalments of a won deal.

    `amount` is the part applied in this run, in the deal's currency, `commission_day` the
    organization's day of its verification. Where the payment is in another currency `used_amount`
    says what of it was used.
    """

    name: ClassVar[str] = "payments.payment_applied"

    deal_id: UUID
    amount: Decimal
    currency: str
    commission_day: date
    used_amount: Decimal | None = None
    used_currency: str = ""
    # whoever applied credit named the invoice that it meets first
    invoice_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class PaymentUnapplied(PaymentApplied):
    """Money of a deal was taken back, for a refund, a chargeback or a reversal.

    `amount` is negative; the commission day is that of the verification, so that whoever was paid
    on it is paid back.
    """

    name: ClassVar[str] = "payments.payment_unapplied"


# both move money between a payment and its deal: a fold over one reads the other, too
APPLICATIONS = (PaymentApplied.name, PaymentUnapplied.name)


@dataclass(frozen=True, kw_only=True)
class PaymentUnverified(PaymentEvent):
    """Nobody decided a submitted payment for 24 hours."""

    name: ClassVar[str] = "payments.payment_unverified"
