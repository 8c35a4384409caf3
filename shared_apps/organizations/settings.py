"""What an organization can choose: validated when saved, typed when read."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import time
from decimal import Decimal
from typing import Any

from shared_apps.kernel.errors import ValidationFailed
from shared_apps.kernel.money import InvalidAmount, to_decimal
from shared_apps.kernel.wording import worded

MAX_DAYS = 365
MAX_TEXT = 1000
MAX_LEVELS = 6
INVOICE_POLICIES = ("on_verification", "on_win", "days_before_due")
ADDRESS = ("line1", "line2", "city", "postal_code", "region", "country")
METHODS = ("bank_transfer", "card", "cash", "cheque", "wallet", "other")


@dataclass(frozen=True, kw_only=True)
class OrganizationSettings:
    """The choices of one organization, with the product's defaults."""

    invoice_when: str = "on_verification"
    invoice_days_before_due: int = 14
    discount_limit_percent: Decimal = Decimal(15)
    proof_required_methods: tuple[str, ...] = ("bank_transfer", "cheque", "wallet", "other")
    invoice_number_start: int = 1
    payment_terms_days: int = 14
    working_days: tuple[int, ...] = (0, 1, 2, 3, 4)
    working_hours: tuple[time, time] = (time(9), time(17))
    verification_sla_hours: int = 8
    review_lease_minutes: int = 30
    review_assignment_hours: int = 72
    fiscal_year_start_month: int = 1
    write_off_tolerance: Decimal = Decimal(0)
    # what papers look like; `brand_logo` is the id of an uploaded picture
    invoice_locale: str = "en"
    brand_colour: str = ""
    brand_logo: str = ""
    payment_instructions: str = ""
    invoice_footer: str = ""
    # invoices by e-mail; reminders so many days after the due day, and a word before it (0: none)
    send_invoices_on_issue: bool = False
    reminders_enabled: bool = False
    reminder_days: tuple[int, ...] = (3, 10, 20)
    reminder_before_due_days: int = 0
    reminders_at_most: int = 6


def parse_settings(stored: Mapping[str, Any]) -> OrganizationSettings:
    """Return the settings that a JSON object holds; what it leaves out has the default.

    Raises: ValidationFailed, naming the setting.
    """
    known = {field.name for field in fields(OrganizationSettings)}
    for name in stored:
        if name not in known:
            raise ValidationFailed.at(f"/{name}", "There is no such setting.", code="unknown_field")
    return OrganizationSettings(**{name: _PARSERS[name](name, stored[name]) for name in stored})


def stored_form(chosen: OrganizationSettings) -> dict[str, Any]:
    """Return every setting as JSON keeps it and parse_settings reads it: decimals as text."""
    return {name: _plain(value) for name, value in asdict(chosen).items()}


def whole_address(stored: Mapping[str, Any]) -> dict[str, str]:
    """Return an address with all its parts; what founding called the street is the first line."""
    first = stored.get("line1") or stored.get("street") or ""
    return {"line1": first, **{part: stored.get(part) or "" for part in ADDRESS if part != "line1"}}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, time):
        return value.isoformat(timespec="minutes")
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _choice(name: str, value: Any) -> str:
    if value not in INVOICE_POLICIES:
        raise ValidationFailed.at(
            f"/{name}", worded("Must be one of %(names)s.", names=", ".join(INVOICE_POLICIES))
        )
    return str(value)


def _percent(name: str, value: Any) -> Decimal:
    try:
        percent = to_decimal(value)
    except InvalidAmount as error:
        raise ValidationFailed.at(f"/{name}", str(error)) from None
    if not 0 <= percent <= 100:
        raise ValidationFailed.at(f"/{name}", "Must be between 0 and 100.")
    return percent


