from typing import Any

from tqdm import tqdm

from shared_apps.organizations.selectors import as_tenant, list_organizations
from shared_apps.tenancy.context import use_tenant
from shared_apps.tenancy.management.base import PlatformCommand
from tenant_apps.accounts.services import rebuild_login_hints


class Command(PlatformCommand):
    help = (
        "Make the platform's hints, by which people find their organizations, those of the people"
        " who are there now: after SECRET_KEY was replaced, or a database was restored."
    )
    example = "manage.py rebuild_login_hints"

    def handle_platform(self, **_options: Any) -> None:
        """Go through every organization that answers; say what changed."""
        tenants = [as_tenant(row) for row in list_organizations() if row.is_routable]
        changed = 0
        for tenant in tqdm(tenants, desc="organizations", disable=None, leave=False):
            with use_tenant(tenant):
                changed += rebuild_login_hints()
        self.stdout.write(f"{changed} hints to {len(tenants)} organizations came or went.")
