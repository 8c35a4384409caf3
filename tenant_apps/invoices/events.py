"""What happens to an invoice, in the past tense."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from shared_apps.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class InvoiceEvent(Event):
    """Something that happened to one invoice."""

    name: ClassVar[str] = ""
    subject_type: ClassVar[str] = "invoices.invoice"
    subject_field: ClassVar[str] = "invoice_id"

    invoice_id: UUID


@dataclass(frozen=True, kw_only=True)
class InvoiceDrafted(InvoiceEvent):
    """An invoice waits for somebody to issue it; `reason` says why it was not issued by itself."""

    name: ClassVar[str] = "invoices.invoice_drafted"

    reason: str


@dataclass(frozen=True, kw_only=True)
class InvoiceDiscarded(InvoiceEvent):
    """A draft was thrown away before anybody issued it; it took no number."""

    name: ClassVar[str] = "invoices.invoice_discarded"


@dataclass(frozen=True, kw_only=True)
class InvoiceIssued(InvoiceEvent):
    """An invoice took its number; nothing in it changes any more."""

    name: ClassVar[str] = "invoices.invoice_issued"


@dataclass(frozen=True, kw_only=True)
class InvoiceSettled(InvoiceEvent):
    """Verified money met an open invoice."""

    name: ClassVar[str] = "invoices.invoice_settled"

    payment_id: UUID


@dataclass(frozen=True, kw_only=True)
class InvoiceUnsettled(InvoiceEvent):
    """Money that had met an invoice was taken back; that part of it is open again."""

    name: ClassVar[str] = "invoices.invoice_unsettled"

    payment_id: UUID


@dataclass(frozen=True, kw_only=True)
class InvoiceCredited(InvoiceEvent):
    """A credit note took a part of an invoice back; `reduces_sale` when the client owes less."""

    name: ClassVar[str] = "invoices.invoice_credited"

    credit_note_id: UUID
    deal_id: UUID
    reduces_sale: bool


@dataclass(frozen=True, kw_only=True)
class InstalmentEvent(Event):
    """Something about one instalment of a deal; `amount` is what is open of it."""

    name: ClassVar[str] = ""
    subject_type: ClassVar[str] = "deals.deal"
    subject_field: ClassVar[str] = "deal_id"

    deal_id: UUID
    instalment_id: UUID
    due_on: date
    amount: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class InstalmentDueSoon(InstalmentEvent):
    """An instalment is due within seven days, and not covered."""

    name: ClassVar[str] = "invoices.instalment_due_soon"


@dataclass(frozen=True, kw_only=True)
class InstalmentOverdue(InstalmentEvent):
    """An instalment's day has passed, and it is not covered."""

    name: ClassVar[str] = "invoices.instalment_overdue"
