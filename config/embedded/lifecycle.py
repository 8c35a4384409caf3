"""Start, share and stop the servers of a data directory.

Each program that uses the servers holds a shared lock on `users.lock` while it lives; the kernel
drops it however the program ends. Whoever leaves and can have the lock alone is the last one and
stops the servers. `start.lock` lets one program at a time start or stop them.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from config.embedded.files import exclusive_lock
from config.embedded.places import Place, make_place
from config.embedded.postgres import PostgresServer
from config.embedded.servers import ensure_running, port_of
from config.embedded.valkey import ValkeyServer


@dataclass(frozen=True)
class Services:
    """The addresses of the servers; empty for one that was not asked for.

    `database_url` is the application's, `database_owner_url` that of the role that owns the tables.
    """

    database_url: str = ""
    database_owner_url: str = ""
    redis_url: str = ""


@dataclass
class RunningServices:
    """This program's share in the running servers."""

    services: Services = field(repr=False)
    data_dir: Path
    started: tuple[str, ...]
    _users: IO[str] = field(repr=False)
    _owner_pid: int = field(default_factory=os.getpid, repr=False)

    def stop(self) -> None:
        """Leave, and stop the servers if nobody else uses them. A second call does nothing."""
        # a forked child has inherited this object, but its parent is the user
        if self._users.closed or os.getpid() != self._owner_pid:
            return
        with exclusive_lock(_start_lock(self.data_dir)):
            if _can_have_alone(self._users):
                stop_servers(self.data_dir)
            self._users.close()


def start(
    data_dir: Path, *, durable: bool = True, postgres: bool = True, valkey: bool = True
) -> RunningServices:
    """Start the servers of the data directory, or join the programs that use them already.

    Raises: ConfigurationError.
    """
    data_dir = data_dir.resolve()
    place = make_place(data_dir)
    with exclusive_lock(_start_lock(data_dir)):
        users = (data_dir / "users.lock").open("a")
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            return _join(data_dir, place, users, (durable, postgres, valkey))
        except BaseException:
            if _can_have_alone(users):
                stop_servers(data_dir)
            users.close()
            raise


@contextmanager
def running(
    data_dir: Path, *, durable: bool = True, postgres: bool = True, valkey: bool = True
) -> Iterator[RunningServices]:
    """Use the servers of the data directory inside a with block.

    Raises: ConfigurationError.
    """
    services = start(data_dir, durable=durable, postgres=postgres, valkey=valkey)
    try:
        yield services
    finally:
        services.stop()


def is_abandoned(data_dir: Path) -> bool:
    """Tell whether programs have used the servers of the data directory and all are gone."""
    try:
        with (data_dir / "users.lock").open("r") as users:
            return _can_have_alone(users)
    except OSError:
        return False


def stop_servers(data_dir: Path) -> None:
    """Stop the servers of the data directory, whoever started them."""
    place = make_place(data_dir)
    for server in (ValkeyServer(data_dir, place), PostgresServer(data_dir, place)):
        process = server.find()
        if process is not None:
            server.stop(process)


def _join(
    data_dir: Path, place: Place, users: IO[str], wanted: tuple[bool, bool, bool]
) -> RunningServices:
    durable, postgres, valkey = wanted
    started: list[str] = []
    database_url = database_owner_url = redis_url = ""
    if postgres:
        database = PostgresServer(data_dir, place, durable=durable)
        started += [database.title] if ensure_running(database) else []
        database_url = database.url(port=port_of(database))
        database_owner_url = database.owner_url(port=port_of(database))
    if valkey:
        store = ValkeyServer(data_dir, place, durable=durable)
        started += [store.title] if ensure_running(store) else []
        redis_url = store.url(port=port_of(store))
    services = Services(
        database_url=database_url, database_owner_url=database_owner_url, redis_url=redis_url
    )
    return RunningServices(services, data_dir, tuple(started), users)


def _start_lock(data_dir: Path) -> Path:
    return data_dir / "start.lock"


def _can_have_alone(users: IO[str]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
