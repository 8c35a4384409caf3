"""`manage.py recompute`: prove every commission line from the stored events."""

import json
import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from shared_apps.tenancy.context import Tenant
from shared_apps.tenancy.management.base import BadInput, OrganizationCommand
from tenant_apps.commissions.services import Recomputation, read_consistently, recompute_all

SHOWN = 20


class Command(OrganizationCommand):
    """Compute every commission line again and compare it byte for byte."""

    help = (
        "Compute every commission line again from the stored events and plan values and compare "
        "it byte for byte. Changes nothing. Exit status 1 when anything differs."
    )
    example = "manage.py recompute --organization acme --all"

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask what to compute again."""
        super().add_arguments(parser)
        parser.add_argument("--all", action="store_true", help="every line of the organization")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        parser.add_argument("--progress", action="store_true", help="show progress without a tty")

    def handle_organization(self, tenant: Tenant, **options: Any) -> None:
        """Compute, compare, report."""
        if not options["all"]:
            raise BadInput("Say what to compute again: --all.")
        shown = options["progress"] or sys.stderr.isatty()
        with read_consistently(), tqdm(unit=" lines", disable=not shown) as bar:
            result = recompute_all(advance=bar.update)
        self.stdout.write(_as_json(result) if options["json"] else _as_text(result, tenant))
        if result.differences:
            raise CommandError(f"{len(result.differences)} differences.", returncode=1)


def _as_text(result: Recomputation, tenant: Tenant) -> str:
    lines = [
        f"{each.kind} {each.id} differs\n  events give {each.expected}\n  stored is   {each.stored}"
        for each in result.differences[:SHOWN]
    ]
    if len(result.differences) > SHOWN:
        lines.append(f"... and {len(result.differences) - SHOWN} more")
    verdict = "failed" if result.differences else "ok"
    lines.append(
        f"recompute: {verdict} ({tenant.slug}: {result.lines} lines, {result.credits} credits, "
        f"{result.ladders} ladders from {result.events} events, "
        f"{len(result.differences)} differences)"
    )
    return "\n".join(lines)


def _as_json(result: Recomputation) -> str:
    return json.dumps(
        {
            "events": result.events,
            "credits": result.credits,
            "lines": result.lines,
            "ladders": result.ladders,
            "differences": [
                {
                    "kind": each.kind,
                    "id": str(each.id),
                    "expected": each.expected,
                    "stored": each.stored,
                }
                for each in result.differences
            ],
        }
    )
