"""Sentences with values in them, in the language of whoever reads."""

from datetime import date
from decimal import Decimal
from typing import Any, Protocol, runtime_checkable

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext

SOURCE = "en"


@runtime_checkable
class Amount(Protocol):
    """Money, as far as a sentence needs it."""

    amount: Decimal
    currency: str


def worded(text: str, /, **values: Any) -> str:
    """Return a sentence with its values: "At most %(left)s can be credited.".

    The text is looked up in the catalog of the language at work; amounts, numbers and days are
    written its way. English keeps them as the API writes them: "1234.50 USD", "2026-03-02".
    """
    return gettext(text) % {name: shown(value) for name, value in values.items()}


def shown(value: Any) -> str:
    """Return an amount, a number or a day as a sentence of the language at work writes it."""
    is_english = (get_language() or SOURCE).startswith(SOURCE)
    return _plainly(value) if is_english else _locally(value)


def _plainly(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _locally(value: Any) -> str:
    if isinstance(value, Amount):
        return f"{_locally(value.amount)} {value.currency}"
    if isinstance(value, Decimal | int):
        return number_format(value, force_grouping=True)
    return date_format(value, "SHORT_DATE_FORMAT") if isinstance(value, date) else str(value)
