import sys
from collections.abc import Sequence
from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands import migrate
from tqdm import tqdm

from shared_apps.tenancy.context import PUBLIC_SCHEMA, use_platform, use_schema
from shared_apps.tenancy.ledger import is_usable, list_behind, note_ready
from shared_apps.tenancy.management.base import BadInput, StockCommand
from shared_apps.tenancy.management.reporting import describe, run_watched, say
from shared_apps.tenancy.rights.roles import (
    ApplicationRoleMissing,
    as_owner,
    ensure_application_role,
)
from shared_apps.tenancy.runner import Wishes, audit_ledger, list_schemas_behind
from shared_apps.tenancy.schemas import SCHEMA_NAME_PATTERN, existing_schemas

# what asks for less, or for something else, than everything up to date
_ELSE = ("app_label", "fake", "fake_initial", "prune")


class Command(StockCommand, migrate.Command):
    help = "Bring the database up to date: the public schema first, then every organization's."
    example = "manage.py migrate"

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer public alone, for those who go on with migrate_tenants."""
        super().add_arguments(parser)
        parser.add_argument("--public", action="store_true", help="only the public schema")

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Work as the owner of the tables, the checks included; make the application's role."""
        try:
            ensure_application_role()
        except ApplicationRoleMissing as error:
            raise BadInput(str(error)) from error
        with as_owner():
            return super().execute(*args, **options)

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate public by Django and the organizations by the runner, unless neither is behind.

        A target, --fake or --prune runs Django's command in each schema. Exit status 1 when a
        schema is left behind.
        """
        if any(options[name] for name in _ELSE):
            self._in_each_schema(*args, **options)
        elif options["plan"] or options["check_unapplied"]:
            self._only_look(*args, **options)
        else:
            self._everything(*args, **options)

    def _everything(self, *args: Any, **options: Any) -> None:
        behind = list_behind(SCHEMA_NAME_PATTERN)
        if PUBLIC_SCHEMA in behind or options["run_syncdb"]:
            with use_platform():
                super().handle(*args, **options)
            note_ready(PUBLIC_SCHEMA)
            behind = list_schemas_behind()
        if not options.get("public"):
            self._organizations(behind, verbosity=options["verbosity"])

    def _organizations(self, behind: Sequence[str], *, verbosity: int) -> None:
        report = run_watched(behind, Wishes())
        if not report.is_good:
            say(self.stderr, describe(report))
            sys.exit(1)
        if verbosity > 0:
            say(self.stdout, describe(report))

    def _only_look(self, *args: Any, **options: Any) -> None:
        is_public_behind = False
        with use_platform():
            try:
                super().handle(*args, **options)
            except SystemExit:  # how Django's --check says that public lacks something
                is_public_behind = True
                self.stdout.write("The public schema is behind.")
        behind = list_schemas_behind()
        self.stdout.write(f"Organizations' schemas that are behind: {len(behind)}.")
        if options["check_unapplied"] and (behind or is_public_behind):
            sys.exit(1)

    def _in_each_schema(self, *args: Any, **options: Any) -> None:
        """Run Django's command once for each schema; stops at the first that fails."""
        schemas = [] if options.get("public") else existing_schemas()
        only_looks = options["plan"] or options["check_unapplied"]
        if options["migration_name"] and schemas and not only_looks:
            _confirm(len(schemas), options)
        with use_platform():
            super().handle(*args, **options)
        try:
            for schema in tqdm(schemas, desc="organizations", unit="schema", disable=None):
                with use_schema(schema):
                    super().handle(*args, **{**options, "verbosity": 0})
        finally:
            if is_usable() and not only_looks:
                audit_ledger(mend=True)


def _confirm(number: int, options: dict[str, Any]) -> None:
    """Ask before every organization goes to a target, which may drop what is in its tables.

    Raises: BadInput.
    """
    if not options["interactive"]:
        return
    target = f"{options['app_label']} {options['migration_name']}"
    words = f"This takes public and the schemas of {number} organizations to {target}"
    if not sys.stdin.isatty():
        raise BadInput(
            f"{words}: say --no-input to do it, or --public for the public schema alone."
        )
    try:
        answer = input(f"{words}; tables and rows may be dropped. Type 'yes' to go on: ")
    except EOFError:
        answer = ""
    if answer != "yes":
        raise BadInput("Nothing was changed.")
