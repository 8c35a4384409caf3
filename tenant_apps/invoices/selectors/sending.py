"""What was sent about invoices, and which reminders are due."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.lookups import LessThan

from shared_apps.audit.selectors import list_dead_deliveries
from shared_apps.organizations.selectors import local_day_of, organization_settings
from tenant_apps.clients.selectors import billing_emails
from tenant_apps.invoices.models import (
    Invoice,
    InvoiceLink,
    InvoiceQuerySet,
    MailState,
    PaperMail,
    Reminder,
    ReminderPause,
    Status,
)
from tenant_apps.invoices.selectors.lists import visible_invoices, with_relations
from tenant_apps.invoices.selectors.money import credits_of, open_amount
from tenant_apps.invoices.wording import Letter, invoice_letter, reminder_letter

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

ISSUE = "invoices.issue"
WINDOW = timedelta(days=90)
BEFORE_DUE = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class DueReminder:
    """A reminder that is to be sent."""

    invoice: Invoice
    level: int
    recipient: str
    letter: Letter


def find_mail(mail_id: UUID) -> PaperMail:
    """Return a mail with its invoice and client. Raises: PaperMail.DoesNotExist."""
    return PaperMail.objects.select_related("invoice__client").get(pk=mail_id)


def find_mail_to_bounce(*, message_id: str, viewer: "User") -> PaperMail:
    """Return the mail of a Message-ID, with or without its brackets.

    Raises: PaperMail.DoesNotExist, also for one that is not the viewer's to see.
    """
    wanted = f"<{message_id.strip().strip('<>')}>"
    invoices = visible_invoices(viewer, "invoices.issue")
    return PaperMail.objects.get(message_id=wanted, invoice__in=invoices.values("pk"))


def given_up_mails() -> list[tuple[UUID, str]]:
    """Return the mails that wait while the outbox has given them up, each with the last error."""
    dead = list_dead_deliveries().filter(reaction="invoices.deliver_mail")
    why = {
        UUID(payload["mail_id"]): error
        for payload, error in dead.values_list("event__payload", "last_error")
    }
    waiting = PaperMail.objects.filter(pk__in=why, state=MailState.QUEUED).order_by("pk")
    return [(mail_id, why[mail_id]) for mail_id in waiting.values_list("pk", flat=True)]


def mails_of(invoice: Invoice) -> QuerySet[PaperMail]:
    """Return the mails about an invoice, newest first, with the reminder that each carried."""
    mails = PaperMail.objects.filter(invoice=invoice).select_related("reminder")
    return mails.order_by("-queued_at", "-pk")


def next_level(invoice: Invoice, *, at: datetime) -> int:
    """Return the level of the next reminder that is sent by hand: before it is late, the friendly.

    An invoice is late from the day after its due day on.
    """
    if invoice.due_on is not None and local_day_of(at) <= invoice.due_on:
        return BEFORE_DUE
    sent = Reminder.objects.filter(invoice=invoice)
    return 1 + (sent.aggregate(last=Max("level"))["last"] or 0)


def pauses_of(invoice: Invoice) -> QuerySet[ReminderPause]:
    """Return what holds the reminders of an invoice back now: its own pause, and its client's."""
    of_either = Q(invoice=invoice) | Q(client_id=invoice.client_id)
    return ReminderPause.objects.filter(of_either, ended_at=None).order_by("paused_at", "pk")


def links_of(invoice: Invoice) -> QuerySet[InvoiceLink]:
    """Return the public links of an invoice, newest first."""
    return InvoiceLink.objects.filter(invoice=invoice).order_by("-made_at", "-pk")


def previewed_reminders(*, viewer: "User", at: datetime) -> list[DueReminder]:
    """Return the reminders that would be sent today for invoices that the viewer may issue.

    Raises: PermissionRefused.
    """
    return due_reminders(at=at, among=visible_invoices(viewer, ISSUE))


