import json
from argparse import ArgumentParser
from typing import Any

from shared_apps.organizations.models import Organization
from shared_apps.organizations.selectors import as_tenant, list_organizations
from shared_apps.tenancy.management.base import PlatformCommand

COLUMNS = ("slug", "name", "host", "status", "currency", "timezone", "schema")


class Command(PlatformCommand):
    help = "List all organizations with host, status and schema."
    example = "manage.py list_organizations --json"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Offer JSON for machines."""
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle_platform(self, **options: Any) -> None:
        """Print one line for each."""
        rows = [_row(organization) for organization in list_organizations()]
        if options["json"]:
            self.stdout.write(json.dumps(rows, indent=2))
        elif not rows:
            self.stdout.write("No organizations yet; `manage.py create_organization` makes one.")
        else:
            self._print_table(rows)

    def _print_table(self, rows: list[dict[str, str]]) -> None:
        widths = {name: max(len(name), *(len(row[name]) for row in rows)) for name in COLUMNS}
        for row in [{name: name for name in COLUMNS}, *rows]:
            self.stdout.write("  ".join(row[name].ljust(widths[name]) for name in COLUMNS).rstrip())


def _row(organization: Organization) -> dict[str, str]:
    tenant = as_tenant(organization)
    return {name: str(getattr(tenant, name)) for name in COLUMNS}
