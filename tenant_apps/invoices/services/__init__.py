"""Writes of invoices."""

from tenant_apps.invoices.documents import credit_note_document, document_of
from tenant_apps.invoices.services.bouncing import MailNotSent, give_up_mails, note_bounce
from tenant_apps.invoices.services.composing import NothingToInvoice
from tenant_apps.invoices.services.crediting import (
    InvoiceNotIssued,
    NothingToCredit,
    check_creditable,
    credit_invoice,
)
from tenant_apps.invoices.services.guarding import (
    AmendedBelowInvoiced,
    DealIsInvoiced,
    adjust_invoices,
    give_up_invoices,
    refuse_invoiced,
)
from tenant_apps.invoices.services.linking import NewLink, link_invoice, open_link, revoke_link
from tenant_apps.invoices.services.losing import (
    InvoiceNotOpen,
    ask_to_give_up,
    expect_invoices_again,
    post_loss_taken_back,
    write_off_invoices,
)
from tenant_apps.invoices.services.mailing import (
    NoBillingAddress,
    deliver_mail,
    send_invoice,
    send_issued_invoice,
)
from tenant_apps.invoices.services.mending import ForgottenLoss, note_forgotten_losses
from tenant_apps.invoices.services.noticing import (
    note_instalments_due_soon,
    note_overdue_instalments,
)
from tenant_apps.invoices.services.numbering import SeriesBegun, refuse_other_start
from tenant_apps.invoices.services.of_client import move_invoices
from tenant_apps.invoices.services.papers import keep_paper
from tenant_apps.invoices.services.paying import check_payable, pay_with_credit
from tenant_apps.invoices.services.planning import (
    draft_instalment,
    invoice_by_policy,
    invoice_due_instalments,
)
from tenant_apps.invoices.services.reminding import (
    NothingToRemindOf,
    RemindedToday,
    RemindersNotPaused,
    check_reminder,
    pause_client_reminders,
    pause_invoice_reminders,
    remind_client,
    resume_client_reminders,
    resume_invoice_reminders,
    send_due_reminders,
)
from tenant_apps.invoices.services.returning import (
    SaleNotInvoiced,
    credit_refunded_sale,
    credit_reversed_payment,
    post_sale_reduction,
)
from tenant_apps.invoices.services.settling import (
    AppliedMoney,
    settle_invoices,
    unsettle_invoices,
)
from tenant_apps.invoices.services.writing import (
    BillingDetailsMissing,
    DealNotWon,
    InvoiceAlreadyIssued,
    check_invoiceable,
    draft_invoice,
    issue_invoice,
)

__all__ = [
    "AmendedBelowInvoiced",
    "AppliedMoney",
    "BillingDetailsMissing",
    "DealIsInvoiced",
    "DealNotWon",
    "ForgottenLoss",
    "InvoiceAlreadyIssued",
    "InvoiceNotIssued",
    "InvoiceNotOpen",
    "MailNotSent",
    "NewLink",
    "NoBillingAddress",
    "NothingToCredit",
    "NothingToInvoice",
    "NothingToRemindOf",
    "RemindedToday",
    "RemindersNotPaused",
    "SaleNotInvoiced",
    "SeriesBegun",
    "adjust_invoices",
    "ask_to_give_up",
    "check_creditable",
    "check_invoiceable",
    "check_payable",
    "check_reminder",
    "credit_invoice",
    "credit_note_document",
    "credit_refunded_sale",
    "credit_reversed_payment",
    "deliver_mail",
    "document_of",
    "draft_instalment",
    "draft_invoice",
    "expect_invoices_again",
    "give_up_invoices",
    "give_up_mails",
    "invoice_by_policy",
    "invoice_due_instalments",
    "issue_invoice",
    "keep_paper",
    "link_invoice",
    "move_invoices",
    "note_bounce",
    "note_forgotten_losses",
    "note_instalments_due_soon",
    "note_overdue_instalments",
    "open_link",
    "pause_client_reminders",
    "pause_invoice_reminders",
    "pay_with_credit",
    "post_loss_taken_back",
    "post_sale_reduction",
    "refuse_invoiced",
    "refuse_other_start",
    "remind_client",
    "resume_client_reminders",
    "resume_invoice_reminders",
    "revoke_link",
    "send_due_reminders",
    "send_invoice",
    "send_issued_invoice",
    "settle_invoices",
    "unsettle_invoices",
    "write_off_invoices",
]
