"""Send invoices by e-mail: written down at once, delivered by the outbox."""

import smtplib
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.mail import EmailMessage
from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError
from shared_apps.kernel.events import Actor
from shared_apps.kernel.ids import uuid7
from shared_apps.organizations.selectors import organization_settings
from shared_apps.tenancy.context import current_tenant
from shared_apps.tenancy.mails import BY_MACHINE, sender_of
from tenant_apps.clients.selectors import billing_email
from tenant_apps.invoices.events import InvoiceMailFailed, InvoiceMailQueued, InvoiceMailSent
from tenant_apps.invoices.models import Invoice, MailState, PaperMail
from tenant_apps.invoices.selectors import find_invoice, letter_of, pdf_of
from tenant_apps.invoices.services.crediting import InvoiceNotIssued
from tenant_apps.invoices.wording import Letter

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

MAILER = Actor.system("mail")
REFUSED_FOR_GOOD = 500


class NoBillingAddress(DomainError):
    """Nobody at the client is known to take invoices by e-mail."""

    code, status = "no_billing_address", 409
    message = "The client has no e-mail address; enter one, or a contact for billing."


@transaction.atomic
def send_invoice(*, invoice_id: UUID, to: str | None, by: "User", at: datetime) -> PaperMail:
    """Write a mail with an issued invoice to the client's billing contact, or to `to`.

    A worker delivers it after the commit. Records InvoiceMailQueued.
    Raises: InvoiceNotIssued, NoBillingAddress, Invoice.DoesNotExist.
    """
    invoice = find_invoice(invoice_id)
    mail = write_mail(invoice, letter_of(invoice), to=to, by_id=by.pk, at=at)
    record(_queued(mail), actor=by.actor, at=at, after={"recipient": mail.recipient})
    return mail


@transaction.atomic(savepoint=False)
def send_issued_invoice(*, invoice_id: UUID, at: datetime) -> None:
    """Mail an invoice that was just issued, where the organization wants that and can.

    Records InvoiceMailQueued.
    """
    invoice = find_invoice(invoice_id)
    to = billing_email(invoice.client_id)
    if not organization_settings().send_invoices_on_issue or not to:
        return
    mail = write_mail(invoice, letter_of(invoice), to=to, by_id=None, at=at)
    record(_queued(mail), actor=MAILER, at=at, after={"recipient": mail.recipient})


def write_mail(
    invoice: Invoice, letter: Letter, *, to: str | None, by_id: UUID | None, at: datetime
) -> PaperMail:
    """Store a mail that is to be delivered; the caller records the event that leads to it.

    Raises: InvoiceNotIssued, NoBillingAddress.
    """
    if invoice.is_draft:
        raise InvoiceNotIssued("Only an issued invoice can be sent; issue the draft first.")
    recipient = to or billing_email(invoice.client_id)
    if not recipient:
        raise NoBillingAddress
    mail_id = uuid7()
    return PaperMail.objects.create(
        id=mail_id,
        invoice=invoice,
        recipient=recipient,
        subject=letter.subject,
        body=letter.body,
        message_id=f"<{mail_id}@{current_tenant().host}>",
        queued_at=at,
        requested_by_id=by_id,
    )


def _queued(mail: PaperMail) -> InvoiceMailQueued:
    return InvoiceMailQueued(invoice_id=mail.invoice_id, mail_id=mail.pk)


@transaction.atomic(savepoint=False)
def deliver_mail(*, mail_id: UUID, at: datetime) -> None:
    """Hand a queued mail to the mail server, with the invoice attached.

    A mail that has left, or was refused for good, is left alone. A refusal for good is noted; a
    trouble that may pass is raised, so that the outbox tries again. Records InvoiceMailSent or
    InvoiceMailFailed. Raises: OSError, SMTPException.
    """
    locked = PaperMail.objects.select_for_update(no_key=True, of=("self",))
    mail = locked.get(pk=mail_id)
    if mail.state != MailState.QUEUED:
        return
    try:
        _as_message(mail, at=at).send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as error:
        if not _is_for_good(error):
            raise
        _settle(mail, MailState.FAILED, error=f"{type(error).__name__}: {error}"[:500], at=at)
        event = InvoiceMailFailed(invoice_id=mail.invoice_id, mail_id=mail.pk)
        record(event, actor=MAILER, at=at, reason=mail.error)
    else:
        _settle(mail, MailState.SENT, error="", at=at)
        record(InvoiceMailSent(invoice_id=mail.invoice_id, mail_id=mail.pk), actor=MAILER, at=at)


def _as_message(mail: PaperMail, *, at: datetime) -> EmailMessage:
    tenant = current_tenant()
    pdf = pdf_of(find_invoice(mail.invoice_id), at=at)
    message = EmailMessage(
        subject=mail.subject,
        body=mail.body,
        from_email=sender_of(tenant),
        to=[mail.recipient],
        reply_to=[tenant.email] if tenant.email else None,
        headers=BY_MACHINE | {"Message-ID": mail.message_id},
    )
    message.attach(pdf.name, pdf.content, "application/pdf")
    return message


def _is_for_good(error: smtplib.SMTPException) -> bool:
    """Return whether the server will never take the mail (5yz), unlike a trouble now (4yz)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= REFUSED_FOR_GOOD for code, _ in error.recipients.values())
    code = error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0
    return code >= REFUSED_FOR_GOOD and not isinstance(error, smtplib.SMTPAuthenticationError)


def _settle(mail: PaperMail, state: MailState, *, error: str, at: datetime) -> None:
    mail.state, mail.error, mail.settled_at = state, error, at
    mail.save(update_fields=["state", "error", "settled_at"])
