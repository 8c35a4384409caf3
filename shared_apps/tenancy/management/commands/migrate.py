from typing import Any

from django.core.management.commands import migrate
from tqdm import tqdm

from shared_apps.tenancy.context import use_platform, use_schema
from shared_apps.tenancy.management.base import BadInput, StockCommand
from shared_apps.tenancy.rights.roles import (
    ApplicationRoleMissing,
    as_owner,
    ensure_application_role,
)
from shared_apps.tenancy.schemas import existing_schemas


class Command(StockCommand, migrate.Command):
    help = "Bring the database up to date: the public schema first, then every organization's."
    example = "manage.py migrate"

    def handle(self, *args: Any, **options: Any) -> None:
        """Run Django's migrate once for each schema; stops at the first that fails."""
        try:
            ensure_application_role()
        except ApplicationRoleMissing as error:
            raise BadInput(str(error)) from error
        with as_owner():
            self._migrate_all(*args, **options)

    def _migrate_all(self, *args: Any, **options: Any) -> None:
        with use_platform():
            super().handle(*args, **options)
        schemas = existing_schemas()
        for schema in tqdm(schemas, desc="organizations", unit="schema", disable=None):
            with use_schema(schema):
                super().handle(*args, **{**options, "verbosity": 0})
