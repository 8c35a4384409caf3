"""What deals are made from: products, stages of the pipeline, tax rates."""

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from shared_apps.kernel.models import (
    CHANGE_MARKS,
    AmountField,
    Archivable,
    CurrencyField,
    Entity,
)
from shared_apps.kernel.rights import KEPT, Rights


class Product(Entity, Archivable):
    """Something of the catalog; a line takes its description from here when it has none."""

    rights = KEPT

    name = models.CharField(max_length=200, unique=True)
    series = models.CharField(max_length=100, blank=True)
    list_price = AmountField()
    currency = CurrencyField()
    external_id = models.CharField(max_length=100, null=True, unique=True)  # noqa: DJ001 (unique)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(list_price__gte=0), name="product_price"),
        ]

    def __str__(self) -> str:
        return self.name


class Stage(Entity, Archivable):
    """A step of the pipeline and how probable a win is from there."""

    rights = KEPT

    name = models.CharField(max_length=80, unique=True)
    probability_percent = models.DecimalField(max_digits=5, decimal_places=2)
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(probability_percent__gte=0, probability_percent__lte=100),
                name="stage_probability",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TaxTreatment(models.TextChoices):
    """Whether tax is charged, and if not, why not."""

    TAXED = "taxed"
    EXEMPT = "exempt"
    REVERSE_CHARGE = "reverse_charge"


class TaxRate(Entity):
    """What a kind of tax comes to in [valid_from, valid_to); None is unbounded.

    A `code` ("standard", "reduced", "eu-services") has one rate a day. Where no tax is charged,
    `reason` is the sentence that the law wants on the invoice. Rates stay as they were entered: a
    new one ends the one before it.
    """

    rights = Rights(update=("name", "valid_to", *CHANGE_MARKS))

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    treatment = models.CharField(max_length=14, choices=TaxTreatment, default=TaxTreatment.TAXED)
    rate_percent = models.DecimalField(max_digits=7, decimal_places=4)
    reason = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(rate_percent__gte=0, rate_percent__lte=100), name="tax_rate_percent"
            ),
            models.CheckConstraint(
                condition=Q(treatment="taxed", reason="")
                | (Q(treatment__in=["exempt", "reverse_charge"], rate_percent=0) & ~Q(reason="")),
                name="tax_rate_untaxed_says_why",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="tax_rate_days_in_order",
            ),
            ExclusionConstraint(
                name="tax_rate_once_a_day",
                expressions=[
                    ("code", RangeOperators.EQUAL),
                    (
                        Func(
                            "valid_from",
                            "valid_to",
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} from {self.valid_from}"

    def is_valid_on(self, day: date) -> bool:
        """Return whether the rate holds on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)