def _whole(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValidationFailed.at(f"/{name}", "Must be a whole number, zero or more.")
    return value


def _days(name: str, value: Any) -> int:
    days = _whole(name, value)
    if days > MAX_DAYS:
        raise ValidationFailed.at(
            f"/{name}", worded("Must be at most %(most)s days.", most=MAX_DAYS)
        )
    return days


def _methods(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not set(value) <= set(METHODS):
        raise ValidationFailed.at(
            f"/{name}", worded("Must be a list of: %(names)s.", names=", ".join(METHODS))
        )
    return tuple(method for method in METHODS if method in value)


def _weekdays(name: str, value: Any) -> tuple[int, ...]:
    if not isinstance(value, list | tuple) or not set(value) <= set(range(7)):
        raise ValidationFailed.at(f"/{name}", "Must be a list of weekdays, 0 (Monday) to 6.")
    return tuple(sorted(set(value)))


def _hours(name: str, value: Any) -> tuple[time, time]:
    try:
        opens, closes = (time.fromisoformat(each) for each in value)
    except (TypeError, ValueError):
        raise ValidationFailed.at(f"/{name}", 'Must be two times, ["09:00", "17:00"].') from None
    if not opens < closes or opens.tzinfo or closes.tzinfo:
        raise ValidationFailed.at(f"/{name}", "Must close after it opens, on the same day.")
    return opens, closes


def _positive(name: str, value: Any) -> int:
    if _whole(name, value) == 0:
        raise ValidationFailed.at(f"/{name}", "Must be a whole number, one or more.")
    return int(value)


def _month(name: str, value: Any) -> int:
    month = _whole(name, value)
    if not 1 <= month <= 12:
        raise ValidationFailed.at(f"/{name}", "Must be a month, 1 (January) to 12.")
    return month


def _amount(name: str, value: Any) -> Decimal:
    try:
        amount = to_decimal(value)
    except InvalidAmount as error:
        raise ValidationFailed.at(f"/{name}", str(error)) from None
    if amount < 0:
        raise ValidationFailed.at(f"/{name}", "Must be zero or more.")
    return amount


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise ValidationFailed.at(
            f"/{name}", worded("Must be a text of at most %(most)s characters.", most=MAX_TEXT)
        )
    return value.strip()


def _yes_or_no(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValidationFailed.at(f"/{name}", "Must be true or false.")
    return value


def _rising_days(name: str, value: Any) -> tuple[int, ...]:
    if not isinstance(value, list | tuple) or len(value) > MAX_LEVELS:
        raise ValidationFailed.at(
            f"/{name}", worded("Must be a list of at most %(most)s days.", most=MAX_LEVELS)
        )
    days = tuple(_days(name, each) for each in value)
    if sorted(set(days)) != list(days):
        raise ValidationFailed.at(f"/{name}", "Must rise from each day to the next.")
    return days


def _pattern(pattern: str, example: str) -> Callable[[str, Any], str]:
    def parse(name: str, value: Any) -> str:
        if not isinstance(value, str) or (value and not re.fullmatch(pattern, value)):
            raise ValidationFailed.at(
                f"/{name}", worded("Must look like %(example)s.", example=example)
            )
        return value

    return parse


_PARSERS: dict[str, Callable[[str, Any], Any]] = {
    "invoice_when": _choice,
    "invoice_days_before_due": _days,
    "discount_limit_percent": _percent,
    "proof_required_methods": _methods,
    "invoice_number_start": _whole,
    "payment_terms_days": _whole,
    "working_days": _weekdays,
    "working_hours": _hours,
    "verification_sla_hours": _positive,
    "review_lease_minutes": _positive,
    "review_assignment_hours": _positive,
    "fiscal_year_start_month": _month,
    "write_off_tolerance": _amount,
    "invoice_locale": _pattern(r"[a-z]{2}([-_][A-Z]{2})?", "de or de-AT"),
    "brand_colour": _pattern(r"#[0-9a-fA-F]{6}", "#1f3a5f"),
    "brand_logo": _pattern(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "the id of a file"),
    "payment_instructions": _text,
    "invoice_footer": _text,
    "send_invoices_on_issue": _yes_or_no,
    "reminders_enabled": _yes_or_no,
    "reminder_days": _rising_days,
    "reminder_before_due_days": _days,
    "reminders_at_most": _whole,
}
