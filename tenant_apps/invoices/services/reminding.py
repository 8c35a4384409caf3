"""Remind clients of open invoices, within limits; hold reminders back where there is a reason."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction

from shared_apps.audit.recording import record
from shared_apps.jobs.reports import RunReport, do_each
from shared_apps.kernel.errors import DomainError
from shared_apps.kernel.events import Actor
from shared_apps.kernel.wording import worded
from shared_apps.organizations.selectors import local_day_of, organization_settings
from tenant_apps.deals.selectors import lock_deal
from tenant_apps.invoices.events import (
    ClientRemindersPaused,
    ClientRemindersResumed,
    InvoiceReminded,
    RemindersPaused,
    RemindersResumed,
)
from tenant_apps.invoices.models import Invoice, Reminder, ReminderPause
from tenant_apps.invoices.selectors import (
    BEFORE_DUE,
    DueReminder,
    due_reminders,
    find_invoice,
    next_letter,
    next_level,
    open_amount,
    pauses_of,
    reminders_of,
)
from tenant_apps.invoices.services.mailing import write_mail

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

SCHEDULE = Actor.system("reminders")


class NothingToRemindOf(DomainError):
    """The invoice is not open, or its reminders are held back."""

    code, status = "nothing_to_remind_of", 409
    message = "There is nothing to remind of."


class RemindedToday(DomainError):
    """A client hears from us once a day at most."""

    code, status = "reminded_today", 409
    message = "This client was reminded today already; one reminder a day is enough."


class RemindersNotPaused(DomainError):
    """There is nothing to resume."""

    code, status = "reminders_not_paused", 409
    message = "Reminders are not paused here."


def send_due_reminders(*, at: datetime) -> RunReport:
    """Write the reminders that are due today, each in its own transaction; return how many.

    Does nothing where the organization has not switched reminders on. One that fails is logged
    and tried again by the next run; it does not stop the others.
    """
    if not organization_settings().reminders_enabled:
        return RunReport(done=0, failed=0)
    due = {each.invoice.pk: each for each in due_reminders(at=at)}
    return do_each(due, lambda pk: _send(due[pk], actor=SCHEDULE, by_id=None, at=at))


@transaction.atomic
def remind_client(*, invoice_id: UUID, by: "User", at: datetime) -> Reminder:
    """Send the next reminder of an open invoice by hand. Locks the deal; records InvoiceReminded.

    Raises: NothingToRemindOf, RemindedToday, NoBillingAddress, Invoice.DoesNotExist.
    """
    invoice = _lock_open(invoice_id)
    _refuse_second(invoice, at=at)
    _refuse_early(invoice, at=at)
    level = next_level(invoice, at=at)
    letter = next_letter(invoice, level=level)
    due = DueReminder(invoice=invoice, level=level, recipient="", letter=letter)
    try:
        with transaction.atomic():
            return _write(due, actor=by.actor, by_id=by.pk, at=at)
    except IntegrityError:  # another invoice of the client, at the same moment
        raise RemindedToday from None


def _send(due: DueReminder, *, actor: Actor, by_id: UUID | None, at: datetime) -> bool:
    """Write a due reminder unless the invoice was paid, paused or reminded of meanwhile."""
    try:
        _lock_open(due.invoice.pk)
        with transaction.atomic():
            _write(due, actor=actor, by_id=by_id, at=at)
    except (NothingToRemindOf, IntegrityError):
        return False
    return True


def _lock_open(invoice_id: UUID) -> Invoice:
    """Return an open invoice under its deal's lock. Raises: NothingToRemindOf."""
    lock_deal(find_invoice(invoice_id).deal_id)
    invoice = find_invoice(invoice_id)
    _refuse_closed(invoice)
    return invoice


def check_reminder(invoice: Invoice, *, at: datetime) -> None:
    """Say why an invoice cannot be reminded of, before anybody asks for it.

    Raises: NothingToRemindOf, RemindedToday.
    """
    _refuse_closed(invoice)
    _refuse_second(invoice, at=at)
    _refuse_early(invoice, at=at)


