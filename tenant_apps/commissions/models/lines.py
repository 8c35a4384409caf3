"""What people are credited with, and the ladders and lines that pay for it. Rows are only added."""

from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from shared_apps.kernel.models import AmountField, CurrencyField, Row, money_of
from shared_apps.kernel.money import Money
from shared_apps.kernel.rights import APPEND_ONLY, Rights
from tenant_apps.commissions.models.plans import Component, PlanVersion


class LineStatus(models.TextChoices):
    """How far a line is on its way to the payee."""

    ACCRUED = "accrued"
    EARNED = "earned"
    ON_STATEMENT = "on_statement"
    APPROVED = "approved"
    IN_PAYOUT = "in_payout"
    PAID = "paid"


class CollectedCredit(Row):
    """A person's share of what one application of money collected, net of tax.

    One row per credited person and PaymentApplied event, with or without a plan; the rows of an
    event sum to what it collected. `deal_seq` counts the deal's applications from 1;
    `applied_after` and `net_after` are the deal's cumulative figures after this one.
    `applied_on` is the day of the application, `commission_on` that of the verification.
    """

    rights = APPEND_ONLY

    event_id = models.UUIDField()
    deal = models.ForeignKey("deals.Deal", on_delete=models.PROTECT, related_name="+")
    deal_version_id = models.UUIDField()
    payment = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, related_name="+")
    payee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    deal_seq = models.PositiveIntegerField()
    position = models.PositiveSmallIntegerField()
    share_percent = models.DecimalField(max_digits=9, decimal_places=6)
    applied_after = AmountField()
    net_after = AmountField()
    base = AmountField()
    currency = CurrencyField()
    commission_on = models.DateField()
    applied_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event_id", "payee"], name="credit_once_per_event"),
            models.UniqueConstraint(
                fields=["deal", "deal_seq", "position"], name="credit_in_one_order_per_deal"
            ),
            models.CheckConstraint(
                condition=Q(share_percent__gt=0, share_percent__lte=100),
                name="credit_share_is_a_percentage",
            ),
        ]
        indexes = [
            # the collected tile, by person and day
            models.Index(fields=["applied_on", "payee"], name="credit_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.payee_id}: {self.money}"

    @property
    def money(self) -> Money:
        """Return the credited base."""
        return money_of(self.base, self.currency)

    @property
    def applied_after_money(self) -> Money:
        """Return what the deal has been paid by then, gross."""
        return money_of(self.applied_after, self.currency)

    @property
    def net_after_money(self) -> Money:
        """Return what the deal has been credited with by then, net of tax."""
        return money_of(self.net_after, self.currency)


class LadderKey(NamedTuple):
    """What makes a ladder. Ladders are locked in the order of their keys, earlier periods first:
    payments that waited for their deal are applied in the order of their verification.
    """

    period: str
    currency: str
    payee_id: UUID
    component_id: UUID
    plan_version_id: UUID


class LadderHead(Row):
    """The head of one payee's ladder: its row's lock puts concurrent sources in an order.

    `base` and `accrued` are the sums over the ladder's lines, `last_seq` their number.
    """

    rights = Rights(update=("last_seq", "base", "accrued"))

    payee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="+")
    plan_version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=7)
    currency = CurrencyField()
    last_seq = models.PositiveIntegerField(default=0)
    base = AmountField(default=Decimal(0))
    accrued = AmountField(default=Decimal(0))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["period", "currency", "payee", "component", "plan_version"],
                name="ladder_head_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payee_id} {self.period} {self.currency}"

    @property
    def key(self) -> "LadderKey":
        """Return the key by whose order ladders are locked."""
        return LadderKey(
            period=self.period,
            currency=self.currency,
            payee_id=self.payee_id,
            component_id=self.component_id,
            plan_version_id=self.plan_version_id,
        )

    @property
    def base_money(self) -> Money:
        """Return the credited base that the ladder has taken."""
        return money_of(self.base, self.currency)

    @property
    def accrued_money(self) -> Money:
        """Return the sum of the ladder's lines."""
        return money_of(self.accrued, self.currency)


class CommissionLine(Row):
    """What one source brought one payee under one component: R(base after) - accrued before.

    Amounts are never updated. `period` is the month of the commission day; the ladder's period may
    be longer. `explanation` is the tree that reproduces the amount by itself.
    """

    rights = APPEND_ONLY

    payee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="+")
    plan_version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    ladder_head = models.ForeignKey(LadderHead, on_delete=models.PROTECT, related_name="lines")
    ladder_seq = models.PositiveIntegerField()
    deal = models.ForeignKey("deals.Deal", on_delete=models.PROTECT, related_name="+")
    payment = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, related_name="+")
    event_id = models.UUIDField()
    period = models.CharField(max_length=7)
    commission_on = models.DateField()
    share_percent = models.DecimalField(max_digits=9, decimal_places=6)
    base_delta = AmountField()
    amount = AmountField()
    currency = CurrencyField()
    status = models.CharField(max_length=12, choices=LineStatus.choices, default=LineStatus.ACCRUED)
    explanation = models.JSONField()
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversed_by"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ladder_head", "ladder_seq"], name="line_in_one_order_per_ladder"
            ),
            models.UniqueConstraint(
                fields=["event_id", "payee", "component"], name="line_once_per_source"
            ),
            models.CheckConstraint(
                condition=Q(status__in=LineStatus.values), name="line_status_known"
            ),
        ]
        indexes = [
            # the commission tiles and a payee's list
            models.Index(fields=["commission_on", "payee"], name="line_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.payee_id}: {self.money}"

    @property
    def money(self) -> Money:
        """Return the amount of the line."""
        return money_of(self.amount, self.currency)

    @property
    def base_money(self) -> Money:
        """Return the credited base of the line."""
        return money_of(self.base_delta, self.currency)
