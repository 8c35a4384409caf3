"""A database of the runner's tests, and processes that work on it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

from config.stack.procfile import CHECKOUT
from tests.addresses import at, owner_url, urls_of

INITIAL = """\
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("contenttypes", "0002_remove_content_type_name"), ("auth", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="Plant",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("name", models.CharField(max_length=40)),
                ("tag", models.CharField(max_length=40, unique=True, null=True)),
            ],
        ),
    ]
"""
NEXT = """\
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.utils.crypto import get_random_string


def draw():
    return get_random_string(12)


{code}

class Migration(migrations.Migration):
    atomic = {atomic}
    safe_because = {reasons}
    dependencies = [("plants", "{after}")]
    operations = [{operations}]
"""
# together they lead to the models that PLANTS_VERSION=new has
MANY = (
    """
    migrations.CreateModel("Bed", [
        ("id", models.BigAutoField(primary_key=True)),
        ("name", models.CharField(max_length=10, db_default="100% new")),
    ]),
    migrations.AddField("plant", "bed", models.ForeignKey("plants.bed", models.PROTECT, null=True)),
    migrations.AddField("plant", "height", models.IntegerField(db_default=7)),
    migrations.AddIndex("plant", models.Index("name", name="plant_name_now")),
    """,
    """
    migrations.AddConstraint("plant", models.CheckConstraint(
        condition=models.Q(height__gt=0) & ~models.Q(name__contains="%"), name="plant_grows")),
    migrations.RunSQL("COMMENT ON TABLE plants_plant IS '50% of it; -- all'", "SELECT 1"),
    migrations.AlterField("plant", "name", models.CharField(max_length=60)),
    """,
)
ADD_HEIGHT = """
    migrations.AddField("plant", "height", models.IntegerField(null=True))
"""


class Child:
    """A process of one release; use it in a with block."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self._orders = 0

    def __enter__(self) -> "Child":
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.runner.child"],
            cwd=CHECKOUT,
            env=dict(self._env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_exception: object) -> None:
        _pipe(self.process.stdin).close()
        self.process.wait()
        _pipe(self.process.stdout).close()

    def begin(self, task: str, *arguments: object) -> None:
        """Tell the child to do a task of tests.runner.tasks; `end` waits for it."""
        orders = _pipe(self.process.stdin)
        self._orders += 1
        orders.write(f"{json.dumps([self._orders, task, arguments])}\n")
        orders.flush()

    def end(self) -> Any:
        """Return what the task returned; fail when it raised."""
        answer: dict[str, Any] = {"number": 0}
        while answer["number"] != self._orders:  # a test that failed may have left answers
            line = _pipe(self.process.stdout).readline()
            assert line, "The process has ended."
            answer = json.loads(line)
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def do(self, task: str, *arguments: object) -> Any:
        """Do a task and return its result."""
        self.begin(task, *arguments)
        return self.end()

    def run(self, *arguments: str) -> dict[str, Any]:
        """Run a command; return its exit status and what it wrote."""
        found: dict[str, Any] = self.do("command", *arguments)
        return found

    def migrate(self, *arguments: str) -> dict[str, Any]:
        """Run `migrate_tenants --json`; return the report and the exit status in it."""
        found = self.run("migrate_tenants", "--json", *arguments)
        return {**json.loads(found["out"]), "status": found["status"]}

    def kill(self) -> None:
        """End it like a process whose machine loses its power."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


class Site:
    """A database, packages of migrations, and the schemas of a test."""

    def __init__(self, connection: psycopg.Connection[Any], database: str, packages: Path) -> None:
        self.connection, self.database, self._packages = connection, database, packages

    @property
    def url(self) -> str:
        """Return the database's address for the owner of its tables."""
        return at(owner_url(), self.database)

    @property
    def application(self) -> str:
        """Return the role that the application works as."""
        return str(urlsplit(os.environ["DATABASE_URL"]).username)

    @property
    def env(self) -> dict[str, str]:
        """Return the environment of a process on this database."""
        return {
            **os.environ,
            **urls_of(self.database),
            "DJANGO_SETTINGS_MODULE": "tests.runner.settings",
            "PYTHONPATH": str(self._packages),
            "PLANTS_RELEASE": self.write_release(),
        }

    def write_release(
        self,
        *operations: str,
        atomic: bool = True,
        code: str = "",
        reasons: Mapping[str, str] | None = None,
    ) -> str:
        """Write the migrations of a release: the first, and one for each text of operations."""
        package = f"release_{uuid4().hex[:12]}"
        directory = self._packages / package
        directory.mkdir()
        (directory / "__init__.py").touch()
        (directory / "0001_initial.py").write_text(INITIAL, encoding="utf-8")
        after = "0001_initial"
        for number, text in enumerate(operations, start=2):
            name = f"{number:04}_next"
            (directory / f"{name}.py").write_text(
                NEXT.format(
                    code=code,
                    atomic=atomic,
                    reasons=dict(reasons or {}),
                    after=after,
                    operations=text,
                ),
                encoding="utf-8",
            )
            after = name
        return package

    def add_schemas(self, child: Child, count: int) -> list[str]:
        """Make empty schemas and bring them to the child's release."""
        names = [f"t_{letter * 12}" for letter in "abcdefghijklmnop"[:count]]
        for name in names:
            self.sql(f"CREATE SCHEMA {name}")
        report = child.migrate()
        assert report["status"] == 0, report
        return names

    def sql(self, text: str, *values: object) -> list[tuple[Any, ...]]:
        """Run a statement and return its rows."""
        cursor = self.connection.execute(text.encode(), values)
        return cursor.fetchall() if cursor.description else []

    def within(self, schema: str, text: str, *values: object) -> list[tuple[Any, ...]]:
        """Run a statement in a schema and return its rows."""
        self.sql(f"SET search_path = {schema}")
        try:
            return self.sql(text, *values)
        finally:
            self.sql("SET search_path = public")

    def history(self, schema: str) -> list[str]:
        """Return the migrations of `plants` that a schema has written down, in order."""
        found = self.within(
            schema, "SELECT name FROM django_migrations WHERE app = 'plants' ORDER BY id"
        )
        return [name for (name,) in found]

    def columns(self, schema: str) -> set[str]:
        """Return the columns of a schema's plants."""
        found = self.sql(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
            " AND NOT attisdropped",
            f"{schema}.plants_plant",
        )
        return {name for (name,) in found}

    def ledger(self) -> dict[str, dict[str, Any]]:
        """Return the rows of organizations in the ledger."""
        cursor = self.connection.cursor(row_factory=psycopg.rows.dict_row)
        cursor.execute("SELECT * FROM tenancy_schemastate WHERE schema <> 'public'")
        return {row["schema"]: row for row in cursor.fetchall()}

    def clear(self) -> None:
        """Drop all organizations' schemas."""
        for (name,) in self.sql("SELECT nspname FROM pg_namespace WHERE nspname LIKE 't\\_%%'"):
            self.sql(f"DROP SCHEMA {name} CASCADE")
        self.sql("DELETE FROM tenancy_schemastate WHERE schema <> 'public'")


@contextmanager
def new_database() -> Iterator[str]:
    """Make an empty database on the server of this test run; yield its name."""
    name = f"runner_{uuid4().hex[:12]}"
    with psycopg.connect(owner_url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield name
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _pipe(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream
