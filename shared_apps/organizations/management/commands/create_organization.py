from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.utils.timezone import now

from shared_apps.organizations.services import (
    FirstOwner,
    NewOrganization,
    provision_organization,
    request_organization,
)
from shared_apps.tenancy.context import Tenant
from shared_apps.tenancy.management.base import PlatformCommand


class Command(PlatformCommand):
    help = "Found an organization: subdomain, schema, roles and an invited owner."
    example = (
        'manage.py create_organization --slug acme --name "Acme Inc" --currency USD '
        "--timezone Europe/Berlin --owner-email olga@acme.example --owner-name 'Olga Owner'"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the organization and its owner."""
        parser.add_argument("--slug", required=True, help="subdomain, e.g. acme")
        parser.add_argument("--name", required=True, help="name that people see")
        parser.add_argument("--currency", required=True, help="ISO 4217 code, e.g. USD")
        parser.add_argument("--timezone", default="UTC", help="IANA zone, e.g. Europe/Berlin")
        parser.add_argument("--legal-name", default="", help="name on invoices")
        parser.add_argument("--tax-id", default="", help="tax number on invoices")
        parser.add_argument("--email", default="", help="address on invoices")
        parser.add_argument("--street", default="", help="street of the billing address")
        parser.add_argument("--city", default="", help="city of the billing address")
        parser.add_argument("--postal-code", default="", help="postal code of the billing address")
        parser.add_argument("--country", default="", help="ISO 3166 code, e.g. DE")
        parser.add_argument("--owner-email", required=True, help="address of the first owner")
        parser.add_argument("--owner-name", required=True, help='"First Last" of the first owner')

    def handle_platform(self, **options: Any) -> None:
        """Write the wish down and provision it."""
        first, _, last = str(options["owner_name"]).strip().partition(" ")
        owner = FirstOwner(email=options["owner_email"], first_name=first, last_name=last.strip())
        organization = request_organization(_new_organization(options))
        tenant = provision_organization(organization_id=organization.pk, owner=owner, at=now())
        self.stdout.write(f"{tenant.slug} answers at {_address(tenant)} (schema {tenant.schema}).")
        self.stdout.write(
            f"{owner.email} gets an invitation by e-mail (printed in the worker's log while "
            "EMAIL_URL is unset); its link leads to the first password."
        )


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
