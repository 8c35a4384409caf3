"""An answer as one client would see it, for the API's documentation."""

from datetime import date
from typing import Any

from tenant_apps.analytics.periods import last_months

_DAYS = {"first": "2026-03-01", "last": "2026-03-02"}
_MONTHS = [f"{month:%Y-%m}" for month in last_months(date(2026, 3, 2), count=12)]


def _usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


DASHBOARD: dict[str, Any] = {
    "scope": "own",
    "period": "month",
    "as_of": "2026-03-02",
    "booked": {"measure": "booked", "days": _DAYS, "amounts": [_usd("700.00")]},
    "collected": {"measure": "collected", "days": _DAYS, "amounts": [_usd("280.00")]},
    "awaiting_verification": {
        "measure": "awaiting_verification",
        "at": "2026-03-02T11:00:00Z",
        "waiting": [{"amount": _usd("420.00"), "count": 1}],
    },
    "commission": {"measure": "commission_accrued", "days": _DAYS, "amounts": [_usd("14.00")]},
    "commission_by_month": {
        "measure": "commission_accrued",
        "days": {"first": "2025-04-01", "last": "2026-03-02"},
        "months": [
            {"month": month, "amounts": [_usd("14.00")] if month == _MONTHS[-1] else []}
            for month in _MONTHS
        ],
    },
}
