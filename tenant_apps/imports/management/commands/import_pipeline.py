"""`manage.py import_pipeline`: a CRM's pipeline into people, teams, products, clients and deals."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.money import is_payable
from shared_apps.tenancy.context import Tenant
from shared_apps.tenancy.management.base import BadInput, OrganizationCommand
from tenant_apps.imports.reading import UnreadableFile
from tenant_apps.imports.report import Report, counted
from tenant_apps.imports.services import PipelineFiles, import_pipeline, new_work, outline_of


class Command(OrganizationCommand):
    """Import a CRM's sales pipeline."""

    help = (
        "Import a CRM's sales pipeline: sellers and teams, products, clients, deals. A row that "
        "cannot be imported is reported with its line and left out; the others go in, and a second "
        "run changes nothing. Exit status 0: every row went in; 1: rows were refused; 2: bad input."
    )
    example = (
        "manage.py import_pipeline --organization acme --pipeline sales_pipeline.csv "
        "--accounts accounts.csv --teams sales_teams.csv --products products.csv --dry-run"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask for the four files."""
        super().add_arguments(parser)
        for name, what in (
            ("pipeline", "opportunities"),
            ("accounts", "clients"),
            ("teams", "sellers and their managers"),
            ("products", "products and list prices"),
        ):
            parser.add_argument(
                f"--{name}", required=True, type=Path, metavar="FILE", help=f"CSV file: {what}"
            )
        parser.add_argument(
            "--currency", help="currency of all amounts (default: the organization's)"
        )
        parser.add_argument("--dry-run", action="store_true", help="check only, write nothing")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")
        parser.add_argument("--progress", action="store_true", help="show progress without a tty")

    def handle_organization(self, tenant: Tenant, **options: Any) -> None:
        """Import and report."""
        currency = options["currency"] or tenant.currency
        if not is_payable(currency):
            raise BadInput(f"{currency!r} is not an ISO 4217 currency code.")
        try:
            report = self._import(currency, options)
        except UnreadableFile as error:
            raise BadInput(str(error)) from error
        self.stdout.write(json.dumps(report.as_json()) if options["json"] else report.as_text())
        if report.refusals:
            refused = counted(len(report.refusals), "row")
            raise CommandError(f"Refused: {refused}.", returncode=1)

    def _import(self, currency: str, options: dict[str, Any]) -> Report:
        files = PipelineFiles(
            pipeline=options["pipeline"],
            accounts=options["accounts"],
            teams=options["teams"],
            products=options["products"],
        )
        files.check()
        outline = outline_of(files.pipeline, currency=currency)
        work = new_work(currency=currency, is_dry_run=options["dry_run"], at=utc_now())
        shown = options["progress"] or sys.stderr.isatty()
        with tqdm(total=outline.rows, unit=" rows", disable=not shown) as bar:
            return import_pipeline(files=files, outline=outline, work=work, advance=bar.update)
