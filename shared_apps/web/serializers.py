"""What the API reads and writes: strict input, strict query parameters, money as strings."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, NoReturn

from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.fields import empty

from shared_apps.kernel.calendar import FIRST, LAST, is_in_calendar
from shared_apps.kernel.money import (
    UNPAYABLE,
    InvalidAmount,
    Money,
    UnknownCurrency,
    within_limit,
)
from shared_apps.kernel.wording import worded

_AMOUNT = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,6})?", re.ASCII)
_PART_OF_FIELD = re.compile(r"[.\[].*$", re.DOTALL)

MONEY_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "amount": {
            "type": "string",
            "pattern": r"^-?[0-9]{1,20}(\.[0-9]{1,4})?$",
            "description": "At the currency's exponent, as a string; below 10^12 when it is sent.",
            "examples": ["1234.50"],
        },
        "currency": {
            "type": "string",
            "pattern": "^[A-Z]{3}$",
            "description": "ISO 4217",
            "examples": ["USD"],
        },
    },
    "required": ["amount", "currency"],
    "additionalProperties": False,
}


def refuse_beyond_calendar(value: date) -> None:
    """Refuse a day or instant so far off that one day more or less would not exist.

    Raises: ValidationError.
    """
    if not is_in_calendar(value):
        message = worded("Choose a day between %(first)s and %(last)s.", first=FIRST, last=LAST)
        raise serializers.ValidationError(str(message), code="out_of_calendar")


class _Strict(serializers.Serializer[Any]):
    """Refuses by name what it does not know."""

    unknown_message: ClassVar[str] = "There is no field of this name."
    unknown_code: ClassVar[str] = "unknown_field"

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Return the declared fields; every day and instant stays within the calendar."""
        fields: dict[str, serializers.Field[Any, Any, Any, Any]] = super().get_fields()
        for field in fields.values():
            if isinstance(field, serializers.DateField | serializers.DateTimeField):
                field.validators = [*field.validators, refuse_beyond_calendar]
        return fields

    def to_internal_value(self, data: Any) -> Any:
        """Read `data`; what is refused here is reported together with every other problem."""
        refused = self._refused(data) if isinstance(data, Mapping) else {}
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if refused and isinstance(error.detail, dict):
                raise serializers.ValidationError({**error.detail, **refused}) from None
            raise
        if refused:
            raise serializers.ValidationError(refused)
        return values

    def accepted_names(self) -> set[str]:
        """Return the names that may be sent."""
        return {name for name, field in self.fields.items() if not field.read_only}

    def _refused(self, data: Mapping[str, Any]) -> dict[str, Any]:
        return self._unknown(data)

    def _unknown(self, data: Mapping[str, Any]) -> dict[str, list[ErrorDetail]]:
        names = {str(name) for name in data}
        if hasattr(data, "getlist"):  # a form writes lines[0]quantity and amount.currency
            names = {_PART_OF_FIELD.sub("", name) for name in names}
        error = [ErrorDetail(self.unknown_message, code=self.unknown_code)]
        return dict.fromkeys(sorted(names - self.accepted_names()), error)


class InputSerializer(_Strict):
    """The body of a request; unknown fields are refused by name, in nested objects too.

    A text is a string: DRF would keep the number 7 as "7".
    """

    def _refused(self, data: Mapping[str, Any]) -> dict[str, Any]:
        found = {name: _text_problem(self.fields[name], data[name]) for name in self._sent(data)}
        return {
            **self._unknown(data),
            **{name: problem for name, problem in found.items() if problem},
        }

    def _sent(self, data: Mapping[str, Any]) -> set[str]:
        return self.accepted_names() & set(data)


def _text_problem(field: object, value: object) -> Any:
    """Return DRF's error for a text that is a number, in a list of texts by its index."""
    if isinstance(field, serializers.ListField) and isinstance(value, list):
        found = {index: _text_problem(field.child, item) for index, item in enumerate(value)}
        return {index: problem for index, problem in found.items() if problem}
    if isinstance(field, serializers.CharField) and isinstance(value, int | float):
        return [ErrorDetail(str(field.error_messages["invalid"]), code="invalid")]
    return None


