"""What PostgreSQL's catalogs say of the organizations' schemas."""

from typing import Any

import psycopg

Connection = psycopg.Connection[Any]


def list_schemas(connection: Connection) -> list[str]:
    """Return the names of all organizations' schemas, in order."""
    found = connection.execute(
        "SELECT nspname FROM pg_namespace WHERE nspname LIKE 't\\_%' ORDER BY nspname"
    )
    return [name for (name,) in found.fetchall()]


def count_relations(connection: Connection, schema: str) -> int:
    """Return how many tables, indexes and sequences a schema has."""
    found = connection.execute(
        "SELECT count(*) FROM pg_class WHERE relnamespace = %s::regnamespace", [schema]
    ).fetchone()
    return int(found[0]) if found else 0
