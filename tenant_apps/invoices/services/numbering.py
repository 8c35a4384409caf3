"""What the numbers of issued papers forbid."""

from shared_apps.kernel.errors import DomainError
from tenant_apps.invoices.models import Series, SeriesType


class SeriesBegun(DomainError):
    """An invoice has a number: the numbers of its series are first to last without a gap."""

    code, status = "series_begun", 409
    message = "Invoices have been issued, so the first number of the series cannot change any more."


def refuse_other_start() -> None:
    """Refuse another first number once an invoice has one. Raises: SeriesBegun."""
    if Series.objects.filter(series_type=SeriesType.INVOICE).exists():
        raise SeriesBegun
