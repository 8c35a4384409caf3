from argparse import ArgumentParser
from typing import Any

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.events import Actor
from shared_apps.organizations.services import suspend_organization
from shared_apps.tenancy.management.base import PlatformCommand, find_organization


class Command(PlatformCommand):
    help = "Suspend an organization: people sign in, read and export, and change nothing."
    example = 'manage.py suspend_organization --organization acme --reason "Invoices of May unpaid"'

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Ask for the organization."""
        parser.add_argument("--organization", required=True, metavar="SLUG", help="its slug")
        parser.add_argument(
            "--reason", required=True, help="why; its administrators read it in the audit list"
        )

    def handle_platform(self, **options: Any) -> None:
        """Change the status; every process sees it within 5 seconds."""
        tenant = find_organization(options["organization"])
        suspend_organization(
            organization_id=tenant.id,
            by=Actor.system("suspend_organization"),
            at=utc_now(),
            reason=options["reason"],
        )
        self.stdout.write(f"{tenant.slug} is suspended.")
