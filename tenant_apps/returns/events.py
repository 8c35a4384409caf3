"""What happens to money that goes back or never comes, in the past tense."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from shared_apps.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class _ReturnEvent(Event):
    subject_type: ClassVar[str] = "returns.return"
    subject_field: ClassVar[str] = "return_id"

    return_id: UUID
    kind: str


@dataclass(frozen=True, kw_only=True)
class ReturnRequested(_ReturnEvent):
    """Somebody asks for a refund, reversal, write-off or recovery, or reports a chargeback."""

    name: ClassVar[str] = "returns.return_requested"


@dataclass(frozen=True, kw_only=True)
class ReturnApproved(_ReturnEvent):
    """A second person agreed; a refund still has to be sent."""

    name: ClassVar[str] = "returns.return_approved"


@dataclass(frozen=True, kw_only=True)
class ReturnRejected(_ReturnEvent):
    """A second person refused, or a chargeback was won."""

    name: ClassVar[str] = "returns.return_rejected"


@dataclass(frozen=True, kw_only=True)
class ReturnWithdrawn(_ReturnEvent):
    """Whoever asked took it back before anybody had decided."""

    name: ClassVar[str] = "returns.return_withdrawn"


@dataclass(frozen=True, kw_only=True)
class RefundFailed(_ReturnEvent):
    """An approved refund could not be sent; nothing moved."""

    name: ClassVar[str] = "returns.refund_failed"


@dataclass(frozen=True, kw_only=True)
class WriteOffRecovered(_ReturnEvent):
    """Written-off money is expected again."""

    name: ClassVar[str] = "returns.write_off_recovered"


@dataclass(frozen=True, kw_only=True)
class _MoneyLeft(Event):
    """Money of a payment left: the client's credit and the cash are less by `amount`."""

    payment_id: UUID
    return_id: UUID
    amount: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class RefundSent(_MoneyLeft):
    """A refund is on its way to the client."""

    name: ClassVar[str] = "returns.refund_sent"
    subject_type: ClassVar[str] = "returns.return"
    subject_field: ClassVar[str] = "return_id"

    @property
    def refund_id(self) -> UUID:
        """Return the id of the refund."""
        return self.return_id


@dataclass(frozen=True, kw_only=True)
class ChargebackLost(_MoneyLeft):
    """The bank took the money back."""

    name: ClassVar[str] = "returns.chargeback_lost"
    subject_type: ClassVar[str] = "returns.return"
    subject_field: ClassVar[str] = "return_id"


@dataclass(frozen=True, kw_only=True)
class PaymentReversed(_MoneyLeft):
    """A verified payment was found not to be money after all; it counts nowhere."""

    name: ClassVar[str] = "payments.payment_reversed"
    subject_type: ClassVar[str] = "payments.payment"
    subject_field: ClassVar[str] = "payment_id"
