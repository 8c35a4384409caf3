"""Invoices in gapless series, their lines, and the money that met them."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from shared_apps.kernel.models import AmountField, CurrencyField, Row, money_of
from shared_apps.kernel.money import Money
from shared_apps.kernel.rights import APPEND_ONLY, Rights
from tenant_apps.invoices.shares import Share


class SeriesType(models.TextChoices):
    """The kinds of papers that are numbered."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class Status(models.TextChoices):
    """What an invoice is; whether it is paid follows from its settlements."""

    DRAFT = "draft"
    ISSUED = "issued"


class Series(models.Model):
    """The numbers of one kind of paper in one year: exactly first_number to next_number - 1.

    The row's lock is what makes them gapless: a number is taken in the transaction that issues.
    `last_issued_on` keeps the days in the order of the numbers.
    """

    rights = Rights(update=("next_number", "last_issued_on"))

    pk = models.CompositePrimaryKey("series_type", "year")
    series_type = models.CharField(max_length=20, choices=SeriesType.choices)
    year = models.PositiveSmallIntegerField()
    first_number = models.PositiveIntegerField()
    next_number = models.PositiveIntegerField()
    last_issued_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(first_number__gte=1, next_number__gte=F("first_number")),
                name="series_only_rises",
            )
        ]

    def __str__(self) -> str:
        return f"{self.series_type} {self.year}"


def _sum_of(path: str) -> Coalesce:
    """Return the sum over an invoice's related rows, each kind by itself."""
    sums = (
        Invoice.objects.filter(pk=models.OuterRef("pk"))
        .order_by()
        .values("pk")
        .annotate(sum=Sum(path))
        .values("sum")
    )
    return Coalesce(models.Subquery(sums), Decimal(0), output_field=AmountField())


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    """Filters of invoices."""

    def of_present_sale(self) -> "InvoiceQuerySet":
        """Return those that were not made for a sale that has ended by reopening its deal."""
        return self.filter(sale_ended_at=None)

    def with_settled(self) -> "InvoiceQuerySet":
        """Add what is not open of an invoice any more.

        `settled_amount`, `credited_amount` and `lost_amount`, what was given up with its deal.
        """
        return self.annotate(
            settled_amount=_sum_of("settlements__amount"),
            credited_amount=_sum_of("credit_notes__total"),
            lost_amount=_sum_of("losses__amount"),
        )


class Invoice(Row):
    """A claim on a client for a part of a deal. Issued, it never changes again.

    `issuer` and `party` are snapshots, so that a later change of address changes no paper.
    `version` is the ETag of the draft.
    """

    rights = Rights(
        update=(
            "status",
            "draft_reason",
            "issuer",
            "party",
            "year",
            "sequence",
            "number",
            "issued_at",
            "issued_on",
            "due_on",
            "content_hash",
            "version",
            "client",
            "sale_ended_at",
        ),
        delete=True,
    )

    deal = models.ForeignKey("deals.Deal", on_delete=models.PROTECT, related_name="+")
    deal_version_id = models.UUIDField()
    # the instalment that the invoice was made for, and its day; without one it covers any
    instalment_id = models.UUIDField(null=True)
    planned_due_on = models.DateField(null=True)
    client = models.ForeignKey("clients.Client", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.DRAFT)
    draft_reason = models.CharField(max_length=200, blank=True)
    number = models.CharField(max_length=40, unique=True, null=True)  # noqa: DJ001 (unique)
    series_type = models.CharField(
        max_length=20, choices=SeriesType.choices, default=SeriesType.INVOICE
    )
    year = models.PositiveSmallIntegerField(null=True)
    sequence = models.PositiveIntegerField(null=True)
    external_number = models.CharField(max_length=60, blank=True)
    currency = CurrencyField()
    net = AmountField()
    tax = AmountField()
    total = AmountField()
    # the unit prices of its lines include tax, as the deal's do
    prices_include_tax = models.BooleanField(default=False, db_default=False)
    issued_at = models.DateTimeField(null=True)
    issued_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    issuer = models.JSONField(default=dict)
    party = models.JSONField(default=dict)
    content_hash = models.CharField(max_length=64, blank=True)
    created_by_id = models.UUIDField(null=True)
    # when the deal was reopened after the invoice was credited in full: a new sale is invoiced anew
    sale_ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="invoice_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status=Status.DRAFT)
                | (
                    Q(
                        number__isnull=False,
                        year__isnull=False,
                        sequence__isnull=False,
                        issued_at__isnull=False,
                        issued_on__isnull=False,
                        due_on__isnull=False,
                    )
                    & ~Q(content_hash="")
                ),
                name="invoice_issued_is_complete",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.DRAFT)
                | Q(number__isnull=True, sequence__isnull=True, content_hash=""),
                name="invoice_draft_takes_no_number",
            ),
            models.CheckConstraint(
                condition=Q(net__gte=0, tax__gte=0, total__gt=0, total=F("net") + F("tax")),
                name="invoice_total_is_net_and_tax",
            ),
            models.UniqueConstraint(
                fields=["series_type", "year", "sequence"], name="invoice_number_once"
            ),
        ]
        indexes = [
            # what is invoiced of a deal, and its open invoices, oldest first
            models.Index(fields=["deal", "id"], name="invoice_of_deal")
        ]

    def __str__(self) -> str:
        return self.number or f"draft {self.pk}"

    @property
    def is_draft(self) -> bool:
        """Return whether the invoice has no number yet."""
        return self.status == Status.DRAFT

    @property
    def total_money(self) -> Money:
        """Return what the invoice asks for."""
        return money_of(self.total, self.currency)


class InvoiceLoss(Row):
    """What was open of an invoice and given up with its deal; negative: expected again.

    Rows are only added. `event_id` is the deal's event that gave it up or expects it again.
    """

    rights = APPEND_ONLY

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="losses")
    amount = AmountField()
    currency = CurrencyField()
    event_id = models.UUIDField()
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="invoice_loss_is_something"),
            models.UniqueConstraint(
                fields=["invoice", "event_id"], name="invoice_loss_once_per_event"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id}: {self.amount} {self.currency}"


class InvoiceLine(Row):
    """The part of a deal line that an invoice covers; quantity and price are the deal line's."""

    rights = Rights(delete=True)

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    deal_line_id = models.UUIDField()
    description = models.TextField()
    quantity = models.DecimalField(max_digits=19, decimal_places=6)
    unit_price = AmountField()
    discount_percent = models.DecimalField(max_digits=9, decimal_places=6)
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
                name="invoice_line_gross_is_net_and_tax",
            ),
            models.UniqueConstraint(
                fields=["invoice", "position"], name="invoice_line_position_once"
            ),
        ]

    def __str__(self) -> str:
        return self.description

    @property
    def share(self) -> Share:
        """Return net and tax of the line."""
        currency = self.invoice.currency
        return Share(money_of(self.net, currency), money_of(self.tax, currency))


class InvoiceSettlement(Row):
    """Verified money that met an invoice; a negative amount was taken back. Rows are only added."""

    rights = APPEND_ONLY

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="settlements")
    payment = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, related_name="+")
    amount = AmountField()
    currency = CurrencyField()
    event_id = models.UUIDField()
    settled_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="settlement_moves_something"),
            models.UniqueConstraint(
                fields=["invoice", "event_id"], name="settlement_once_per_event"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id}: {self.amount} {self.currency}"
