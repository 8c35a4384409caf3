"""What follows from applied money, and from deals that change under their invoices."""

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.events import Occurrence, reaction
from shared_apps.kernel.money import Money
from shared_apps.organizations.events import OrganizationChanged
from tenant_apps.clients.events import ClientsMerged
from tenant_apps.deals.events import (
    DealAmended,
    DealCancelled,
    DealRecovered,
    DealReopened,
    DealWon,
    DealWrittenOff,
    RemainderExpectedAgain,
    RemainderWrittenOff,
)
from tenant_apps.invoices.events import (
    InvoiceCredited,
    InvoiceIssued,
    InvoiceLossTakenBack,
    InvoiceMailQueued,
    InvoiceReminded,
)
from tenant_apps.invoices.selectors import find_credit_note, find_invoice
from tenant_apps.invoices.services import (
    AppliedMoney,
    adjust_invoices,
    credit_refunded_sale,
    credit_reversed_payment,
    deliver_mail,
    expect_invoices_again,
    give_up_invoices,
    invoice_by_policy,
    keep_paper,
    move_invoices,
    post_loss_taken_back,
    post_sale_reduction,
    refuse_other_start,
    send_issued_invoice,
    settle_invoices,
    unsettle_invoices,
    write_off_invoices,
)
from tenant_apps.payments.events import PaymentApplied, PaymentUnapplied
from tenant_apps.returns.events import PaymentReversed, RefundSent


@reaction("invoices.issue_for_applied_money")
def issue_for_applied_money(event: PaymentApplied, occurrence: Occurrence) -> None:
    """Let the money meet open invoices, and invoice what is not invoiced yet."""
    applied = AppliedMoney(
        payment_id=event.payment_id,
        deal_id=event.deal_id,
        money=Money.of(event.amount, event.currency),
        event_id=occurrence.event_id,
        actor=occurrence.actor,
        invoice_id=event.invoice_id,
    )
    settle_invoices(applied=applied, at=occurrence.recorded_at)


@reaction("invoices.invoice_by_policy")
def invoice_won_deal(
    event: DealWon | DealAmended | DealRecovered | RemainderExpectedAgain, occurrence: Occurrence
) -> None:
    """Invoice the instalments whose time has come under the organization's policy."""
    invoice_by_policy(deal_id=event.deal_id, actor=occurrence.actor, at=occurrence.recorded_at)


@reaction("invoices.write_off_invoices")
def write_off_invoices_of_deal(
    event: DealWrittenOff | RemainderWrittenOff, occurrence: Occurrence
) -> None:
    """Give up what is open of the invoices of a deal that was given up."""
    write_off_invoices(
        deal_id=event.deal_id,
        event_id=occurrence.event_id,
        actor=occurrence.actor,
        at=occurrence.recorded_at,
    )


@reaction("invoices.expect_invoices_again")
def expect_invoices_of_deal_again(
    event: DealRecovered | RemainderExpectedAgain, occurrence: Occurrence
) -> None:
    """Ask for what was given up again."""
    expect_invoices_again(
        deal_id=event.deal_id,
        event_id=occurrence.event_id,
        actor=occurrence.actor,
        at=occurrence.recorded_at,
    )


@reaction("invoices.post_loss_taken_back")
def post_taken_back_loss(event: InvoiceLossTakenBack, occurrence: Occurrence) -> None:
    """Owe what was given up again, before a credit note takes it off."""
    post_loss_taken_back(event=event, event_id=occurrence.event_id, at=occurrence.recorded_at)


@reaction("invoices.take_money_back")
def take_money_back(event: PaymentUnapplied, occurrence: Occurrence) -> None:
    """Open the invoices that the money had met again."""
    taken = AppliedMoney(
        payment_id=event.payment_id,
        deal_id=event.deal_id,
        money=-Money.of(event.amount, event.currency),
        event_id=occurrence.event_id,
        actor=occurrence.actor,
    )
    unsettle_invoices(taken=taken, at=occurrence.recorded_at)


@reaction("invoices.post_credit_note")
def post_credit_note(event: InvoiceCredited, occurrence: Occurrence) -> None:
    """Owe the client's money no more, where the credit note reduces the sale."""
    post_sale_reduction(
        credit_note_id=event.credit_note_id,
        event_id=occurrence.event_id,
        at=occurrence.recorded_at,
    )


@reaction("invoices.keep_invoice_paper")
def keep_invoice_paper(event: InvoiceIssued, occurrence: Occurrence) -> None:
    """Keep the PDF of an issued invoice."""
    keep_paper(find_invoice(event.invoice_id), at=occurrence.recorded_at)


@reaction("invoices.keep_credit_note_paper")
def keep_credit_note_paper(event: InvoiceCredited, occurrence: Occurrence) -> None:
    """Keep the PDF of a credit note."""
    keep_paper(find_credit_note(event.credit_note_id), at=occurrence.recorded_at)


@reaction("invoices.credit_for_refund")
def credit_for_refund(event: RefundSent, occurrence: Occurrence) -> None:
    """Credit what a refund takes off the sale."""
    credit_refunded_sale(
        refund_id=event.refund_id, actor=occurrence.actor, at=occurrence.recorded_at
    )


@reaction("invoices.credit_for_reversal")
def credit_for_reversal(event: PaymentReversed, occurrence: Occurrence) -> None:
    """Take back the paper that was made for money that is not there."""
    credit_reversed_payment(
        payment_id=event.payment_id, actor=occurrence.actor, at=occurrence.recorded_at
    )


@reaction("invoices.give_up_invoices")
def give_up_invoices_of_deal(event: DealReopened | DealCancelled, occurrence: Occurrence) -> None:
    """Discard the drafts of a deal that is no longer won; an issued invoice forbids the move."""
    give_up_invoices(deal_id=event.deal_id, actor=occurrence.actor, at=occurrence.recorded_at)


@reaction("invoices.adjust_invoices")
def adjust_invoices_of_deal(event: DealAmended, occurrence: Occurrence) -> None:
    """Discard the drafts of a deal with new terms; invoices beyond the new total forbid them."""
    adjust_invoices(deal_id=event.deal_id, actor=occurrence.actor, at=occurrence.recorded_at)


@reaction("invoices.move_invoices_of_client")
def move_invoices_of_client(event: ClientsMerged, occurrence: Occurrence) -> None:
    """List a duplicate's invoices under the client that takes over."""
    move_invoices(
        client_id=event.client_id,
        duplicate_id=event.duplicate_id,
        actor=occurrence.actor,
        at=occurrence.recorded_at,
    )


@reaction("invoices.send_issued_invoice")
def mail_issued_invoice(event: InvoiceIssued, occurrence: Occurrence) -> None:
    """E-mail an invoice that was just issued, where the organization wants that."""
    send_issued_invoice(invoice_id=event.invoice_id, at=occurrence.recorded_at)


@reaction("invoices.deliver_mail")
def deliver_queued_mail(event: InvoiceMailQueued | InvoiceReminded, occurrence: Occurrence) -> None:
    """Hand a mail to the mail server."""
    deliver_mail(mail_id=event.mail_id, at=utc_now())


@reaction("invoices.refuse_other_start")
def keep_start_of_series(event: OrganizationChanged, occurrence: Occurrence) -> None:
    """Keep the first number of a series that has begun. Raises: SeriesBegun."""
    if "invoice_number_start" in event.changed:
        refuse_other_start()
