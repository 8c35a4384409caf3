"""What an organization may be: its name, its place, its first owner, its money."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from shared_apps.kernel.errors import ValidationFailed, check_filled
from shared_apps.kernel.wording import worded
from shared_apps.organizations.models import Organization, Provisioning
from shared_apps.web.reference import list_countries, list_currencies


@dataclass(frozen=True, kw_only=True)
class FirstOwner:
    """The person who will own the organization."""

    email: str
    first_name: str
    last_name: str


def check_currency(code: str) -> None:
    """Refuse what nobody pays with. Raises: ValidationFailed."""
    if code not in {known.code for known in list_currencies()}:
        raise ValidationFailed.at(
            "/currency", worded("'%(code)s' is no ISO 4217 code of money in use.", code=code)
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


def check_email(address: str, *, at: str = "/email") -> None:
    """Refuse what is no address. Raises: ValidationFailed."""
    check_filled(address, at=at)
    try:
        validate_email(address)
    except ValidationError:
        raise ValidationFailed.at(
            at, worded("'%(address)s' is not an e-mail address.", address=address)
        ) from None


def check_owner(owner: FirstOwner) -> None:
    """Refuse an owner who could not be invited. Raises: ValidationFailed."""
    check_email(owner.email, at="/owner_email")
    for name in ("email", "first_name", "last_name"):
        check_length(Provisioning, f"owner_{name}", getattr(owner, name))


def check_address(address: Mapping[str, str]) -> None:
    """Refuse a country that is none. Raises: ValidationFailed."""
    country = address.get("country", "")
    if country and country not in {known.code for known in list_countries()}:
        raise ValidationFailed.at(
            "/country",
            worded("'%(country)s' is not an ISO 3166 country code such as DE.", country=country),
        )


def check_length(model: type[Organization | Provisioning], name: str, text: str) -> None:
    """Refuse what is longer than its column. Raises: ValidationFailed."""
    field = model._meta.get_field(name)  # noqa: SLF001  Django's public face of a model
    longest: int | None = getattr(field, "max_length", None)
    if longest is not None and len(text) > longest:
        raise ValidationFailed.at(
            f"/{name}", worded("Must have at most %(longest)s characters.", longest=longest)
        )
