"""Sentences with values in them, in the language of whoever reads."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Protocol, runtime_checkable

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext

SOURCE = "en"

_on_page: ContextVar[bool] = ContextVar("on_page", default=False)


@runtime_checkable
class Amount(Protocol):
    """Money, as far as a sentence needs it."""

    @property
    def amount(self) -> Decimal:
        """Return how much."""

    @property
    def currency(self) -> str:
        """Return of which currency."""


def worded(text: str, /, **values: Any) -> str:
    """Return a sentence with its values: "At most %(left)s can be credited.".

    The text is looked up in the catalog of the language at work; amounts, numbers, days and
    instants, these in the zone at work, are written its way. For programs English keeps them as
    the API writes them: "1234.50 USD", "2026-03-02", "2026-03-02 14:00 UTC"; on a page
    (`as_on_pages`) they stand as the page shows its own.
    """
    return gettext(text) % {name: shown(value) for name, value in values.items()}


@contextmanager
def as_on_pages() -> Iterator[None]:
    """Write the values of sentences as pages do, "$1,234.50", while a page is answered."""
    before = _on_page.set(True)
    try:
        yield
    finally:
        _on_page.reset(before)


def shown(value: Any) -> str:
    """Return an amount, a number, a day or an instant as the language at work writes it."""
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    if _on_page.get():
        return written(value) if isinstance(value, Amount | date) else _locally(value)
    is_english = (get_language() or SOURCE).startswith(SOURCE)
    return _plainly(value) if is_english else _locally(value)


def _plainly(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M %Z}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _locally(value: Any) -> str:
    if isinstance(value, Amount):
        return f"{_locally(value.amount)} {value.currency}"
    if isinstance(value, Decimal | int):
        return number_format(value, force_grouping=True)
    if isinstance(value, datetime):
        return f"{date_format(value, 'SHORT_DATETIME_FORMAT')} {value:%Z}"
    return date_format(value, "SHORT_DATE_FORMAT") if isinstance(value, date) else str(value)


def written(value: Amount | date) -> str:
    """Return an amount, a day or a local instant as pages show it, in the language at work.

    "$1,234.50", "Mar 2, 2026", "Mar 2, 2026, 3:00 PM".
    """
    locale = current_locale()
    if isinstance(value, Amount):
        return format_currency(value.amount, value.currency, locale=locale)
    if not isinstance(value, datetime):
        return format_date(value, format="medium", locale=locale)
    day, time = locale.date_formats["medium"].pattern, locale.time_formats["short"].pattern
    return format_datetime(value, f"{day}, {time}", locale=locale)


def current_locale() -> Locale:
    """Return the locale of the language at work."""
    return _locale(get_language() or SOURCE)


@lru_cache(maxsize=32)
def _locale(language: str) -> Locale:
    return Locale.parse(language, sep="-")
