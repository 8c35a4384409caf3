from argparse import ArgumentParser
from typing import Any

from tqdm import tqdm

from shared_apps.kernel.field_keys import CannotUnseal, writing_key
from shared_apps.organizations.selectors import as_tenant, list_organizations
from shared_apps.tenancy.context import UNFOUNDED_STATUSES, Tenant, use_platform, use_tenant
from shared_apps.tenancy.management.base import BadInput, PlatformCommand
from tenant_apps.accounts.services.sealed import count_stale_secrets, renew_secrets

PLATFORM = "the platform"
# every other one may answer again, that which is being closed too, and needs its secrets then
WITHOUT_SECRETS = UNFOUNDED_STATUSES | {"erased"}


class Command(PlatformCommand):
    help = (
        "Write every secret anew that an old key of FIELD_KEYS wrote. Stop it at any time: the next"
        " run goes on. When it says that nothing is left, the old key can leave FIELD_KEYS."
    )
    example = "FIELD_KEYS=new-key,old-key manage.py rotate_field_keys"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Offer to look only."""
        parser.add_argument("--dry-run", action="store_true", help="count, change nothing")

    def handle_platform(self, **options: Any) -> None:
        """Go through the platform's schema and every organization's; say what was done."""
        rows = [row for row in list_organizations() if row.status not in WITHOUT_SECRETS]
        places: list[Tenant | None] = [None, *(as_tenant(row) for row in rows)]
        bar = tqdm(places, desc="schemas", disable=None, leave=False)
        counts = [_work_on(place, is_dry_run=options["dry_run"]) for place in bar]
        verb = "would be written" if options["dry_run"] else "were written"
        self.stdout.write(
            f"{sum(counts)} secrets in {len(places)} schemas {verb} under the key {writing_key()}."
        )


def _work_on(tenant: Tenant | None, *, is_dry_run: bool) -> int:
    with use_platform() if tenant is None else use_tenant(tenant):
        if is_dry_run:
            return count_stale_secrets()
        try:
            return _renew_all()
        except CannotUnseal as error:
            where = PLATFORM if tenant is None else tenant.slug
            raise BadInput(f"A secret of {where} cannot be read: {error}") from error


def _renew_all() -> int:
    total = 0
    while count := renew_secrets():
        total += count
    return total
