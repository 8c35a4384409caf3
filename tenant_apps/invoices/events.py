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
class InvoiceWrittenOff(InvoiceEvent):
    """What was open of an invoice is not expected any more: its deal was given up."""

    name: ClassVar[str] = "invoices.invoice_written_off"


@dataclass(frozen=True, kw_only=True)
class InvoiceExpectedAgain(InvoiceEvent):
    """What was given up of an invoice is expected again."""

    name: ClassVar[str] = "invoices.invoice_expected_again"


@dataclass(frozen=True, kw_only=True)
class InvoiceLossTakenBack(InvoiceEvent):
    """A credit note takes off what was given up of an invoice: nobody has lost that any more."""

    name: ClassVar[str] = "invoices.invoice_loss_taken_back"

    deal_id: UUID
    amount: Decimal
    currency: str


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


@dataclass(frozen=True, kw_only=True)
class InvoiceMailQueued(InvoiceEvent):
    """An invoice is to be sent by e-mail."""

    name: ClassVar[str] = "invoices.invoice_mail_queued"

    mail_id: UUID


@dataclass(frozen=True, kw_only=True)
class InvoiceMailSent(InvoiceEvent):
    """The mail server has taken a mail about an invoice."""

    name: ClassVar[str] = "invoices.invoice_mail_sent"

    mail_id: UUID


@dataclass(frozen=True, kw_only=True)
class InvoiceMailFailed(InvoiceEvent):
    """The mail server has refused a mail about an invoice for good, or every try has failed."""

    name: ClassVar[str] = "invoices.invoice_mail_failed"

    mail_id: UUID


@dataclass(frozen=True, kw_only=True)
class InvoiceMailBounced(InvoiceMailFailed):
    """A mail about an invoice came back after it had left."""

    name: ClassVar[str] = "invoices.invoice_mail_bounced"


@dataclass(frozen=True, kw_only=True)
class InvoiceReminded(InvoiceEvent):
    """A client is to be reminded of an open invoice by e-mail."""

    name: ClassVar[str] = "invoices.invoice_reminded"

    mail_id: UUID
    level: int


@dataclass(frozen=True, kw_only=True)
class RemindersPaused(InvoiceEvent):
    """The reminders of an invoice are held back."""

    name: ClassVar[str] = "invoices.reminders_paused"


@dataclass(frozen=True, kw_only=True)
class RemindersResumed(InvoiceEvent):
    """The reminders of an invoice go on."""

    name: ClassVar[str] = "invoices.reminders_resumed"


@dataclass(frozen=True, kw_only=True)
class InvoiceLinked(InvoiceEvent):
    """A link shows an invoice to whoever holds it."""

    name: ClassVar[str] = "invoices.invoice_linked"

    link_id: UUID


@dataclass(frozen=True, kw_only=True)
class InvoiceLinkRevoked(InvoiceEvent):
    """A link to an invoice was withdrawn."""

    name: ClassVar[str] = "invoices.invoice_link_revoked"

    link_id: UUID


@dataclass(frozen=True, kw_only=True)
class InvoiceViewed(InvoiceEvent):
    """A link to an invoice was opened for the first time."""

    name: ClassVar[str] = "invoices.invoice_viewed"

    link_id: UUID


@dataclass(frozen=True, kw_only=True)
class ClientReminderEvent(Event):
    """Something about all reminders of one client."""

    name: ClassVar[str] = ""
    subject_type: ClassVar[str] = "clients.client"
    subject_field: ClassVar[str] = "client_id"

    client_id: UUID


@dataclass(frozen=True, kw_only=True)
class ClientRemindersPaused(ClientReminderEvent):
    """The reminders of a client are held back."""

    name: ClassVar[str] = "invoices.client_reminders_paused"


@dataclass(frozen=True, kw_only=True)
class ClientRemindersResumed(ClientReminderEvent):
    """The reminders of a client go on."""

    name: ClassVar[str] = "invoices.client_reminders_resumed"
