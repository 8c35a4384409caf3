"""The organization's choices as they are typed, in the words of the API."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from shared_apps.organizations.settings import METHODS
from tenant_apps.portal.formatting import read_amount, type_rate
from tenant_apps.portal.forms.form import Form

WEEK = range(7)
ADDRESS = ("line1", "line2", "city", "postal_code", "region", "country")

# the parts of the room, each with the choices that its form changes
PARTS: Mapping[str, tuple[str, ...]] = {
    "organization": ("name", "legal_name", "tax_id", "email", "billing_address"),
    "branding": ("brand_colour", "invoice_locale", "payment_instructions", "invoice_footer"),
    "money": (
        "currency",
        "fiscal_year_start_month",
        "payment_terms_days",
        "discount_limit_percent",
        "write_off_tolerance",
    ),
    "time": ("timezone", "working_days", "working_hours"),
    "invoices": (
        "invoice_when",
        "invoice_days_before_due",
        "invoice_number_start",
        "send_invoices_on_issue",
        "reminders_enabled",
        "reminder_days",
        "reminder_before_due_days",
        "reminders_at_most",
    ),
    "verification": (
        "proof_required_methods",
        "verification_sla_hours",
        "review_lease_minutes",
        "review_assignment_hours",
    ),
}


def settings_body(form: Form, part: str) -> dict[str, Any]:
    """Return the choices of a part as the API reads them: every control of the form counts."""
    return {name: _READERS.get(name, _as_typed)(form, name) for name in PARTS[part]}


def typed_settings(shown: Mapping[str, Any], part: str) -> dict[str, Any]:
    """Return the choices of a part as they would be typed; `shown` is what the API shows."""
    return {name: _WRITERS.get(name, _as_shown)(shown[name]) for name in PARTS[part]}


def _as_typed(form: Form, name: str) -> Any:
    return form.value(f"/{name}")


def _amount(form: Form, name: str) -> str:
    return read_amount(str(form.value(f"/{name}")))


def _is_ticked(form: Form, name: str) -> bool:
    return bool(form.value(f"/{name}"))


def _address(form: Form, name: str) -> dict[str, str]:
    return {part: str(form.value(f"/{name}/{part}")) for part in ADDRESS}


def _days_of_week(form: Form, name: str) -> list[int]:
    return [day for day in WEEK if form.value(f"/{name}/d{day}")]


def _hours(form: Form, name: str) -> list[str]:
    return [str(form.value(f"/{name}/{end}"))[:5] for end in ("opens", "closes")]


def _methods(form: Form, name: str) -> list[str]:
    return [method for method in METHODS if form.value(f"/{name}/{method}")]


def _numbers(form: Form, name: str) -> list[str]:
    return [part.strip() for part in str(form.value(f"/{name}")).split(",") if part.strip()]


def _as_shown(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else str(value)


def _written(value: str) -> str:
    return type_rate(Decimal(value))


_READERS: Mapping[str, Callable[[Form, str], Any]] = {
    "billing_address": _address,
    "working_days": _days_of_week,
    "working_hours": _hours,
    "proof_required_methods": _methods,
    "reminder_days": _numbers,
    "send_invoices_on_issue": _is_ticked,
    "reminders_enabled": _is_ticked,
    "discount_limit_percent": _amount,
    "write_off_tolerance": _amount,
}
_WRITERS: Mapping[str, Callable[[Any], Any]] = {
    "working_days": lambda days: {f"d{day}": "true" for day in days},
    "working_hours": lambda hours: dict(zip(("opens", "closes"), hours, strict=True)),
    "proof_required_methods": lambda methods: dict.fromkeys(methods, "true"),
    "reminder_days": lambda days: ", ".join(map(str, days)),
    "send_invoices_on_issue": lambda value: "true" if value else "",
    "reminders_enabled": lambda value: "true" if value else "",
    "discount_limit_percent": _written,
    "write_off_tolerance": _written,
}
