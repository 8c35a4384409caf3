"""Mails that did not arrive: bounced after they had left, or given up by the outbox."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError
from tenant_apps.invoices.events import InvoiceMailBounced, InvoiceMailFailed
from tenant_apps.invoices.models import MailState, PaperMail
from tenant_apps.invoices.selectors import given_up_mails
from tenant_apps.invoices.services.mailing import MAILER

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


class MailNotSent(DomainError):
    """Only a mail that has left can come back."""

    code, status = "mail_not_sent", 409
    message = "Only a mail that was sent can bounce; this one waits, was refused or bounced."


@transaction.atomic
def note_bounce(*, mail_id: UUID, reason: str, by: "User", at: datetime) -> PaperMail:
    """Note that a mail came back; records InvoiceMailBounced, of which people are told. Locks it.

    Raises: MailNotSent, PaperMail.DoesNotExist.
    """
    mail = _lock(mail_id)
    if mail.state != MailState.SENT:
        raise MailNotSent
    _settle(mail, MailState.BOUNCED, error=reason.strip(), at=at)
    event = InvoiceMailBounced(invoice_id=mail.invoice_id, mail_id=mail.pk)
    record(event, actor=by.actor, at=at, reason=mail.error)
    return mail


def give_up_mails(*, at: datetime) -> int:
    """Note the mails that the outbox tries no more as failed; return how many there were.

    Records InvoiceMailFailed for each, of which people are told; each in its own transaction.
    """
    given_up = given_up_mails()
    return sum(_give_up(mail_id, why, at=at) for mail_id, why in given_up)


@transaction.atomic
def _give_up(mail_id: UUID, why: str, *, at: datetime) -> bool:
    mail = _lock(mail_id)
    if mail.state != MailState.QUEUED:
        return False
    _settle(mail, MailState.FAILED, error=f"Given up after every try: {why}", at=at)
    event = InvoiceMailFailed(invoice_id=mail.invoice_id, mail_id=mail.pk)
    record(event, actor=MAILER, at=at, reason=mail.error)
    return True


def _lock(mail_id: UUID) -> PaperMail:
    return PaperMail.objects.select_for_update(no_key=True, of=("self",)).get(pk=mail_id)


def _settle(mail: PaperMail, state: MailState, *, error: str, at: datetime) -> None:
    mail.state, mail.error, mail.settled_at = state, error[:500], at
    mail.save(update_fields=["state", "error", "settled_at"])