def due_reminders(*, at: datetime, among: InvoiceQuerySet | None = None) -> list[DueReminder]:
    """Return the reminders that are due now, at most one per client; in five queries.

    Never for a paid, credited, disputed or paused invoice, a client without an address, one that
    was reminded today or as often as allowed in 90 days. Of several, the one that is due longest.
    """
    today = local_day_of(at)
    invoices = among if among is not None else Invoice.objects.all()
    candidates = list(_open_and_due(invoices, today=today))
    counts = _reminded({each.client_id for each in candidates}, today=today)
    addresses = billing_emails({each.client_id for each in candidates})
    chosen: dict[UUID, DueReminder] = {}
    for invoice in candidates:
        recent, is_reminded_today = counts.get(invoice.client_id, (0, False))
        level = level_due(invoice, today=today)
        is_allowed = not is_reminded_today and recent < organization_settings().reminders_at_most
        recipient = addresses.get(invoice.client_id, "")
        if level is not None and is_allowed and recipient and invoice.client_id not in chosen:
            letter = next_letter(invoice, level=level)
            chosen[invoice.client_id] = DueReminder(
                invoice=invoice, level=level, recipient=recipient, letter=letter
            )
    return list(chosen.values())


def next_letter(invoice: Invoice, *, level: int) -> Letter:
    """Return the reminder of a level as it would read now."""
    return reminder_letter(
        invoice, level=level, open_money=open_amount(invoice), notes=credits_of(invoice)
    )


def letter_of(invoice: Invoice) -> Letter:
    """Return the letter that an invoice would be sent with now."""
    return invoice_letter(invoice, open_money=open_amount(invoice), notes=credits_of(invoice))


def _open_and_due(invoices: InvoiceQuerySet, *, today: date) -> QuerySet[Invoice]:
    before = organization_settings().reminder_before_due_days
    covered = F("settled_amount") + F("credited_amount") + F("lost_amount")
    unpaid = Q(LessThan(covered, F("total")), status=Status.ISSUED)
    paused = ReminderPause.objects.filter(
        Q(invoice=OuterRef("pk")) | Q(client=OuterRef("client")), ended_at=None
    )
    found = (
        with_relations(invoices)
        .prefetch_related("credit_notes")
        .filter(unpaid, due_on__lte=today + timedelta(days=before))
    )
    marked = found.annotate(last_level=Max("reminders__level"))
    rows = marked.exclude(Exists(paused)).prefetch_related("credit_notes")
    return rows.order_by("due_on", "pk")


def level_due(invoice: Invoice, *, today: date) -> int | None:
    """Return the highest level whose day has come and that was not sent; None when none is.

    Levels that were missed are passed over: nobody gets three letters on one day.
    """
    chosen = organization_settings()
    if invoice.due_on is None:
        return None
    late = (today - invoice.due_on).days
    reached = [level for level, days in enumerate(chosen.reminder_days, start=1) if late >= days]
    if chosen.reminder_before_due_days and -chosen.reminder_before_due_days <= late <= 0:
        reached.append(BEFORE_DUE)
    last: int | None = vars(invoice).get("last_level")
    new = [level for level in reached if last is None or level > last]
    return max(new, default=None)


def _reminded(client_ids: set[UUID], *, today: date) -> dict[UUID, tuple[int, bool]]:
    """Return how often each client was reminded in the last 90 days, and whether today."""
    recent = reminders_of(client_ids).filter(sent_on__gt=today - WINDOW)
    rows = recent.values_list("invoice__client_id").annotate(
        count=Count("pk"), today=Count("pk", filter=Q(sent_on=today))
    )
    return {client_id: (count, bool(now)) for client_id, count, now in rows.order_by()}


def reminders_of(client_ids: Iterable[UUID]) -> QuerySet[Reminder]:
    """Return the reminders of what are the clients' invoices now.

    Of merged clients as well: a reminder goes on naming whom it was sent to, its invoice moves.
    """
    return Reminder.objects.filter(invoice__client_id__in=client_ids)
