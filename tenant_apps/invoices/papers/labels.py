"""The words on papers, in each language, and dates, numbers and money as they are written there."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent

from shared_apps.kernel.money import Money, exponent_of

_WORDS: Mapping[str, Mapping[str, str]] = tomllib.loads(
    (Path(__file__).parent / "words.toml").read_text(encoding="utf-8")
)
LOCALES = tuple(_WORDS)
_RIGHT_TO_LEFT = frozenset({"ar", "he"})


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language, and how numbers are written in one locale."""

    labels: Mapping[str, str]
    locale: Locale

    def __getitem__(self, key: str) -> str:
        return self.labels[key]

    @property
    def is_right_to_left(self) -> bool:
        """Return whether lines begin on the right."""
        return self.locale.language in _RIGHT_TO_LEFT

    def say(self, key: str, **values: object) -> str:
        """Return a sentence with its values."""
        return self.labels[key].format(**values)

    def day(self, day: date) -> str:
        """Return a day as it is written out."""
        return format_date(day, format="long", locale=self.locale)

    def money(self, money: Money) -> str:
        """Return an amount with its currency, at the currency's exponent."""
        pattern = f"¤¤ {self._figure(money.currency)}"
        return format_currency(money.amount, money.currency, format=pattern, locale=self.locale)

    def money_in_text(self, money: Money) -> str:
        """Return an amount in a sentence: its code stands where the language puts a currency."""
        figure = self._figure(money.currency)
        usual = self.locale.currency_formats["standard"].pattern
        pattern = f"¤¤ {figure}" if usual.startswith("¤") else f"{figure}\xa0¤¤"
        return format_currency(money.amount, money.currency, format=pattern, locale=self.locale)

    def figure(self, money: Money) -> str:
        """Return an amount without its currency, for a column of one currency."""
        return format_decimal(money.amount, self._figure(money.currency), locale=self.locale)

    def number(self, number: Decimal) -> str:
        """Return a quantity with up to six decimals."""
        return format_decimal(number, "#,##0.######", locale=self.locale)

    def number_of(self, position: int) -> str:
        """Return a position in a list."""
        return format_decimal(position, "#", locale=self.locale)

    def percent(self, percent: Decimal) -> str:
        """Return a rate: Decimal(19) is 19 %."""
        return format_percent(percent / 100, locale=self.locale, decimal_quantization=False)

    def country(self, code: str) -> str:
        """Return a country's name, or the code when there is none."""
        return str(self.locale.territories.get(code.upper(), code))

    def _figure(self, currency: str) -> str:
        decimals = "0" * exponent_of(currency)
        return f"#,##0.{decimals}" if decimals else "#,##0"


def words_of(locale: str) -> Words:
    """Return the words of a locale ("de", "de_AT"); English for what is not there."""
    try:
        parsed = Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        parsed = Locale("en")
    language = parsed.language if parsed.language in _WORDS else "en"
    return Words(
        {**_WORDS["en"], **_WORDS[language]},
        parsed if language == parsed.language else Locale("en"),
    )
