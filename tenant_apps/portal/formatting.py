"""Money, numbers, days and instants as the reader's language and the zone write them."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_interval, format_timedelta
from babel.numbers import (
    NumberFormatError,
    format_compact_currency,
    format_currency,
    format_decimal,
    format_percent,
    get_decimal_symbol,
    parse_decimal,
)
from django.utils.translation import gettext

from shared_apps.kernel.money import Money
from shared_apps.kernel.wording import current_locale, written
from shared_apps.tenancy.context import current_tenant

A_MINUTE = timedelta(minutes=1)
# no letters: "1e999999999" is a number to some readers, and a very long one
LONG_NUMBER = re.compile("[0-9]{4}")
WRITTEN_NUMBER = re.compile("[-+]?[0-9.,'\u2019]{1,40}")


def show_money(money: Money) -> str:
    """Return an amount with its currency: "$1,234.50"."""
    return written(money)


def show_money_shortly(money: Money) -> str:
    """Return an amount for an axis: "$20K"; where thousands have no short word, "20.000 €"."""
    locale = current_locale()
    short = format_compact_currency(money.amount, money.currency, locale=locale, fraction_digits=1)
    if not LONG_NUMBER.search(short):
        return short
    whole = locale.currency_formats["standard"].pattern.replace(".00", "")
    return format_currency(money.amount, money.currency, whole, locale, currency_digits=False)


def show_number(number: Decimal | int) -> str:
    """Return a plain number without trailing zeros."""
    return format_decimal(
        Decimal(number).normalize(), locale=current_locale(), decimal_quantization=False
    )


def show_percent(percent: Decimal | int) -> str:
    """Return 12.5 as "12.5%"."""
    return format_percent(
        Decimal(percent) / 100, locale=current_locale(), decimal_quantization=False
    )


def show_country(code: str) -> str:
    """Return a country from its code: "Germany"; the code of one that is not known."""
    return str(current_locale().territories.get(code, code))


def show_day(day: date, pattern: str = "medium") -> str:
    """Return a day; `pattern` is one of CLDR's lengths or a pattern of its letters."""
    return format_date(day, format=pattern, locale=current_locale())


def show_days(first: date, last: date) -> str:
    """Return a span of days shortly: "Oct 1 to 25", in the reader's way."""
    return format_interval(first, last, skeleton="MMMd", locale=current_locale())


def show_month(day: date) -> str:
    """Return the month of a day: "Mar"."""
    return format_date(day, format="LLL", locale=current_locale())


def show_month_name(month: int) -> str:
    """Return the name of a month from its number: "March"."""
    return format_date(date(2024, month, 1), format="LLLL", locale=current_locale())


def show_month_and_year(day: date) -> str:
    """Return the month of a day with its year: "March 2026"."""
    return format_date(day, format="LLLL y", locale=current_locale())


def show_period(period: str) -> str:
    """Return a month ("2026-11") as "November 2026"; another period as it is written."""
    try:
        return show_month_and_year(date.fromisoformat(f"{period}-01"))
    except ValueError:
        return period


def show_moment(at: datetime) -> str:
    """Return an instant in the zone of the organization at work."""
    return written(at.astimezone(ZoneInfo(current_tenant().timezone)))


def show_age(since: datetime, *, at: datetime) -> str:
    """Return how long ago something was: "3 hours ago"; less than a minute is just now."""
    if abs(at - since) < A_MINUTE:
        return gettext("just now")
    return format_timedelta(
        since - at, add_direction=True, granularity="minute", locale=current_locale()
    )


def type_amount(number: Decimal) -> str:
    """Return a number as the reader would type it, every digit kept: "1234,50" in German."""
    return f"{number:f}".replace(".", get_decimal_symbol(current_locale()))


def type_rate(number: Decimal) -> str:
    """Return a number as the reader would type it, without the zeros at its end."""
    return type_amount(number.normalize())


def read_amount(text: str) -> str:
    """Return an amount or a rate typed in the reader's way as plain digits.

    The reader's way comes first: "1.000" is a thousand in German. What cannot be read that way
    stays as it was typed: plain digits ("1234.50") are understood in every language, and whoever
    checks the rest says what is wrong.
    """
    plain = text.strip().replace("\u00a0", "").replace(" ", "")
    if not WRITTEN_NUMBER.fullmatch(plain):
        return plain
    try:
        return f"{parse_decimal(plain, locale=current_locale(), strict=True):f}"
    except NumberFormatError:
        return plain
