"""What the analytics API reads and shows."""

from rest_framework import serializers

from shared_apps.web.serializers import MoneyOut, OutputSerializer, QuerySerializer
from tenant_apps.analytics.periods import PeriodKind


class DashboardQuery(QuerySerializer):
    """Which days to sum."""

    period = serializers.ChoiceField(
        choices=[kind.value for kind in PeriodKind], default=PeriodKind.MONTH.value
    )
    as_of = serializers.DateField(required=False, help_text="Sum up to this day; default: today.")


class DaysOut(OutputSerializer):
    """Days of the organization, both included."""

    first = serializers.DateField()
    last = serializers.DateField()


class TileOut(OutputSerializer):
    """A sum over days, one amount per currency."""

    measure = serializers.CharField()
    days = DaysOut()
    amounts = serializers.ListField(child=MoneyOut())


class AwaitingOut(OutputSerializer):
    """What waits in one currency."""

    amount = MoneyOut()
    count = serializers.IntegerField()


class AwaitingTileOut(OutputSerializer):
    """What waits for a verifier at an instant."""

    measure = serializers.CharField()
    at = serializers.DateTimeField()
    waiting = AwaitingOut(many=True)


class MonthOut(OutputSerializer):
    """The amounts of one month, one per currency."""

    month = serializers.CharField()
    amounts = serializers.ListField(child=MoneyOut())


class MonthsTileOut(OutputSerializer):
    """Sums by month."""

    measure = serializers.CharField()
    days = DaysOut()
    months = MonthOut(many=True)


class DashboardOut(OutputSerializer):
    """The figures within one's scope; commission is null for who may not see any."""

    scope = serializers.ChoiceField(choices=["own", "team", "peers", "all"])
    period = serializers.ChoiceField(choices=[kind.value for kind in PeriodKind])
    as_of = serializers.DateField()
    booked = TileOut(help_text="Totals of won deals net of tax, by the day of the win.")
    collected = TileOut(
        help_text="Verified money applied to won deals, net of tax, by the day of application."
    )
    awaiting_verification = AwaitingTileOut(
        help_text="What one's scope is credited with of the submitted payments, gross, as of now."
    )
    commission = TileOut(allow_null=True, help_text="Accrued, by commission day.")
    commission_by_month = MonthsTileOut(
        allow_null=True, help_text="Accrued, by the month of the commission day."
    )
