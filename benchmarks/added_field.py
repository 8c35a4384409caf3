"""One more migration of the product: a field on a table that every organization has.

The package of migrations that MIGRATION_MODULES then names holds the product's own files of
`clients`, byte for byte, and this one after them. No model has the field: a migration does not ask.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from config.stack.procfile import CHECKOUT

PACKAGE = "benchmark_migrations"
NAME = "9999_client_nickname"
TABLE, COLUMN = "clients_client", "nickname"
_SOURCE = CHECKOUT / "tenant_apps" / "clients" / "migrations"
_MIGRATION = """\
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clients", "{last}")]
    operations = [
        migrations.AddField(
            model_name="client",
            name="nickname",
            field=models.CharField(max_length=40, null=True),
        ),
    ]
"""

Connection = psycopg.Connection[Any]


def write_package(directory: Path) -> dict[str, str]:
    """Write the package below the directory; return the environment in which it is used."""
    package = directory / PACKAGE
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(_SOURCE, package, ignore=ignored, dirs_exist_ok=True)
    last = max(path.stem for path in _SOURCE.glob("[0-9]*.py"))
    (package / f"{NAME}.py").write_text(_MIGRATION.format(last=last), encoding="utf-8")
    return {"BENCH_MIGRATIONS": PACKAGE, "PYTHONPATH": str(directory)}


def statement(schema: str) -> sql.Composed:
    """Return what the migration does to a schema."""
    return sql.SQL("ALTER TABLE {} ADD COLUMN {} varchar(40)").format(
        sql.Identifier(schema, TABLE), sql.Identifier(COLUMN)
    )


def history(schema: str) -> sql.Composed:
    """Return how the migration is written down in a schema."""
    return sql.SQL("INSERT INTO {} (app, name, applied) VALUES ('clients', {}, now())").format(
        sql.Identifier(schema, "django_migrations"), sql.Literal(NAME)
    )


def count_applied(connection: Connection, schemas: Sequence[str]) -> int:
    """Return in how many of the schemas the migration has been applied and written down."""
    return sum(1 for schema in schemas if _is_applied(connection, schema))


def take_back(connection: Connection, schemas: Sequence[str], *, platform: str = "public") -> None:
    """Bring the schemas and the platform's history back to where they were."""
    for schema in [*schemas, platform]:
        with connection.transaction():
            forget = sql.SQL("DELETE FROM {} WHERE name = {}").format(
                sql.Identifier(schema, "django_migrations"), sql.Literal(NAME)
            )
            connection.execute(forget)
            if schema != platform:
                remove = sql.SQL("ALTER TABLE {} DROP COLUMN IF EXISTS {}").format(
                    sql.Identifier(schema, TABLE), sql.Identifier(COLUMN)
                )
                connection.execute(remove)


class PlatformTables:
    """The engine's own tables in public, as they were: ledger and blueprints."""

    _NAMES: LiteralString = """
        SELECT tablename FROM pg_tables
         WHERE schemaname = 'public' AND tablename LIKE 'tenancy\\_%' ORDER BY tablename
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._names = [name for (name,) in connection.execute(self._NAMES).fetchall()]
        for name in self._names:
            self._run("CREATE TEMPORARY TABLE {kept} AS TABLE {table}", name)

    def restore(self) -> None:
        """Give the tables back the rows that they had."""
        with self._connection.transaction():
            self._connection.execute("SET LOCAL session_replication_role = replica")
            for name in self._names:
                self._run("DELETE FROM {table}", name)
                self._run("INSERT INTO {table} TABLE {kept}", name)

    def _run(self, text: LiteralString, name: str) -> None:
        self._connection.execute(
            sql.SQL(text).format(
                table=sql.Identifier("public", name), kept=sql.Identifier(f"kept_{name}")
            )
        )


def _is_applied(connection: Connection, schema: str) -> bool:
    question = sql.SQL("SELECT EXISTS (SELECT FROM {} WHERE name = {})").format(
        sql.Identifier(schema, "django_migrations"), sql.Literal(NAME)
    )
    has_row = connection.execute(question).fetchone()
    has_column = connection.execute(
        "SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = %s::regclass AND attname = %s)",
        [f"{schema}.{TABLE}", COLUMN],
    ).fetchone()
    return bool(has_row and has_row[0] and has_column and has_column[0])