class QuerySerializer(_Strict):
    """The query parameters of a request; unknown ones are refused by name.

    `orderings` names what a list may be ordered by; `ordering=-name` reverses it. The names of
    paging are always known and never among the validated values.
    """

    unknown_message = "There is no query parameter of this name."
    unknown_code = "unknown_parameter"
    orderings: ClassVar[Sequence[str]] = ()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Return the declared fields, with `ordering` when there is something to order by."""
        fields = super().get_fields()
        if self.orderings:
            choices = [f"{sign}{name}" for name in self.orderings for sign in ("", "-")]
            fields.setdefault("ordering", serializers.ChoiceField(choices=choices, required=False))
        return fields


class OutputSerializer(serializers.Serializer[Any]):
    """The data of an answer. Fields are always present; what is unknown is null."""


class SearchField(serializers.CharField):
    """A search text: trimmed, at most 200 characters."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("max_length", 200)
        super().__init__(**kwargs)


@extend_schema_field(MONEY_SCHEMA)
class MoneyField(serializers.Field[Money, Any, dict[str, str], Any]):
    """`{"amount": "12.50", "currency": "USD"}` as Money, and back; never a float."""

    default_error_messages = {
        "invalid": 'Write money as {{"amount": "12.50", "currency": "USD"}}.',
        "not_exact": 'Send the amount as a string of digits such as "12.50", never as a float.',
        "amount": "{reason}",
        "currency": "This is not an ISO 4217 currency code.",
        "zero_or_more": gettext_lazy("The amount must be 0 or more."),
        "more_than_zero": gettext_lazy("The amount must be more than 0."),
    }

    def __init__(
        self, *, allow_negative: bool = False, allow_zero: bool = True, **kwargs: Any
    ) -> None:
        self.allow_negative, self.allow_zero = allow_negative, allow_zero
        super().__init__(**kwargs)

    def get_value(self, dictionary: Mapping[Any, Any]) -> Any:
        """Return the raw value; in a form `price.amount` and `price.currency` make one amount."""
        if not hasattr(dictionary, "getlist") or self.field_name in dictionary:
            return super().get_value(dictionary)
        parts = {
            part: dictionary[f"{self.field_name}.{part}"]
            for part in ("amount", "currency")
            if f"{self.field_name}.{part}" in dictionary
        }
        return parts or empty

    def to_internal_value(self, data: Any) -> Money:
        """Return the money that was sent."""
        amount, currency = self._parts(data)
        if isinstance(amount, bool) or not isinstance(amount, str | int):
            self.fail("not_exact")
        if not _AMOUNT.fullmatch(str(amount)):
            self._say_digits()
        if currency in UNPAYABLE:
            self.fail("currency")
        try:
            money = within_limit(Money.of(str(amount), currency))
        except UnknownCurrency:
            self.fail("currency")
        except InvalidAmount as error:
            self.fail("amount", reason=str(error))
        return self._within_bounds(money)

    def to_representation(self, value: Money) -> dict[str, str]:
        """Return the amount as a string beside its currency."""
        return value.as_json()

    def _parts(self, data: Any) -> tuple[Any, str]:
        if isinstance(data, str):  # a form's one text field
            try:
                data = json.loads(data, parse_float=lambda _: None)
            except ValueError:
                self.fail("invalid")
        if not isinstance(data, Mapping) or set(data) != {"amount", "currency"}:
            self.fail("invalid")
        if not isinstance(data["currency"], str):
            self.fail("currency")
        return data["amount"], data["currency"]

    def _within_bounds(self, money: Money) -> Money:
        if money.amount < 0 and not self.allow_negative:
            self._say_bound("zero_or_more" if self.allow_zero else "more_than_zero")
        if not money and not self.allow_zero:
            self._say_bound("more_than_zero")
        return money

    def _say_digits(self) -> NoReturn:
        """Refuse a text that is no amount, in words for people as well as for programs."""
        said = worded("Write the amount in digits, such as %(amount)s.", amount=Decimal("12.50"))
        raise serializers.ValidationError(said, code="not_exact")

    def _say_bound(self, key: str) -> NoReturn:
        raise serializers.ValidationError(self.error_messages[key], code="min_value")


MoneyOut = MoneyField


@extend_schema_field({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$", "examples": ["12.5"]})
class RateField(serializers.DecimalField):
    """A rate or a quantity: a decimal as a string, never a float, without trailing zeros."""

    default_error_messages = {"not_exact": 'Send it as a string such as "12.5", never as a float.'}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 19)
        kwargs.setdefault("decimal_places", 6)
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        """Return the decimal that was sent."""
        if isinstance(data, bool) or not isinstance(data, str | int):
            self.fail("not_exact")
        if not _AMOUNT.fullmatch(str(data)):
            self.fail("invalid")
        return super().to_internal_value(str(data))

    def to_representation(self, value: Decimal) -> str:
        """Return the decimal as a string, without trailing zeros or an exponent."""
        return f"{Decimal(value).normalize():f}"
