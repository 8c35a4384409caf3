"""E-mail of an organization: it comes from its name and leads to its own host."""

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage

from shared_apps.tenancy.context import Tenant, current_tenant

# no machine answers it, an absence for example
BY_MACHINE = {"Auto-Submitted": "auto-generated"}


def address_at(tenant: Tenant, path: str) -> str:
    """Return the address of a page at an organization's primary host, from the domain table."""
    _host, colon, port = settings.BASE_DOMAIN.partition(":")
    return f"{settings.PUBLIC_SCHEME}://{tenant.host}{colon}{port}{path}"


def sender_of(tenant: Tenant) -> str:
    """Return the product's address under the name of an organization."""
    address = settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].rstrip(">")
    name = "".join(letter for letter in tenant.name if letter.isprintable() and letter not in '"\\')
    return f'"{name}" <{address}>'


def write_to(recipients: Sequence[str], *, subject: str, text: str) -> None:
    """Send an e-mail of the organization at work, plain text."""
    message = EmailMessage(
        subject=" ".join(subject.split()),
        body=text,
        from_email=sender_of(current_tenant()),
        to=recipients,
        headers=BY_MACHINE,
    )
    message.send()


def write_from_platform(recipients: Sequence[str], *, subject: str, text: str) -> None:
    """Send an e-mail of the platform itself, plain text."""
    EmailMessage(subject=subject, body=text, to=recipients, headers=BY_MACHINE).send()