def _refuse_closed(invoice: Invoice) -> None:
    """Refuse to remind of what is not owed, or is held back; say which it is."""
    if invoice.is_draft:
        raise NothingToRemindOf("This invoice is not issued yet; nobody owes anything on it.")
    if not open_amount(invoice):
        raise NothingToRemindOf("Nothing is open on this invoice; there is nothing to remind of.")
    pause = pauses_of(invoice).first()
    if pause is None:
        return
    if pause.invoice_id is None:
        raise NothingToRemindOf("All reminders of this client are held back.")
    if pause.is_dispute:
        raise NothingToRemindOf("This invoice is disputed; its reminders are held back.")
    raise NothingToRemindOf("The reminders of this invoice are held back.")


def _refuse_early(invoice: Invoice, *, at: datetime) -> None:
    """Refuse a second friendly word before the invoice is late."""
    if next_level(invoice, at=at) != BEFORE_DUE:
        return
    if Reminder.objects.filter(invoice=invoice, level=BEFORE_DUE).exists():
        raise NothingToRemindOf(
            worded(
                "This invoice is due on %(day)s, and its client was reminded of that already.",
                day=invoice.due_on,
            )
        )


def _refuse_second(invoice: Invoice, *, at: datetime) -> None:
    if reminders_of([invoice.client_id]).filter(sent_on=local_day_of(at)).exists():
        raise RemindedToday


def _write(due: DueReminder, *, actor: Actor, by_id: UUID | None, at: datetime) -> Reminder:
    invoice = due.invoice
    mail = write_mail(invoice, due.letter, to=due.recipient or None, by_id=by_id, at=at)
    reminder = Reminder.objects.create(
        invoice=invoice,
        client_id=invoice.client_id,
        mail=mail,
        level=due.level,
        sent_on=local_day_of(at),
        created_at=at,
    )
    event = InvoiceReminded(invoice_id=invoice.pk, mail_id=mail.pk, level=due.level)
    record(event, actor=actor, at=at, after={"recipient": mail.recipient})
    return reminder


@transaction.atomic
def pause_invoice_reminders(
    *, invoice_id: UUID, reason: str, is_dispute: bool, by: "User", at: datetime
) -> ReminderPause:
    """Hold the reminders of one invoice back, for example while it is disputed.

    A pause that holds already stays. Locks the deal; records RemindersPaused.
    """
    lock_deal(find_invoice(invoice_id).deal_id)
    held = ReminderPause.objects.filter(invoice_id=invoice_id, ended_at=None).first()
    if held is not None:
        return held
    pause = ReminderPause.objects.create(
        invoice_id=invoice_id,
        reason=reason,
        is_dispute=is_dispute,
        paused_at=at,
        paused_by_id=by.pk,
    )
    record(RemindersPaused(invoice_id=invoice_id), actor=by.actor, at=at, reason=reason)
    return pause


@transaction.atomic
def resume_invoice_reminders(*, invoice_id: UUID, by: "User", at: datetime) -> None:
    """Let reminders of an invoice go on. Locks the deal; records RemindersResumed.

    Raises: RemindersNotPaused.
    """
    lock_deal(find_invoice(invoice_id).deal_id)
    held = ReminderPause.objects.filter(invoice_id=invoice_id, ended_at=None)
    if not held.update(ended_at=at):
        raise RemindersNotPaused
    record(RemindersResumed(invoice_id=invoice_id), actor=by.actor, at=at)


@transaction.atomic
def pause_client_reminders(
    *, client_id: UUID, reason: str, by: "User", at: datetime
) -> ReminderPause:
    """Hold all reminders of a client back; a pause that holds already stays.

    Records ClientRemindersPaused.
    """
    held = ReminderPause.objects.filter(client_id=client_id, ended_at=None)
    row = ReminderPause(client_id=client_id, reason=reason, paused_at=at, paused_by_id=by.pk)
    if not held.exists():
        ReminderPause.objects.bulk_create([row], ignore_conflicts=True)
    pause = held.get()
    if pause.pk == row.pk:
        record(ClientRemindersPaused(client_id=client_id), actor=by.actor, at=at, reason=reason)
    return pause


@transaction.atomic
def resume_client_reminders(*, client_id: UUID, by: "User", at: datetime) -> None:
    """Let reminders of a client go on. Records ClientRemindersResumed.

    Raises: RemindersNotPaused.
    """
    if not ReminderPause.objects.filter(client_id=client_id, ended_at=None).update(ended_at=at):
        raise RemindersNotPaused
    record(ClientRemindersResumed(client_id=client_id), actor=by.actor, at=at)
