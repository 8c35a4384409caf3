"""What an organization may be called, where it may be, and in which money it may count."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from shared_apps.kernel.errors import ValidationFailed
from shared_apps.kernel.money import is_currency


def check_currency(code: str) -> None:
    """Refuse what is no currency. Raises: ValidationFailed."""
    if not is_currency(code):
        raise ValidationFailed.at("/currency", f"{code!r} is not an ISO 4217 code.")


def check_timezone(name: str) -> None:
    """Refuse what is no zone of the IANA database. Raises: ValidationFailed."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValidationFailed.at(
            "/timezone", f"{name!r} is not an IANA time zone such as Europe/Berlin."
        ) from None


def check_email(address: str) -> None:
    """Refuse what is no address. Raises: ValidationFailed."""
    try:
        validate_email(address)
    except ValidationError:
        raise ValidationFailed.at("/email", f"{address!r} is not an e-mail address.") from None
