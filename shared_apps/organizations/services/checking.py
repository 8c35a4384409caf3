"""What an organization may be called, where it may be, and in which money it may count."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from shared_apps.kernel.errors import ValidationFailed
from shared_apps.kernel.money import is_currency
from shared_apps.kernel.wording import worded


def check_currency(code: str) -> None:
    """Refuse what is no currency. Raises: ValidationFailed."""
    if not is_currency(code):
        raise ValidationFailed.at(
            "/currency", worded("'%(code)s' is not an ISO 4217 currency code.", code=code)
        )


def check_timezone(name: str) -> None:
    """Refuse what is no zone of the IANA database. Raises: ValidationFailed."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValidationFailed.at(
            "/timezone",
            worded("'%(name)s' is not an IANA time zone such as Europe/Berlin.", name=name),
        ) from None


def check_email(address: str) -> None:
    """Refuse what is no address. Raises: ValidationFailed."""
    try:
        validate_email(address)
    except ValidationError:
        raise ValidationFailed.at(
            "/email", worded("'%(address)s' is not an e-mail address.", address=address)
        ) from None
