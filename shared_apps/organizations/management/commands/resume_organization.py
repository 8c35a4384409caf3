from argparse import ArgumentParser
from typing import Any

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.events import Actor
from shared_apps.organizations.services import resume_organization
from shared_apps.tenancy.management.base import PlatformCommand, find_organization


class Command(PlatformCommand):
    help = "Resume a suspended organization."
    example = "manage.py resume_organization --organization acme"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Ask for the organization."""
        parser.add_argument("--organization", required=True, metavar="SLUG", help="its slug")
        parser.add_argument("--reason", default="", help="why; kept in the audit logs")

    def handle_platform(self, **options: Any) -> None:
        """Change the status; every process sees it within 5 seconds."""
        tenant = find_organization(options["organization"])
        resume_organization(
            organization_id=tenant.id,
            by=Actor.system("resume_organization"),
            at=utc_now(),
            reason=options["reason"],
        )
        self.stdout.write(f"{tenant.slug} is resumed.")
