"""The two-sided ledger: append-only, every entry balanced per currency."""

from django.db import models
from django.db.models import F, Q

from shared_apps.kernel.models import AmountField, CurrencyField, Row
from shared_apps.kernel.rights import APPEND_ONLY


class Account(models.Model):
    """An account of the chart; its code is its key."""

    rights = APPEND_ONLY

    code = models.CharField(primary_key=True, max_length=30)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    is_debit_positive = models.BooleanField()

    def __str__(self) -> str:
        return self.name


class JournalEntry(Row):
    """One movement. `event_id` is the event it came from: the same event never posts twice."""

    rights = APPEND_ONLY

    kind = models.CharField(max_length=40)
    event_id = models.UUIDField()
    occurred_at = models.DateTimeField()
    posted_on = models.DateField()
    memo = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name_plural = "journal entries"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "event_id"], name="journal_entry_once_per_event"
            )
        ]
        indexes = [models.Index(fields=["posted_on", "id"], name="journal_entry_by_day")]

    def __str__(self) -> str:
        return f"{self.kind} {self.posted_on}"


class Posting(Row):
    """One side of an entry on one account; the ids say whom and what it concerns."""

    rights = APPEND_ONLY

    entry = models.ForeignKey(JournalEntry, models.PROTECT, related_name="postings")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    debit = AmountField(default=0)
    credit = AmountField(default=0)
    currency = CurrencyField()
    client_id = models.UUIDField(null=True)
    deal_id = models.UUIDField(null=True)
    payment_id = models.UUIDField(null=True)
    invoice_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(debit__gt=0, credit=0) | Q(credit__gt=0, debit=0),
                name="posting_has_one_side",
            ),
            models.CheckConstraint(condition=~Q(currency=""), name="posting_has_currency"),
        ]
        indexes = [
            models.Index(fields=["account", "currency"], name="posting_by_account"),
            models.Index(
                fields=["deal_id", "account"],
                name="posting_by_deal",
                condition=Q(deal_id__isnull=False),
            ),
            models.Index(
                fields=["client_id", "account"],
                name="posting_by_client",
                condition=Q(client_id__isnull=False),
            ),
            models.Index(
                fields=["payment_id"],
                name="posting_by_payment",
                condition=Q(payment_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.side} {self.debit or self.credit} {self.currency}"

    @property
    def side(self) -> str:
        """Return the side that is set: debit or credit."""
        return "debit" if self.debit else "credit"


NET = F("debit") - F("credit")
