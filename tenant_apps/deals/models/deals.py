"""Deals: what was sold to whom, on which terms, and who is credited."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from shared_apps.kernel.models import AmountField, Archivable, CurrencyField, Entity, Row
from shared_apps.kernel.rights import APPEND_ONLY, KEPT, Rights
from tenant_apps.deals.models.catalog import Product, Stage


class DealStatus(models.TextChoices):
    """Where a deal stands; what is paid of it is derived from the ledger."""

    DRAFT = "draft"
    OPEN = "open"
    WON = "won"
    LOST = "lost"
    CANCELLED = "cancelled"
    BAD_DEBT = "bad_debt"


class Deal(Entity, Archivable):
    """A sale in the making or made. Its terms are those of `current_version`."""

    rights = KEPT

    code = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=200)
    client = models.ForeignKey("clients.Client", models.PROTECT, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    stage = models.ForeignKey(Stage, models.PROTECT, null=True, related_name="+")
    project = models.ForeignKey("projects.Project", models.PROTECT, null=True, related_name="+")
    source = models.CharField(max_length=80, blank=True)
    expected_close_on = models.DateField(null=True)
    deal_on = models.DateField()
    status = models.CharField(max_length=10, choices=DealStatus, default=DealStatus.DRAFT)
    won_at = models.DateTimeField(null=True)
    lost_reason = models.CharField(max_length=500, blank=True)
    remarks = models.TextField(blank=True)
    external_id = models.CharField(max_length=100, null=True, unique=True)  # noqa: DJ001 (unique)
    # the row is inserted before its version: the key is checked at commit
    current_version = models.ForeignKey("deals.DealVersion", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="deal_has_name"),
            models.CheckConstraint(condition=Q(status__in=DealStatus.values), name="deal_status"),
            models.CheckConstraint(
                condition=~Q(status__in=["won", "bad_debt"]) | Q(won_at__isnull=False),
                name="deal_won_when",
            ),
            models.CheckConstraint(
                condition=~Q(status="lost") | ~Q(lost_reason=""), name="deal_lost_why"
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="deal_newest"),
            models.Index(fields=["owner", "status"], name="deal_by_owner"),
            models.Index(fields=["status", "won_at"], name="deal_by_status"),
            models.Index(fields=["updated_at"], name="deal_updated"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def is_draft(self) -> bool:
        """Return whether the deal is still being written."""
        return self.status == DealStatus.DRAFT

    @property
    def is_open(self) -> bool:
        """Return whether the deal is handed in and neither won nor lost."""
        return self.status == DealStatus.OPEN

    @property
    def is_won(self) -> bool:
        """Return whether the deal is won."""
        return self.status == DealStatus.WON

    @property
    def is_before_win(self) -> bool:
        """Return whether terms, people and client may still be changed freely."""
        return self.is_draft or self.is_open


class DealVersion(Row):
    """The terms of a deal at one time; never edited. A change of terms is the next version."""

    rights = APPEND_ONLY

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    currency = CurrencyField()
    net = AmountField()
    tax = AmountField()
    total = AmountField()
    prices_include_tax = models.BooleanField(default=False, db_default=False)
    terms = models.TextField(blank=True)
    is_estimate = models.BooleanField(default=False)
    content_hash = models.CharField(max_length=64)
    created_by_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["deal", "number"], name="deal_version_number"),
            models.CheckConstraint(
                condition=Q(total=F("net") + F("tax"), net__gte=0, tax__gte=0),
                name="deal_version_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class DealLine(Row):
    """One thing sold, with its amounts; terms.price_line says how they are computed."""

    rights = APPEND_ONLY

    version = models.ForeignKey(DealVersion, models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    product = models.ForeignKey(Product, models.PROTECT, null=True, related_name="+")
    description = models.CharField(max_length=500)
    quantity = models.DecimalField(max_digits=19, decimal_places=6)
    unit_price = AmountField()
    discount_percent = models.DecimalField(max_digits=7, decimal_places=4, default=0)
    tax_rate_percent = models.DecimalField(max_digits=7, decimal_places=4, default=0)
    # of the rate table, as it was on the day of supply or else the deal's; `tax_reason` says why
    # no tax is charged
    tax_code = models.CharField(max_length=40, blank=True, default="", db_default="")
    tax_reason = models.CharField(max_length=200, blank=True, default="", db_default="")
    # when it is supplied, where that is another day than the deal's
    supplied_on = models.DateField(null=True)
    net = AmountField()
    tax = AmountField()
    gross = AmountField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="deal_line_position"),
            models.CheckConstraint(
                condition=Q(gross=F("net") + F("tax"), net__gte=0, tax__gte=0),
                name="deal_line_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, unit_price__gte=0), name="deal_line_quantity"
            ),
            models.CheckConstraint(
                condition=Q(
                    discount_percent__gte=0,
                    discount_percent__lte=100,
                    tax_rate_percent__gte=0,
                    tax_rate_percent__lte=100,
                ),
                name="deal_line_percents",
            ),
            models.CheckConstraint(
                condition=Q(tax_reason="") | Q(tax_rate_percent=0), name="deal_line_untaxed_why"
            ),
        ]

    def __str__(self) -> str:
        return self.description


class InstalmentKind(models.TextChoices):
    """What a part of the price is due for."""

    DEPOSIT = "deposit"
    INSTALMENT = "instalment"
    MILESTONE = "milestone"


class Instalment(Row):
    """A part of the price and the day it is due. The parts of a version sum to its total."""

    rights = APPEND_ONLY

    version = models.ForeignKey(DealVersion, models.PROTECT, related_name="instalments")
    position = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    amount = AmountField()
    kind = models.CharField(
        max_length=10, choices=InstalmentKind, default=InstalmentKind.INSTALMENT
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="instalment_position"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="instalment_amount"),
            models.CheckConstraint(
                condition=Q(kind__in=InstalmentKind.values), name="instalment_kind"
            ),
        ]
        indexes = [models.Index(fields=["due_on"], name="instalment_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.position}"


class SalesCreditSplit(Row):
    """A person's share of the deal's credit in [valid_from, valid_to); None is unbounded.

    At every instant the shares of a deal total 100 %.
    """

    rights = Rights(update=("valid_to",), delete=True)

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="splits")
    payee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    share_percent = models.DecimalField(max_digits=7, decimal_places=4)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["deal", "payee", "valid_from"],
                name="split_once_per_payee",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(share_percent__gt=0, share_percent__lte=100), name="split_share"
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_to__gt=F("valid_from")),
                name="split_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.share_percent} % to {self.payee_id}"
