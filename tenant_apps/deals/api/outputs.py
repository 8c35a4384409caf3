"""Deals, products and stages as they are shown."""

from functools import reduce
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from shared_apps.kernel.models import money_of
from shared_apps.web.serializers import MONEY_SCHEMA, MoneyOut, OutputSerializer, RateField
from tenant_apps.clients.api.fields import ClientNameOut, PersonNameOut
from tenant_apps.deals.models import Deal, DealStatus, InstalmentKind, TaxTreatment
from tenant_apps.deals.progress import PaymentProgress
from tenant_apps.deals.selectors import money_of_deal


@extend_schema_field(MONEY_SCHEMA)
class AmountOut(serializers.Field[Any, Any, dict[str, str], Any]):
    """A stored amount as money: the column of the field's name in the row at `source`.

    `currency` is the path to its currency from there.
    """

    def __init__(self, *, currency: str, source: str = "*") -> None:
        self.currency = currency
        super().__init__(source=source, read_only=True)

    def to_representation(self, row: Any) -> dict[str, str]:
        """Return the amount of the row that has the field's name."""
        currency: str = reduce(getattr, self.currency.split("."), row)
        return money_of(getattr(row, str(self.field_name)), currency).as_json()


class StageNameOut(OutputSerializer):
    """A stage by id and name."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class LineOut(OutputSerializer):
    """A line with its amounts."""

    id = serializers.UUIDField()
    position = serializers.IntegerField()
    product = serializers.UUIDField(source="product_id", allow_null=True)
    description = serializers.CharField()
    quantity = RateField()
    unit_price = AmountOut(currency="version.currency")
    discount_percent = RateField()
    tax_rate_percent = RateField()
    tax_code = serializers.CharField()
    tax_reason = serializers.CharField()
    supplied_on = serializers.DateField(allow_null=True)
    net = AmountOut(currency="version.currency")
    tax = AmountOut(currency="version.currency")
    gross = AmountOut(currency="version.currency")


class InstalmentOut(OutputSerializer):
    """A part of the price and when it is due."""

    id = serializers.UUIDField()
    position = serializers.IntegerField()
    due_on = serializers.DateField()
    amount = AmountOut(currency="version.currency")
    kind = serializers.ChoiceField(choices=InstalmentKind.choices)


class SplitOut(OutputSerializer):
    """A person's share of the credit from a day on, until the day before another."""

    payee = PersonNameOut()
    share_percent = RateField()
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)


class DealMoneyOut(OutputSerializer):
    """How far a deal is paid; counts verified money that is applied to it."""

    progress = serializers.ChoiceField(
        choices=[(each.value, each.value) for each in PaymentProgress]
    )
    applied = MoneyOut()
    outstanding = MoneyOut()


class DealOut(OutputSerializer):
    """A deal in a list."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    external_id = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    status = serializers.ChoiceField(choices=DealStatus.choices)
    client = ClientNameOut()
    owner = PersonNameOut()
    stage = StageNameOut(allow_null=True)
    project = ClientNameOut(allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]  # DRF takes fields off the class
    expected_close_on = serializers.DateField(allow_null=True)
    deal_on = serializers.DateField()
    won_at = serializers.DateTimeField(allow_null=True)
    lost_reason = serializers.CharField()
    remarks = serializers.CharField()
    version_number = serializers.IntegerField(source="current_version.number")
    is_estimate = serializers.BooleanField(source="current_version.is_estimate")
    currency = serializers.CharField(source="current_version.currency")
    net = AmountOut(source="current_version", currency="currency")
    tax = AmountOut(source="current_version", currency="currency")
    total = AmountOut(source="current_version", currency="currency")
    payment = serializers.SerializerMethodField()
    archived_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField()

    @extend_schema_field(DealMoneyOut)
    def get_payment(self, deal: Deal) -> Any:
        """Return how far the deal is paid."""
        return DealMoneyOut(money_of_deal(deal)).data


class DealDetailOut(DealOut):
    """A deal with its lines, instalments and today's splits."""

    prices_include_tax = serializers.BooleanField(source="current_version.prices_include_tax")
    terms = serializers.CharField(source="current_version.terms")
    content_hash = serializers.CharField(source="current_version.content_hash")
    lines = LineOut(many=True, source="current_version.lines.all")
    instalments = InstalmentOut(many=True, source="current_version.instalments.all")
    splits = SplitOut(many=True, source="splits.all")


class DealVersionOut(OutputSerializer):
    """The terms of a deal at one time."""

    id = serializers.UUIDField()
    number = serializers.IntegerField()
    currency = serializers.CharField()
    net = AmountOut(currency="currency")
    tax = AmountOut(currency="currency")
    total = AmountOut(currency="currency")
    prices_include_tax = serializers.BooleanField()
    terms = serializers.CharField()
    is_estimate = serializers.BooleanField()
    content_hash = serializers.CharField()
    lines = LineOut(many=True, source="lines.all")
    instalments = InstalmentOut(many=True, source="instalments.all")
    created_at = serializers.DateTimeField()


class DifferenceOut(OutputSerializer):
    """One thing that a version changed; null where there was, or is, nothing."""

    what = serializers.CharField()
    before = serializers.CharField(allow_null=True)
    after = serializers.CharField(allow_null=True)


class ProductOut(OutputSerializer):
    """A product of the catalog."""

    id = serializers.UUIDField()
    external_id = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    series = serializers.CharField()
    list_price = AmountOut(currency="currency")
    archived_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField()


class StageOut(OutputSerializer):
    """A stage of the pipeline."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    probability_percent = RateField()
    position = serializers.IntegerField()
    archived_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()


class TaxRateOut(OutputSerializer):
    """What a kind of tax comes to from a day on."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()
    treatment = serializers.ChoiceField(choices=TaxTreatment.choices)
    rate_percent = RateField()
    reason = serializers.CharField()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField()
