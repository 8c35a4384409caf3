"""Deals as they are sent."""

from typing import Any

from rest_framework import serializers

from shared_apps.kernel.money import is_payable
from shared_apps.web.serializers import (
    InputSerializer,
    MoneyField,
    QuerySerializer,
    RateField,
    SearchField,
)
from tenant_apps.clients.api.fields import CodeOrIdField, IdField, PartIn
from tenant_apps.deals.models import DealStatus, InstalmentKind
from tenant_apps.deals.services import (
    DealChanges,
    NewCredit,
    NewDeal,
    NewInstalment,
    NewLine,
    NewSplit,
    TermChanges,
)

MAX_LINES, MAX_SPLITS, MAX_INSTALMENTS = 200, 20, 120
HEADER_COLUMNS = {"owner": "owner_id", "stage": "stage_id", "project": "project_id"}
OPTIONAL = ("status", "currency", "terms", "prices_include_tax")
HEADER = ("name", "source", "expected_close_on", "deal_on", "remarks", "external_id")


def percent(**options: Any) -> RateField:
    """Return a field for 0 to 100 %, with up to four decimals."""
    return RateField(max_digits=7, decimal_places=4, min_value=0, max_value=100, **options)


class LineIn(PartIn):
    """A line: price = round(quantity x unit price x (1 - discount)), tax = round(price x rate).

    Where prices include tax, tax = round(price x rate / (1 + rate)). With a tax code the rate, and
    the reason why there is none, come from the tax rates of the day of supply: `supplied_on`, or
    else the deal's day.
    """

    shown_only = frozenset({"id", "position", "net", "tax", "gross"})

    product = IdField(required=False, allow_null=True)
    description = serializers.CharField(required=False, allow_blank=True, max_length=500)
    quantity = RateField(max_digits=19, decimal_places=6)
    unit_price = MoneyField()
    discount_percent = percent(required=False)
    tax_rate_percent = percent(required=False)
    tax_code = serializers.CharField(required=False, allow_blank=True, max_length=40)
    tax_reason = serializers.CharField(required=False, allow_blank=True, max_length=200)
    supplied_on = serializers.DateField(required=False, allow_null=True)


class SplitIn(PartIn):
    """A person's share of the credit; the shares total exactly 100 %."""

    shown_only = frozenset({"valid_from", "valid_to"})

    payee = IdField()
    share_percent = percent()


class CreditIn(InputSerializer):
    """Who is credited from a day on, and why."""

    splits: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=SplitIn(), min_length=1, max_length=MAX_SPLITS
    )
    valid_from = serializers.DateField()
    reason = serializers.CharField(max_length=500)


class InstalmentIn(PartIn):
    """A part of the price; the parts sum exactly to the total."""

    shown_only = frozenset({"id", "position"})

    due_on = serializers.DateField()
    amount = MoneyField(allow_zero=False)
    kind = serializers.ChoiceField(choices=InstalmentKind.choices, required=False)


class TermsIn(InputSerializer):
    """What a deal costs and when it is due."""

    lines: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=LineIn(), required=False, max_length=MAX_LINES
    )
    instalments: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=InstalmentIn(), required=False, max_length=MAX_INSTALMENTS
    )
    prices_include_tax = serializers.BooleanField(required=False)
    terms = serializers.CharField(required=False, allow_blank=True, max_length=10_000)


class DealChangesIn(TermsIn):
    """What may be changed of a deal; terms only before it is won."""

    name = serializers.CharField(max_length=200)
    owner = IdField(required=False)
    stage = IdField(required=False, allow_null=True)
    project = IdField(required=False, allow_null=True)
    source = serializers.CharField(  # type: ignore[assignment]  # DRF takes fields off the class
        required=False, allow_blank=True, max_length=80
    )
    expected_close_on = serializers.DateField(required=False, allow_null=True)
    deal_on = serializers.DateField(required=False)
    currency = serializers.CharField(required=False, max_length=3)
    splits: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=SplitIn(), required=False, max_length=MAX_SPLITS
    )
    remarks = serializers.CharField(required=False, allow_blank=True, max_length=5000)
    external_id = serializers.CharField(required=False, allow_null=True, max_length=100)

    def validate_currency(self, currency: str) -> str:
        """Refuse what is no ISO 4217 code."""
        if not is_payable(currency):
            raise serializers.ValidationError("This is not an ISO 4217 currency code.")
        return currency


