"""`manage.py canary --organization left`: say whose table a command reads, and leave a trace."""

from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction

from shared_apps.tenancy.context import Tenant
from shared_apps.tenancy.management.base import OrganizationCommand
from tests.isolation.world import PlannedFailure, read_canary, write_canary


class Command(OrganizationCommand):
    """Print the canary of one organization."""

    example = "manage.py canary --organization left"

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask for the organization, and whether to fail half way."""
        super().add_arguments(parser)
        parser.add_argument("--fail", action="store_true", help="fail after writing")

    @transaction.atomic
    def handle_organization(self, tenant: Tenant, **options: Any) -> None:
        """Write under the name of the organization, then print whose table it was."""
        write_canary(tenant.slug)
        if options["fail"]:
            raise PlannedFailure
        self.stdout.write(read_canary())
