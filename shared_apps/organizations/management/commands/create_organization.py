from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.utils.timezone import now

from shared_apps.organizations.models import Organization
from shared_apps.organizations.selectors import find_unfinished
from shared_apps.organizations.services import (
    FirstOwner,
    NewOrganization,
    SlugTaken,
    provision_organization,
    request_organization,
)
from shared_apps.tenancy.context import Tenant
from shared_apps.tenancy.management.base import BadInput, PlatformCommand, find_organization

NEEDED = ("name", "currency", "owner_email", "owner_name")


class Command(PlatformCommand):
    help = (
        "Found an organization: subdomain, schema, roles and an invited owner. One whose founding "
        "was interrupted is completed by the worker, or at once with --resume."
    )
    example = (
        'manage.py create_organization --slug acme --name "Acme Inc" --currency USD '
        "--timezone Europe/Berlin --owner-email olga@acme.example --owner-name 'Olga Owner'\n"
        "  manage.py create_organization --resume acme"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the organization and its owner."""
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--slug", help="subdomain of a new organization, e.g. acme")
        which.add_argument(
            "--resume", metavar="SLUG", help="go on with one that is written down and unfinished"
        )
        parser.add_argument("--name", help="name that people see")
        parser.add_argument("--currency", help="ISO 4217 code, e.g. USD")
        parser.add_argument("--timezone", default="UTC", help="IANA zone, e.g. Europe/Berlin")
        parser.add_argument("--legal-name", default="", help="name on invoices")
        parser.add_argument("--tax-id", default="", help="tax number on invoices")
        parser.add_argument("--email", default="", help="address on invoices")
        parser.add_argument("--street", default="", help="street of the billing address")
        parser.add_argument("--city", default="", help="city of the billing address")
        parser.add_argument("--postal-code", default="", help="postal code of the billing address")
        parser.add_argument("--country", default="", help="ISO 3166 code, e.g. DE")
        parser.add_argument("--owner-email", help="address of the first owner")
        parser.add_argument("--owner-name", help='"First Last" of the first owner')

    def handle_platform(self, **options: Any) -> None:
        """Write the wish down, or find it, and provision it."""
        owner = _owner(options)
        organization = _unfinished(options["resume"]) if options["resume"] else _new(options)
        tenant = provision_organization(organization_id=organization.pk, owner=owner, at=now())
        self.stdout.write(f"{tenant.slug} answers at {_address(tenant)} (schema {tenant.schema}).")
        self.stdout.write(
            f"{owner.email if owner else 'The owner'} gets an invitation by e-mail (printed in the "
            "worker's log while EMAIL_URL is unset); its link leads to the first password."
        )


def _new(options: dict[str, Any]) -> Organization:
    """Write the organization down. Raises: BadInput, SlugTaken, ValidationFailed."""
    if missing := [f"--{name.replace('_', '-')}" for name in NEEDED if not options[name]]:
        raise BadInput(f"A new organization needs {' and '.join(missing)} as well.")
    try:
        return request_organization(_new_organization(options), owner=_owner(options))
    except SlugTaken:
        unfinished = find_unfinished(options["slug"])
        if unfinished is None:
            raise
        raise BadInput(
            f"{unfinished.slug!r} is written down and not finished ({_state(unfinished)}); "
            f"`manage.py create_organization --resume {unfinished.slug}` goes on, with "
            "--owner-email and --owner-name where another owner is meant."
        ) from None


def _unfinished(slug: str) -> Organization:
    """Return the organization to go on with. Raises: BadInput."""
    found = find_unfinished(slug)
    if found is None:
        tenant = find_organization(slug)
        raise BadInput(f"{slug!r} is complete: it answers at {_address(tenant)} ({tenant.status}).")
    return found


def _state(organization: Organization) -> str:
    failure = " ".join(organization.failure.split())
    return f"{organization.status}: {failure}" if failure else organization.status


def _owner(options: dict[str, Any]) -> FirstOwner | None:
    """Return the owner whom the options name, if any. Raises: BadInput for half an owner."""
    email, name = options["owner_email"], options["owner_name"]
    if not email and not name:
        return None
    if not email or not name:
        raise BadInput("--owner-email and --owner-name belong together.")
    first, _, last = str(name).strip().partition(" ")
    return FirstOwner(email=email, first_name=first, last_name=last.strip())


def _address(tenant: Tenant) -> str:
    _, colon, port = settings.BASE_DOMAIN.partition(":")
    return f"{settings.PUBLIC_SCHEME}://{tenant.host}{colon}{port}/"


def _new_organization(options: dict[str, Any]) -> NewOrganization:
    address = {
        "street": options["street"],
        "city": options["city"],
        "postal_code": options["postal_code"],
        "country": options["country"],
    }
    return NewOrganization(
        slug=options["slug"],
        name=options["name"],
        currency=options["currency"],
        timezone=options["timezone"],
        legal_name=options["legal_name"],
        tax_id=options["tax_id"],
        email=options["email"],
        billing_address={key: value for key, value in address.items() if value},
    )
