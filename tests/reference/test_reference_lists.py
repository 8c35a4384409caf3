"""Currencies, countries and time zones, for anyone who is signed in."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from moneyed import CURRENCIES

from shared_apps.kernel.money import exponent_of
from shared_apps.web.reference import list_countries, list_currencies, list_time_zones

WINTER = datetime(2026, 1, 15, 12, tzinfo=UTC)
SUMMER = datetime(2026, 7, 15, 12, tzinfo=UTC)


class TestCurrencies:
    def test_are_those_in_use_with_the_decimals_that_amounts_have(self) -> None:
        currencies = {currency.code: currency for currency in list_currencies()}
        assert {"USD", "EUR", "GBP", "JPY", "KWD", "CHF"} <= currencies.keys()
        assert (currencies["JPY"].decimals, currencies["KWD"].decimals) == (0, 3)
        assert currencies.keys() <= CURRENCIES.keys()
        for code, currency in currencies.items():
            assert currency.decimals == exponent_of(code)

    def test_leave_out_metals_test_codes_and_what_was_replaced(self) -> None:
        codes = {currency.code for currency in list_currencies()}
        assert not codes & {"XAU", "XXX", "XTS", "DEM", "FRF", "HRK"}


class TestCountries:
    def test_are_the_249_of_the_standard_by_name(self) -> None:
        countries = list_countries()
        assert len(countries) == 249
        assert [country.name for country in countries] == sorted(c.name for c in countries)

    def test_name_the_currency_of_today(self) -> None:
        tender = {country.code: country.currency for country in list_countries()}
        assert (tender["DE"], tender["HR"], tender["CH"], tender["AQ"]) == (
            "EUR",
            "EUR",
            "CHF",
            None,
        )


class TestTimeZones:
    def test_can_all_be_used(self) -> None:
        zones = list_time_zones(at=WINTER)
        assert len(zones) > 400
        for zone in zones:
            ZoneInfo(zone.name)

    @pytest.mark.parametrize(("at", "offset"), [(WINTER, "+01:00"), (SUMMER, "+02:00")])
    def test_know_the_season(self, at: datetime, offset: str) -> None:
        offsets = {zone.name: zone.utc_offset for zone in list_time_zones(at=at)}
        assert offsets["Europe/Berlin"] == offset
        assert offsets["UTC"] == "+00:00"
