"""What our migrations say to the database."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

from django.apps import apps
from django.db import connection
from django.db.migrations import Migration
from django_migration_linter import MigrationLinter

from shared_apps.tenancy.context import PUBLIC_SCHEMA, use_platform, use_schema
from shared_apps.tenancy.rights.roles import as_owner
from shared_apps.tenancy.schemas import create_schema, schema_name_of

_ALTERED = re.compile(r'ALTER TABLE ("[^"]+")')
_LITERAL = re.compile(r"'(?:[^']|'')*'")
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_DOLLARS = re.compile(r"\$(\w*)\$.*?\$\1\$", re.DOTALL)


@dataclass(frozen=True)
class Said:
    """A migration and the lines that it says in one kind of schema."""

    migration: Migration
    is_public: bool
    lines: tuple[str, ...]

    @property
    def name(self) -> str:
        """Return app and name."""
        return f"{self.migration.app_label}.{self.migration.name}"

    def is_of_new_table(self, statement: str) -> bool:
        """Return whether a statement alters a table that this migration makes."""
        table = _ALTERED.match(statement)
        return table is not None and any(
            line.startswith(f"CREATE TABLE {table[1]} ") for line in self.lines
        )


@dataclass(frozen=True)
class Problem:
    """A rule that a migration breaks."""

    migration: Migration
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.migration.app_label}.{self.migration.name}: {self.rule}: {self.message}"


def read_all(labels: Sequence[str] = ()) -> list[Said]:
    """Return what our migrations say, or those of the named apps, in public and elsewhere."""
    labels = labels or our_apps()
    with _empty_schema() as schema:
        return [*_read(PUBLIC_SCHEMA, labels), *_read(schema, labels)]


def bare(sql: str) -> str:
    """Return statements without what stands in quotes and comments."""
    return _DOLLARS.sub("$$ $$", _COMMENT.sub(" ", _LITERAL.sub("''", sql)))


def our_apps() -> list[str]:
    """Return the labels of the apps whose migrations are ours to write."""
    return [
        config.label
        for config in apps.get_app_configs()
        if config.name.split(".")[0].endswith("_apps")
    ]


def make_linter(labels: Sequence[str]) -> MigrationLinter:
    """Return django-migration-linter, silent, for some apps."""
    return MigrationLinter(
        include_apps=labels, no_cache=True, no_output=True, analyser_string="postgresql"
    )


def _read(schema: str, labels: Sequence[str]) -> Iterator[Said]:
    with use_schema(schema):
        linter = make_linter(labels)
        for (label, name), migration in sorted(linter.migration_loader.disk_migrations.items()):
            if label in labels:
                lines = tuple(linter.get_sql(label, name))
                yield Said(migration, schema == PUBLIC_SCHEMA, lines)


@contextmanager
def _empty_schema() -> Iterator[str]:
    schema = schema_name_of(uuid4())
    create_schema(schema)
    try:
        yield schema
    finally:
        # public may not be migrated here: there is no ledger that drop_schema could clear
        with as_owner(), use_platform(), connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA {schema} CASCADE")
