"""Lists that are the same for everyone: currencies, countries, time zones."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.core import get_global

from shared_apps.kernel.money import exponent_of, is_currency
from shared_apps.kernel.wording import current_locale

# two letters that are no country of ISO 3166-1: reserved codes, unions, islands of another code
NOT_COUNTRIES = frozenset(
    {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}
)
REGIONS = frozenset(
    {
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    }
)
_ENGLISH = Locale("en")


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency that is tender somewhere today: ISO 4217 code, name, symbol, decimals."""

    code: str
    name: str
    symbol: str
    decimals: int


@dataclass(frozen=True, slots=True)
class Country:
    """A country of ISO 3166-1, with the currency that is tender there."""

    code: str
    name: str
    currency: str | None


@dataclass(frozen=True, slots=True)
class TimeZone:
    """A zone of the IANA database and its distance from UTC ("+01:00") at an instant."""

    name: str
    utc_offset: str


@lru_cache(maxsize=1)
def list_currencies() -> tuple[Currency, ...]:
    """Return the currencies in use, by code."""
    in_use = {code for country in _country_codes() for code in _tender_of(country)}
    return tuple(
        Currency(
            code=code,
            name=_ENGLISH.currencies.get(code, code),
            symbol=_ENGLISH.currency_symbols.get(code, code),
            decimals=exponent_of(code),
        )
        for code in sorted(in_use)
    )


def name_of_currency(code: str) -> str:
    """Return a currency in the language at work: "US Dollar"; the code of one not known."""
    return str(current_locale().currencies.get(code, code))


def currency_choices(*, first: str = "") -> list[tuple[str, str]]:
    """Return what selects of currencies offer, in the language at work; `first` comes first."""
    found = sorted(list_currencies(), key=lambda each: (each.code != first, each.code))
    codes = [each.code for each in found]
    return [(code, f"{code} · {name_of_currency(code)}") for code in codes]


@lru_cache(maxsize=1)
def list_countries() -> tuple[Country, ...]:
    """Return the countries by name."""
    countries = [
        Country(code, _ENGLISH.territories[code], next(iter(_tender_of(code)), None))
        for code in _country_codes()
    ]
    return tuple(sorted(countries, key=lambda country: (country.name, country.code)))


def list_time_zones(*, at: datetime) -> tuple[TimeZone, ...]:
    """Return the zones that people live in, and UTC, by name, with their distance from UTC."""
    return tuple(TimeZone(name, _offset(name, at)) for name in _zone_names())


@lru_cache(maxsize=1)
def _country_codes() -> tuple[str, ...]:
    territories = (str(code) for code in _ENGLISH.territories)
    codes = (code for code in territories if len(code) == 2 and code.isalpha())
    return tuple(sorted(code for code in codes if code not in NOT_COUNTRIES))


def _tender_of(country: str) -> list[str]:
    """Return the currencies that are tender in a country today, the newest first."""
    history = get_global("territory_currencies").get(country, [])
    current = [
        (start, code)
        for code, start, end, is_tender in history
        if end is None and is_tender and is_currency(code)
    ]
    return [code for _start, code in sorted(current, key=_by_newest)]


def _by_newest(entry: tuple[tuple[int, int, int] | None, str]) -> tuple[int, str]:
    start, code = entry
    year, month, day = start or (0, 0, 0)
    return -(year * 10_000 + month * 100 + day), code


@lru_cache(maxsize=1)
def _zone_names() -> tuple[str, ...]:
    named = (zone for zone in available_timezones() if zone.split("/")[0] in REGIONS)
    return ("UTC", *sorted(zone for zone in named if "/" in zone))


def _offset(zone: str, at: datetime) -> str:
    plain = at.astimezone(ZoneInfo(zone)).strftime("%z")
    return f"{plain[:3]}:{plain[3:5]}"
