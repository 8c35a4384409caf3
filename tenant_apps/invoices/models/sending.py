"""What was sent about an invoice: mails, reminders, what stops reminders, and public links."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from shared_apps.kernel.models import Row
from shared_apps.kernel.rights import APPEND_ONLY, Rights
from tenant_apps.invoices.models.invoices import Invoice


class MailState(models.TextChoices):
    """Whether a mail has left."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"


class PaperMail(Row):
    """One mail with an invoice attached, as it was written. Only its state changes.

    `message_id` is given before the first attempt and kept by every further one, so that a mail
    which a dying worker sent twice is one mail to whoever receives it.
    """

    rights = Rights(update=("state", "error", "settled_at"))

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="mails")
    recipient = models.EmailField()
    subject = models.CharField(max_length=300)
    body = models.TextField()
    message_id = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=7, choices=MailState.choices, default=MailState.QUEUED)
    error = models.CharField(max_length=500, blank=True)
    queued_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    requested_by_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=MailState.values), name="paper_mail_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=MailState.QUEUED) | Q(settled_at__isnull=False),
                name="paper_mail_settled_has_time",
            ),
        ]
        indexes = [models.Index(fields=["invoice", "-queued_at"], name="paper_mail_of_invoice")]

    def __str__(self) -> str:
        return f"{self.subject} to {self.recipient}"


class Reminder(Row):
    """One reminder of an open invoice; its text is that of its mail. Rows are only added.

    `level` is 0 before the due day and 1, 2, 3, ... after it. The constraints hold the limits:
    each level once per invoice, and one reminder per client and day. `client` is whom it was sent
    to: with merged clients the limits go by the client of the invoice.
    """

    rights = APPEND_ONLY

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="reminders")
    client = models.ForeignKey("clients.Client", on_delete=models.PROTECT, related_name="+")
    mail = models.OneToOneField(PaperMail, on_delete=models.PROTECT, related_name="reminder")
    level = models.PositiveSmallIntegerField()
    sent_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invoice", "level"], name="reminder_level_once"),
            models.UniqueConstraint(fields=["client", "sent_on"], name="reminder_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id}: level {self.level}"


class ReminderPause(Row):
    """Why reminders of one invoice, or of one client, are held back, until it is ended."""

    rights = Rights(update=("ended_at",))

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, null=True, related_name="pauses")
    client = models.ForeignKey(
        "clients.Client", on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(max_length=500)
    is_dispute = models.BooleanField(default=False)
    paused_at = models.DateTimeField()
    paused_by_id = models.UUIDField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(invoice__isnull=False, client__isnull=True)
                | Q(invoice__isnull=True, client__isnull=False),
                name="reminder_pause_is_of_one",
            ),
            models.UniqueConstraint(
                fields=["invoice"], condition=Q(ended_at=None), name="reminder_pause_invoice_once"
            ),
            models.UniqueConstraint(
                fields=["client"], condition=Q(ended_at=None), name="reminder_pause_client_once"
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class InvoiceLink(Row):
    """A link that shows one invoice without a sign-in, until it expires or is revoked.

    Only the SHA-256 of its token is kept: whoever reads the table cannot open it.
    """

    rights = Rights(update=("revoked_at", "views", "last_viewed_at"))

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by_id = models.UUIDField(null=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    views = models.PositiveIntegerField(default=0)
    last_viewed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("made_at")), name="invoice_link_expires_later"
            ),
        ]
        indexes = [models.Index(fields=["invoice", "-made_at"], name="invoice_link_of_invoice")]

    def __str__(self) -> str:
        return f"link to {self.invoice_id}"

    def is_open(self, at: datetime) -> bool:
        """Return whether the link still shows its invoice."""
        return self.revoked_at is None and at < self.expires_at
