"""/api/reference/: lists that are the same for everyone, for any signed-in person."""

from typing import ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.web.reference import list_countries, list_currencies, list_time_zones
from shared_apps.web.schema import documented
from shared_apps.web.serializers import OutputSerializer
from shared_apps.web.views import ApiViewSet


class CurrencyOut(OutputSerializer):
    """A currency of ISO 4217; `decimals` is how many an amount has."""

    code = serializers.CharField()
    name = serializers.CharField()
    symbol = serializers.CharField()
    decimals = serializers.IntegerField()


class CountryOut(OutputSerializer):
    """A country of ISO 3166-1 and the currency that is tender there."""

    code = serializers.CharField()
    name = serializers.CharField()
    currency = serializers.CharField(allow_null=True)


class TimeZoneOut(OutputSerializer):
    """A zone of the IANA database and its distance from UTC now."""

    name = serializers.CharField()
    utc_offset = serializers.CharField()


class ReferenceViewSet(ApiViewSet):
    """The reference lists, in numbered pages."""

    permissions: ClassVar[dict[str, str | None]] = {
        "currencies": None,
        "countries": None,
        "time_zones": None,
    }
    key_actions: ClassVar = frozenset({"currencies", "countries", "time_zones"})

    @documented(
        response=CurrencyOut,
        many=True,
        example={"code": "USD", "name": "US Dollar", "symbol": "$", "decimals": 2},
    )
    def currencies(self, _request: Request) -> Response:
        """List the currencies in use."""
        return self.page(list_currencies(), CurrencyOut)

    @documented(
        response=CountryOut,
        many=True,
        example={"code": "DE", "name": "Germany", "currency": "EUR"},
    )
    def countries(self, _request: Request) -> Response:
        """List the countries."""
        return self.page(list_countries(), CountryOut)

    @documented(
        response=TimeZoneOut,
        many=True,
        example={"name": "Europe/Berlin", "utc_offset": "+01:00"},
    )
    def time_zones(self, _request: Request) -> Response:
        """List the time zones."""
        return self.page(list_time_zones(at=self.at), TimeZoneOut)