class DealIn(DealChangesIn):
    """A new deal, with its lines, splits and instalments. Payments extend it by a first payment."""

    client = CodeOrIdField()
    status = serializers.ChoiceField(
        choices=[DealStatus.DRAFT.value, DealStatus.OPEN.value, DealStatus.WON.value],
        required=False,
    )


class AmendmentIn(TermsIn):
    """New terms of a won deal, and why."""

    reason = serializers.CharField(max_length=500)


class DealQuery(QuerySerializer):
    """What a list of deals may be asked for."""

    orderings = ("created_at", "updated_at", "deal_on", "expected_close_on", "name", "total")

    status = serializers.ChoiceField(choices=DealStatus.choices, required=False)
    owner = serializers.UUIDField(required=False)
    client = CodeOrIdField(required=False)
    stage = serializers.UUIDField(required=False)
    project = serializers.UUIDField(required=False)
    team = serializers.UUIDField(
        required=False, help_text="Deals of the people who belong to the team today."
    )
    currency = serializers.CharField(required=False, max_length=3)
    amount_min = RateField(required=False, min_value=0, max_digits=19, decimal_places=4)
    created_after = serializers.DateTimeField(required=False)
    created_before = serializers.DateTimeField(required=False)
    updated_since = serializers.DateTimeField(
        required=False, help_text="Changed since then, archived deals included."
    )
    external_id = serializers.CharField(required=False, max_length=100)
    search = SearchField(help_text="Part of the deal's name or code, or of the client's name.")

    def validate_currency(self, currency: str) -> str:
        """Refuse what is no ISO 4217 code."""
        if not is_payable(currency):
            raise serializers.ValidationError("This is not an ISO 4217 currency code.")
        return currency

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse an amount without the currency that it counts in."""
        if "amount_min" in attrs and "currency" not in attrs:
            message = "Say in which currency the amount counts."
            raise serializers.ValidationError({"currency": message}, code="required")
        return attrs


class ReasonIn(InputSerializer):
    """Why."""

    reason = serializers.CharField(max_length=500)


def as_new_deal(values: dict[str, Any]) -> NewDeal:
    """Return the validated values of a DealIn as a NewDeal."""
    header = {name: values[name] for name in HEADER if name in values}
    header |= {column: values[name] for name, column in HEADER_COLUMNS.items() if name in values}
    optional = {name: values[name] for name in OPTIONAL if name in values}
    return NewDeal(
        client=values["client"],
        lines=lines_of(values.get("lines", ())),
        splits=splits_of(values.get("splits", ())),
        instalments=instalments_of(values.get("instalments", ())),
        **header,
        **optional,
    )


def as_deal_changes(values: dict[str, Any]) -> DealChanges:
    """Return the validated values of a DealChangesIn as DealChanges."""
    header = {name: values[name] for name in HEADER if name in values}
    header |= {column: values[name] for name, column in HEADER_COLUMNS.items() if name in values}
    splits = splits_of(values["splits"]) if "splits" in values else None
    return DealChanges(header=header, terms=as_term_changes(values), splits=splits)


def as_term_changes(values: dict[str, Any]) -> TermChanges:
    """Return the validated values of a TermsIn as TermChanges."""
    return TermChanges(
        lines=lines_of(values["lines"]) if "lines" in values else None,
        instalments=instalments_of(values["instalments"]) if "instalments" in values else None,
        text=values.get("terms"),
        prices_include_tax=values.get("prices_include_tax"),
        currency=values.get("currency"),
    )


def lines_of(rows: Any) -> tuple[NewLine, ...]:
    """Return validated lines as NewLines."""
    return tuple(
        NewLine(**{_LINE_NAMES.get(name, name): row[name] for name in row}) for row in rows
    )


_LINE_NAMES = {"product": "product_id"}


def splits_of(rows: Any) -> tuple[NewSplit, ...]:
    """Return validated splits as NewSplits."""
    return tuple(
        NewSplit(payee_id=row["payee"], share_percent=row["share_percent"]) for row in rows
    )


def as_new_credit(values: dict[str, Any]) -> NewCredit:
    """Return the validated values of a CreditIn as a NewCredit."""
    return NewCredit(**{**values, "splits": splits_of(values["splits"])})


def instalments_of(rows: Any) -> tuple[NewInstalment, ...]:
    """Return validated instalments as NewInstalments."""
    return tuple(NewInstalment(**row) for row in rows)
