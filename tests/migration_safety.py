"""`python -m tests.migration_safety`: our migrations must not break the version that is running.

django-migration-linter reads the SQL of each migration, as the public schema runs it and as
an organization's does. Packages' own migrations are left out: they are not ours to write.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import tests.servers  # noqa: F401  starts servers when none are named


@contextmanager
def _empty_schema() -> Iterator[str]:
    from django.db import connection  # noqa: PLC0415  after django.setup()

    from shared_apps.tenancy.context import use_platform  # noqa: PLC0415  same
    from shared_apps.tenancy.rights.roles import as_owner  # noqa: PLC0415  same
    from shared_apps.tenancy.schemas import create_schema, schema_name_of  # noqa: PLC0415  same

    schema = schema_name_of(uuid4())
    create_schema(schema)
    try:
        yield schema
    finally:
        # public is not migrated here, so there is no ledger that drop_schema could clear
        with as_owner(), use_platform(), connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA {schema}")


def main() -> int:
    """Read all migrations; return 1 when one of them is unsafe."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    import django  # noqa: PLC0415  the environment is ready only now

    django.setup()
    from shared_apps.tenancy.context import PUBLIC_SCHEMA  # noqa: PLC0415  same

    with _empty_schema() as schema:
        return max(_read(PUBLIC_SCHEMA), _read(schema))


def _read(schema: str) -> int:
    from django.apps import apps  # noqa: PLC0415  after django.setup()
    from django.core.management import call_command  # noqa: PLC0415  same

    from shared_apps.tenancy.context import use_schema  # noqa: PLC0415  same

    ours = [app.label for app in apps.get_app_configs() if app.name.split(".")[0].endswith("_apps")]
    with use_schema(schema):
        try:
            call_command(
                "lintmigrations",
                project_root_path=".",
                no_cache=True,
                sql_analyser="postgresql",
                include_apps=ours,
                quiet=["ok", "ignore", "warning"],
            )
        except SystemExit as refusal:
            return int(refusal.code or 0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
