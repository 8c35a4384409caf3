"""`manage.py note_losses`: let invoices hear of what was given up before they knew of losses."""

from typing import Any

from django.core.management.base import CommandParser

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.money import Money
from shared_apps.tenancy.context import Tenant
from shared_apps.tenancy.management.base import OrganizationCommand
from tenant_apps.invoices.services import note_forgotten_losses


class Command(OrganizationCommand):
    """Give up what invoices ask for beyond what their deals owe."""

    help = (
        "Give up what invoices still ask for though their deal was written off, or its remainder "
        "given up, before an invoice was given up with its deal. Moves no money; done again it "
        "finds nothing."
    )
    example = "manage.py note_losses --organization acme --dry-run"

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask whether only to look."""
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")

    def handle_organization(self, tenant: Tenant, **options: Any) -> None:
        """Note the losses, one line each, and sum them up."""
        dry_run = bool(options["dry_run"])
        sums: dict[str, Money] = {}
        count = 0
        for loss in note_forgotten_losses(dry_run=dry_run, at=utc_now()):
            count += 1
            before = sums.get(loss.money.currency, Money.zero(loss.money.currency))
            sums[loss.money.currency] = before + loss.money
            self.stdout.write(f"{loss.invoice.number}: {loss.money} given up")
        what = ", ".join([f"{count} invoices", *map(str, sums.values())])
        verdict = "dry run, nothing written" if dry_run else "ok"
        self.stdout.write(f"note_losses: {verdict} ({tenant.slug}: {what})")
