import sys
from argparse import ArgumentParser
from typing import Any

from shared_apps.tenancy.management.base import BadInput, PlatformCommand, find_organization
from shared_apps.tenancy.management.reporting import (
    describe,
    describe_findings,
    describe_preview,
    run_watched,
    say,
    say_json,
)
from shared_apps.tenancy.runner import (
    Limits,
    Wishes,
    audit_ledger,
    list_schemas_behind,
    preview,
)

MOST_WORKERS = 32
# option -> its smallest and largest value, its default and what --help says
NUMBERS: dict[str, tuple[float, float, float, str]] = {
    "parallel": (1, MOST_WORKERS, 4, "so many schemas at a time"),
    "canary": (0, 1_000_000, 0, "so many schemas first; stop unless all of them are good"),
    "max-failures": (0, 1_000_000, 10, "stop after so many failures; 0: never"),
    "lock-timeout": (0, 3_600, 2, "seconds that a statement waits for a lock; 0: for ever"),
    "statement-timeout": (0, 86_400, 60, "seconds that a statement may take; 0: for ever"),
}


class Command(PlatformCommand):
    help = (
        "Bring organizations' schemas up to date, one or all; a failure does not stop the others, "
        "and a second run goes on where the first one ended."
    )
    example = "manage.py migrate_tenants --canary 3 --parallel 8"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say which schemas, how many at a time, and when to stop."""
        parser.add_argument("--organization", metavar="SLUG", help="only this one")
        parser.add_argument("--json", action="store_true", help="report as JSON")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what is behind and the SQL; touch nothing"
        )
        parser.add_argument(
            "--audit",
            action="store_true",
            help="compare the ledger with each schema's history and mend it; migrate nothing",
        )
        for name, (_, _, default, text) in NUMBERS.items():
            kind = float if name.endswith("timeout") else int
            parser.add_argument(
                f"--{name}", type=kind, default=default, metavar="N", help=f"{text} ({default})"
            )

    def handle_platform(self, **options: Any) -> None:
        """Migrate and report; exit status 1 when a schema is left behind."""
        wishes = _wishes(options)
        if options["audit"]:
            self._audit(options)
            return
        schemas = _schemas_behind(options["organization"])
        if options["dry_run"]:
            self._preview(schemas, options)
            return
        report = run_watched(schemas, wishes, is_quiet=options["json"])
        if options["json"]:
            say_json(self.stdout, report)
        else:
            say(self.stdout if report.is_good else self.stderr, describe(report))
        if not report.is_good:
            sys.exit(1)

    def _preview(self, schemas: list[str], options: dict[str, Any]) -> None:
        found = preview(schemas)
        if options["json"]:
            say_json(self.stdout, found)
        else:
            say(self.stdout, describe_preview(found))

    def _audit(self, options: dict[str, Any]) -> None:
        """Exit status 1 when something is wrong and was left so."""
        is_mended = not options["dry_run"]
        found = audit_ledger(mend=is_mended)
        if options["json"]:
            say_json(self.stdout, found)
        else:
            say(self.stdout, describe_findings(found, is_mended=is_mended))
        if not (found.is_good or is_mended):
            sys.exit(1)


def _wishes(options: dict[str, Any]) -> Wishes:
    for name, (least, most, _, _) in NUMBERS.items():
        if not least <= options[name.replace("-", "_")] <= most:
            raise BadInput(f"--{name} must be between {least} and {most}.")
    return Wishes(
        parallel=options["parallel"],
        canary=options["canary"],
        max_failures=options["max_failures"],
        limits=Limits(
            lock_timeout_ms=round(options["lock_timeout"] * 1000),
            statement_timeout_ms=round(options["statement_timeout"] * 1000),
        ),
    )


def _schemas_behind(slug: str | None) -> list[str]:
    wanted = find_organization(slug).schema if slug else None
    return [name for name in list_schemas_behind() if wanted in (None, name)]
