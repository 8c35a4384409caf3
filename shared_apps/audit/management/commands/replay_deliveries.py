from typing import Any

from django.core.management.base import CommandParser

from shared_apps.audit.delivery import replay, sweep
from shared_apps.audit.selectors import list_dead_deliveries
from shared_apps.tenancy.context import Tenant
from shared_apps.tenancy.management.base import OrganizationCommand


class Command(OrganizationCommand):
    help = "Announce again what an organization's events still owe; --dead revives the given up."
    example = "manage.py replay_deliveries --organization acme --dead"

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer to list or revive the dead."""
        super().add_arguments(parser)
        parser.add_argument("--dead", action="store_true", help="revive the dead ones as well")
        parser.add_argument("--list", action="store_true", help="only show the dead ones")

    def handle_organization(self, tenant: Tenant, **options: Any) -> None:
        """List, or revive and announce."""
        dead = list(list_dead_deliveries())
        if options["list"]:
            for row in dead:
                self.stdout.write(f"{row.pk}  {row.event.name} -> {row.reaction}: {row.last_error}")
            self.stdout.write(f"{len(dead)} dead in {tenant.slug}.")
            return
        revived = sum(replay(delivery_id=row.pk) for row in dead) if options["dead"] else 0
        self.stdout.write(f"{revived} revived, {sweep()} announced in {tenant.slug}.")
