"""Rows of one schema, carried into another with the same tables."""

from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import sql

_TABLES = """
SELECT c.relname FROM pg_class c
 WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'r' ORDER BY c.relname
"""
_COLUMNS = """
SELECT attname FROM pg_attribute
 WHERE attrelid = format('%%I.%%I', %s::text, %s::text)::regclass
   AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attname
"""

Connection = psycopg.Connection[Any]


def copy_rows(connection: Connection, *, source: str, target: str) -> None:
    """Copy every row of a schema into another of the same database.

    Tables that have rows already keep theirs: those come with every schema. Foreign keys are not
    checked, the rows are right where they come from.
    """
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        for table, columns in _missing_tables(connection, source, connection, target):
            connection.execute(
                sql.SQL(
                    "INSERT INTO {target} ({columns}) OVERRIDING SYSTEM VALUE "
                    "SELECT {columns} FROM {source}"
                ).format(
                    target=sql.Identifier(target, table),
                    columns=columns,
                    source=sql.Identifier(source, table),
                )
            )


def carry_rows(connection: Connection, *, source: str, to: Connection, target: str) -> None:
    """Copy every row of a schema into a schema of another database, in the same way."""
    with connection.transaction(), to.transaction():
        to.execute("SET LOCAL session_replication_role = replica")
        for table, columns in _missing_tables(connection, source, to, target):
            reading = sql.SQL("COPY {} ({}) TO STDOUT (FORMAT binary)").format(
                sql.Identifier(source, table), columns
            )
            writing = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(
                sql.Identifier(target, table), columns
            )
            with connection.cursor().copy(reading) as rows, to.cursor().copy(writing) as sink:
                for block in rows:
                    sink.write(block)


def _missing_tables(
    source_connection: Connection, source: str, target_connection: Connection, target: str
) -> Iterator[tuple[str, sql.Composed]]:
    """Yield the tables, with their columns, that have rows in the source and none in the target."""
    for (table,) in source_connection.execute(_TABLES, [source]).fetchall():
        if not _has_rows(source_connection, source, table):
            continue
        if _has_rows(target_connection, target, table):
            continue
        names = source_connection.execute(_COLUMNS, [source, table]).fetchall()
        yield table, sql.SQL(", ").join(sql.Identifier(name) for (name,) in names)


def _has_rows(connection: Connection, schema: str, table: str) -> bool:
    question = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(schema, table))
    found = connection.execute(question).fetchone()
    return bool(found and found[0])
