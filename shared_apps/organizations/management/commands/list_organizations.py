import json
from argparse import ArgumentParser
from datetime import UTC
from typing import Any

from shared_apps.kernel.clock import utc_now
from shared_apps.organizations.models import Organization, Provisioning
from shared_apps.organizations.selectors import UNFINISHED, as_tenant, list_organizations
from shared_apps.organizations.services import MAX_ATTEMPTS
from shared_apps.tenancy.management.base import PlatformCommand

COLUMNS = ("slug", "name", "host", "status", "currency", "timezone", "schema", "built_by", "note")


class Command(PlatformCommand):
    help = (
        "List all organizations with host, status, schema, how the schema was built, and why it "
        "failed or was not replayed from the blueprint."
    )
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
    values = {name: str(getattr(tenant, name)) for name in COLUMNS[:-2]}
    provisioning: Provisioning | None = getattr(organization, "provisioning", None)
    built_by = provisioning.built_by if provisioning else ""
    return {**values, "built_by": built_by, "note": _note(organization, provisioning)}


def _next(organization: Organization, provisioning: Provisioning) -> str:
    """Return who is at an unfinished organization, or when it is gone on with."""
    if organization.status not in UNFINISHED:
        return ""
    if provisioning.lease_until is not None and provisioning.lease_until > utc_now():
        until = provisioning.lease_until.astimezone(UTC)
        return f"in the hands of {provisioning.leased_by} until {until:%H:%M:%S} UTC"
    if provisioning.attempts >= MAX_ATTEMPTS:
        return f"given up: create_organization --resume {organization.slug}"
    due = max(provisioning.next_attempt_at, provisioning.lease_until or utc_now(), utc_now())
    return f"next attempt at {due.astimezone(UTC):%H:%M:%S} UTC"


def _note(organization: Organization, provisioning: Provisioning | None) -> str:
    """Return why the organization is not there, or not from the blueprint, in one line."""
    parts = [organization.failure]
    if provisioning is not None:
        parts.append(provisioning.note)
        if provisioning.attempts > 1 or organization.failure:
            parts.append(f"attempts: {provisioning.attempts}")
        parts.append(_next(organization, provisioning))
    return "; ".join(" ".join(part.split()) for part in parts if part)
