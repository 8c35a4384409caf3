import sys
from argparse import ArgumentParser
from typing import Any

from django.db import DatabaseError
from tqdm import tqdm

from shared_apps.tenancy.management.base import PlatformCommand, find_organization
from shared_apps.tenancy.schemas import existing_schemas, migrate_schema


class Command(PlatformCommand):
    help = (
        "Bring organizations' schemas up to date, one or all; a failure does not stop the others."
    )
    example = "manage.py migrate_tenants --organization acme"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Offer a single organization."""
        parser.add_argument("--organization", metavar="SLUG", help="only this one")

    def handle_platform(self, **options: Any) -> None:
        """Migrate and report; exit status 1 when any schema failed."""
        slug = options["organization"]
        schemas = [find_organization(slug).schema] if slug else existing_schemas()
        failures: dict[str, str] = {}
        for schema in tqdm(schemas, desc="organizations", unit="schema", disable=None):
            try:
                migrate_schema(schema)
            except DatabaseError as error:
                failures[schema] = str(error).strip()
        self._report(len(schemas), failures)

    def _report(self, count: int, failures: dict[str, str]) -> None:
        for schema, reason in failures.items():
            self.stderr.write(f"{schema}: {reason}")
        self.stdout.write(f"{count - len(failures)} of {count} schemas are up to date.")
        if failures:
            sys.exit(1)
