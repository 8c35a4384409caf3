"""The package of migrations with one more, and rows that move between schemas."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from benchmarks import added_field
from benchmarks.floors import time_added_field
from benchmarks.likeness import carry_rows, copy_rows
from config.stack.procfile import CHECKOUT
from tests.addresses import owner_url

Connection = psycopg.Connection[Any]
TABLES = """
CREATE TABLE {0}.seeded (id int PRIMARY KEY);
INSERT INTO {0}.seeded VALUES (1);
CREATE TABLE {0}.parent (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL,
    upper_name text GENERATED ALWAYS AS (upper(name)) STORED);
CREATE TABLE {0}.child (parent_id int REFERENCES {0}.parent, note text);
CREATE TABLE {0}.clients_client (id int);
CREATE TABLE {0}.django_migrations (app text, name text, applied timestamptz);
"""

ROWS = """
INSERT INTO {0}.parent (name) VALUES ('ann'), ('bea');
INSERT INTO {0}.child VALUES (2, 'of bea');
"""


@pytest.fixture
def connection() -> Iterator[Connection]:
    """A connection to the test server, outside of Django."""
    with psycopg.connect(owner_url(), autocommit=True) as found:
        yield found


@pytest.fixture
def schemas(connection: Connection) -> Iterator[tuple[str, str]]:
    """Two schemas with the same tables; the first has rows."""
    names = (f"bench_{uuid4().hex[:8]}", f"bench_{uuid4().hex[:8]}")
    for name in names:
        connection.execute(f"CREATE SCHEMA {name}".encode())
        connection.execute(TABLES.format(name).encode())
    connection.execute(ROWS.format(names[0]).encode())
    yield names
    for name in names:
        connection.execute(f"DROP SCHEMA {name} CASCADE".encode())


def rows_of(connection: Connection, schema: str) -> list[list[tuple[Any, ...]]]:
    return [
        connection.execute(f"TABLE {schema}.{table}".encode()).fetchall()
        for table in ("seeded", "parent", "child")
    ]


class TestRows:
    def test_are_alike_in_a_schema_of_the_same_database(
        self, connection: Connection, schemas: tuple[str, str]
    ) -> None:
        copy_rows(connection, source=schemas[0], target=schemas[1])
        assert rows_of(connection, schemas[1]) == rows_of(connection, schemas[0])
        assert rows_of(connection, schemas[1])[1] == [(1, "ann", "ANN"), (2, "bea", "BEA")]

    def test_are_alike_when_carried_over_another_connection(
        self, connection: Connection, schemas: tuple[str, str]
    ) -> None:
        with psycopg.connect(owner_url(), autocommit=True) as other:
            carry_rows(connection, source=schemas[0], to=other, target=schemas[1])
        assert rows_of(connection, schemas[1]) == rows_of(connection, schemas[0])


class TestPackage:
    def test_is_the_products_own_migrations_and_one_more(self, tmp_path: Path) -> None:
        env = added_field.write_package(tmp_path)
        ours = CHECKOUT / "tenant_apps" / "clients" / "migrations"
        written = {path.name: path.read_bytes() for path in tmp_path.glob("*/*.py")}
        own = {path.name: path.read_bytes() for path in ours.glob("*.py")}
        assert env == {"BENCH_MIGRATIONS": added_field.PACKAGE, "PYTHONPATH": str(tmp_path)}
        assert written.keys() - own.keys() == {f"{added_field.NAME}.py"}
        assert {name: written[name] for name in own} == own
        last = max(name for name in own if name[0].isdigit()).removesuffix(".py")
        assert f'("clients", "{last}")' in written[f"{added_field.NAME}.py"].decode()


class TestField:
    def test_counts_where_both_column_and_history_are(
        self, connection: Connection, schemas: tuple[str, str]
    ) -> None:
        one, _ = schemas
        connection.execute(added_field.statement(one))
        assert added_field.count_applied(connection, schemas) == 0
        connection.execute(added_field.history(one))
        assert added_field.count_applied(connection, schemas) == 1

    def test_is_taken_back_to_be_added_again(
        self, connection: Connection, schemas: tuple[str, str]
    ) -> None:
        one, platform = schemas
        for _ in range(2):
            connection.execute(added_field.history(platform))
            seconds = time_added_field(connection, [one])
            assert seconds > 0
            assert added_field.count_applied(connection, [one]) == 1
            added_field.take_back(connection, [one], platform=platform)
            assert added_field.count_applied(connection, [one]) == 0
        left = connection.execute(f"TABLE {platform}.django_migrations".encode()).fetchall()
        assert left == []


class TestPlatformTables:
    def test_get_back_the_rows_that_they_had(self, connection: Connection) -> None:
        name = f"tenancy_bench_{uuid4().hex[:8]}"
        connection.execute(f"CREATE TABLE {name} AS SELECT 1 AS number".encode())
        try:
            before = added_field.PlatformTables(connection)
            connection.execute(f"UPDATE {name} SET number = 2".encode())  # noqa: S608  its own name
            before.restore()
            assert connection.execute(f"TABLE {name}".encode()).fetchall() == [(1,)]
        finally:
            connection.execute(f"DROP TABLE {name}".encode())
