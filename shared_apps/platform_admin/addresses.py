"""Where organizations answer, as links say it."""

from django.conf import settings

from shared_apps.tenancy.context import Tenant


def address_of(tenant: Tenant) -> str:
    """Return the address of an organization's start, from the table of domains."""
    return f"{settings.PUBLIC_SCHEME}://{tenant.host}{port()}/"


def port() -> str:
    """Return ":8000" where the product answers at a port of its own, else nothing."""
    _, colon, number = settings.BASE_DOMAIN.partition(":")
    return f"{colon}{number}"
