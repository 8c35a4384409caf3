from argparse import ArgumentParser
from typing import Any

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.events import Actor
from shared_apps.tenancy.context import Tenant, use_tenant
from shared_apps.tenancy.directory import get_directory
from shared_apps.tenancy.management.base import PlatformCommand, find_organization
from tenant_apps.access.services import seed_roles


class Command(PlatformCommand):
    help = "Re-apply the role matrix to the built-in roles of one or all organizations."
    example = "manage.py setup_permissions --organization acme"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Ask for one organization; without it, all are brought in line."""
        parser.add_argument(
            "--organization", metavar="SLUG", help="only this organization (default: all)"
        )

    def handle_platform(self, **options: Any) -> None:
        """Apply the matrix and say what changed."""
        chosen = _chosen(options["organization"])
        if not chosen:
            self.stdout.write("No organizations yet; `manage.py create_organization` makes one.")
        for tenant in chosen:
            with use_tenant(tenant):
                changed = seed_roles(by=Actor.system("setup_permissions"), at=utc_now())
            self.stdout.write(f"{tenant.slug}: {'brought in line' if changed else 'unchanged'}")


def _chosen(slug: str | None) -> list[Tenant]:
    return list(get_directory().all_ready()) if slug is None else [find_organization(slug)]
