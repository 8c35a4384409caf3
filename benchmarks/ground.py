"""The ground of a run: throwaway servers, and databases that hold so many organizations each.

The servers are those of the tests: durable=False, so fsync and synchronous_commit are off, for all
contestants alike. Organizations are made once, by the product's own replay, in one database that
grows; each size that a benchmark asks for is a copy of it (CREATE DATABASE ... TEMPLATE), so all
contestants see the same catalogs, and the same number of other organizations in them.
"""

import json
import secrets
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, LiteralString

import psycopg

from benchmarks.contenders import Contender
from benchmarks.likeness import copy_rows
from benchmarks.report import describe_machine, say
from config.embedded import throwaway
from config.stack.procfile import process_environment

NURSERY = "nursery"
DEALS_PER_ORGANIZATION = 20
# stock django-tenants and plain Django know one role only: that which makes the tables
WORKS_AS_OWNER = frozenset({"settings_stock", "settings_plain"})
# what provisioning and migrating write to; the rest is too small to matter
BUSY_CATALOGS: tuple[LiteralString, ...] = (
    "pg_class",
    "pg_attribute",
    "pg_attrdef",
    "pg_constraint",
    "pg_depend",
    "pg_index",
    "pg_sequence",
    "pg_type",
)


@dataclass
class Ground:
    """The servers of one run. `databases` maps a number of organizations to a database's name.

    `owner_url` is an address of the role that owns all tables and may do anything, `url` one of the
    role that the product works as.
    """

    owner_url: str
    application_url: str
    work: Path
    server_log: Path
    base_env: dict[str, str] = field(repr=False)
    databases: dict[int, str] = field(default_factory=dict)

    @property
    def log(self) -> Path:
        """Return where the contestants' complaints go."""
        return self.work / "contestants.log"

    def last_words(self) -> str:
        """Return the end of the contestants' log: it vanishes with the run."""
        return self.log.read_text("utf-8", errors="replace")[-2000:]

    def url_of_owner(self, database: str) -> str:
        """Return the address of a database of the run, for the owner."""
        return f"{self.owner_url.rpartition('/')[0]}/{database}"

    def url(self, database: str) -> str:
        """Return the address of a database of the run, for the product."""
        return f"{self.application_url.rpartition('/')[0]}/{database}"

    def env(self, database: str, *, settings: str, **extra: str) -> dict[str, str]:
        """Return the environment of a process that works on a database with these settings."""
        is_owner = settings in WORKS_AS_OWNER
        owner = self.url_of_owner(database)
        urls = {"DATABASE_URL": owner if is_owner else self.url(database)}
        if not is_owner:
            urls["DATABASE_OWNER_URL"] = owner
        return {
            **self.base_env,
            "DJANGO_SETTINGS_MODULE": f"benchmarks.{settings}",
            **urls,
            **extra,
        }

    def contender(self, settings: str, database: str, **extra: str) -> Contender:
        """Return a contestant, not started yet: use it in a with block."""
        env = self.env(database, settings=settings, **extra)
        return Contender(settings=settings, env=env, log=self.log)

    @contextmanager
    def connect(self, database: str) -> Iterator[psycopg.Connection[Any]]:
        """Work on a database as the server's owner, each statement a transaction of its own."""
        with psycopg.connect(self.url_of_owner(database), autocommit=True) as connection:
            yield connection

    def create_database(self, name: str, *, template: str = "template1") -> None:
        """Create a database, a copy of another one when that is named."""
        with self.connect("postgres") as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def settle(self, database: str) -> None:
        """Clear away what earlier work left in the catalogs, and refresh their statistics."""
        with self.connect(database) as connection:
            for catalog in BUSY_CATALOGS:
                connection.execute(f"VACUUM (ANALYZE) {catalog}")
            connection.execute("CHECKPOINT")

    def machine(self) -> str:
        """Return the class of machine that this run is on."""
        with self.connect("postgres") as connection:
            version = connection.info.parameter_status("server_version")
        return describe_machine(postgres=str(version).partition(" ")[0])


@contextmanager
def ground(*, sizes: Sequence[int]) -> Iterator[Ground]:
    """Start servers and make a database with each number of organizations; all vanish at the end.

    Raises: ConfigurationError, BenchmarkBroken.
    """
    with ExitStack() as stack:
        running = stack.enter_context(throwaway())
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="prs-bench-")))
        found = Ground(
            owner_url=running.services.database_owner_url,
            application_url=running.services.database_url,
            work=work,
            server_log=running.data_dir / "postgres.log",
            base_env=_environment(running.services.redis_url, work),
        )
        # its workers would come and go in the middle of a round; `settle` does their work
        with found.connect("postgres") as connection:
            connection.execute("ALTER SYSTEM SET autovacuum = off")
            connection.execute("SELECT pg_reload_conf()")
        _populate(found, sorted(set(sizes)))
        yield found


def _environment(redis_url: str, work: Path) -> dict[str, str]:
    own = {
        "REDIS_URL": redis_url,
        "SECRET_KEY": secrets.token_urlsafe(48),
        "PRS_DATA_DIR": str(work),
        "BASE_DOMAIN": "localhost",
        "ACCESS_TOKEN_MINUTES": "1440",
        "LOG_LEVEL": "ERROR",
        "DEBUG": "false",
    }
    # a developer's own PG* variables must not reach libpq
    inherited = process_environment({})
    return {name: text for name, text in inherited.items() if not name.startswith("PG")} | own


def _populate(found: Ground, sizes: Sequence[int]) -> None:
    """Grow the nursery, and copy it at each size on the way."""
    found.create_database(NURSERY)
    with found.contender("settings_ours", NURSERY) as ours:
        ours.call("world.prepare_platform")
        pattern = ours.call("world.found_pattern", deals=DEALS_PER_ORGANIZATION)
    population = 1
    for size in sizes:
        _grow(found, pattern, population, size)
        population = size
        found.databases[size] = f"tenants_{size}"
        found.create_database(found.databases[size], template=NURSERY)
        found.settle(found.databases[size])


def _grow(found: Ground, pattern: str, population: int, size: int) -> None:
    """Found organizations until there are `size`, each with the pattern's people and deals."""
    if size > population:
        say(f"making organizations {population + 1} to {size}")
    with (
        found.contender("settings_ours", NURSERY) as ours,
        found.connect(NURSERY) as connection,
    ):
        for number in range(population, size):
            schema = ours.call("world.found_bare", number=number)
            copy_rows(connection, source=pattern, target=schema)


def write_json(path: Path, value: object) -> Path:
    """Write a value for a child to read."""
    path.write_text(json.dumps(value), encoding="utf-8")
    return path
