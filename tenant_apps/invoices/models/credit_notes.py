"""Credit notes: what takes an issued invoice back, in whole or in part."""

from django.db import models
from django.db.models import F, Q

from shared_apps.kernel.models import AmountField, CurrencyField, Row, money_of
from shared_apps.kernel.money import Money
from shared_apps.kernel.rights import APPEND_ONLY
from tenant_apps.invoices.models.invoices import Invoice, InvoiceLine, SeriesType


class CreditNote(Row):
    """A part of an issued invoice taken back; issued at once and never changed.

    `reduces_sale`: the client owes less from now on. Otherwise only the paper is taken back,
    because the money it was made for was not there, and the part will be invoiced again.
    """

    rights = APPEND_ONLY

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="credit_notes")
    deal = models.ForeignKey("deals.Deal", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=40, unique=True)
    series_type = models.CharField(
        max_length=20, choices=SeriesType.choices, default=SeriesType.CREDIT_NOTE
    )
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    reason = models.CharField(max_length=500)
    reduces_sale = models.BooleanField()
    currency = CurrencyField()
    net = AmountField()
    tax = AmountField()
    total = AmountField()
    issued_at = models.DateTimeField()
    issued_on = models.DateField()
    issuer = models.JSONField(default=dict)
    party = models.JSONField(default=dict)
    content_hash = models.CharField(max_length=64)
    created_by_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(net__gte=0, tax__gte=0, total__gt=0, total=F("net") + F("tax")),
                name="credit_note_total_is_net_and_tax",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="credit_note_has_reason"),
            models.UniqueConstraint(
                fields=["series_type", "year", "sequence"], name="credit_note_number_once"
            ),
        ]
        indexes = [models.Index(fields=["deal", "id"], name="credit_note_of_deal")]

    def __str__(self) -> str:
        return self.number

    @property
    def total_money(self) -> Money:
        """Return what the note takes back."""
        return money_of(self.total, self.currency)


class CreditNoteLine(Row):
    """The part of an invoice line that a credit note takes back."""

    rights = APPEND_ONLY

    credit_note = models.ForeignKey(CreditNote, on_delete=models.PROTECT, related_name="lines")
    invoice_line = models.ForeignKey(InvoiceLine, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    description = models.TextField()
    tax_rate_percent = models.DecimalField(max_digits=9, decimal_places=6)
    tax_reason = models.CharField(max_length=200, blank=True, default="", db_default="")
    supplied_on = models.DateField(null=True)
    net = AmountField()
    tax = AmountField()
    gross = AmountField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(net__gte=0, tax__gte=0, gross=F("net") + F("tax")),
                name="credit_note_line_gross_is_net_and_tax",
            ),
            models.UniqueConstraint(
                fields=["credit_note", "position"], name="credit_note_line_position_once"
            ),
        ]

    def __str__(self) -> str:
        return self.description
