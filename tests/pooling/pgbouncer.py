"""A real PgBouncer in transaction mode, on a free port of 127.0.0.1, inside a with block."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

import psycopg

from config.embedded.files import free_port
from config.embedded.places import unprivileged_account
from config.embedded.processes import wait_until
from config.env import ConfigurationError

# few, so that every server session goes through many clients' hands
SERVER_SESSIONS = 5

_INI = """\
[databases]
* = host={host} port={port}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own_port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {directory}/users.txt
pool_mode = transaction
default_pool_size = {sessions}
max_client_conn = 1000
logfile = {directory}/pgbouncer.log
ignore_startup_parameters = extra_float_digits,options
"""


def find_pgbouncer() -> str | None:
    """Return the path of the program, or None where it is not installed."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")


def install_pgbouncer() -> str:
    """Return the path of the program, installed from Debian's packages where it is missing.

    Raises: ConfigurationError.
    """
    if found := find_pgbouncer():
        return found
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise ConfigurationError("pgbouncer is not installed; run: apt-get install pgbouncer")
    command = ["apt-get", "install", "--yes", "--no-install-recommends", "pgbouncer"]
    result = subprocess.run(
        command,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    found = find_pgbouncer()
    if result.returncode != 0 or found is None:
        last = result.stdout.strip().splitlines()[-1:] or ["no message"]
        raise ConfigurationError(f"apt-get install pgbouncer failed: {last[0]}")
    return found


@contextmanager
def pooler(program: str, *urls: str) -> Iterator[list[str]]:
    """Put a pooler before the server of these addresses; yield the addresses through it.

    Raises: ConfigurationError.
    """
    with tempfile.TemporaryDirectory(prefix="prs-pgbouncer-") as name:
        directory, port = Path(name), free_port()
        _configure(directory, [urlsplit(url) for url in urls], port)
        command = [program, str(directory / "pgbouncer.ini")]
        if os.geteuid() == 0:  # it refuses to run as root
            account = unprivileged_account()
            for path in (directory, *directory.iterdir()):
                os.chown(path, account.uid, account.gid)
            command[1:1] = ["--user", "nobody"]
        through = [_through(urlsplit(url), port) for url in urls]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            try:
                if not wait_until(lambda: _answers(through[0]), timeout_s=20):
                    log = (directory / "pgbouncer.log").read_text(encoding="utf-8")
                    raise ConfigurationError(f"pgbouncer does not answer: {log[-500:]}")
                yield through
            finally:
                process.terminate()


def _configure(directory: Path, servers: list[SplitResult], port: int) -> None:
    users = "".join(
        f'"{unquote(each.username or "")}" "{unquote(each.password or "")}"\n' for each in servers
    )
    ini = _INI.format(
        host=servers[0].hostname,
        port=servers[0].port,
        own_port=port,
        directory=directory,
        sessions=SERVER_SESSIONS,
    )
    for name, text in (("users.txt", users), ("pgbouncer.ini", ini)):
        (directory / name).touch(mode=0o600)
        (directory / name).write_text(text, encoding="utf-8")


def _through(url: SplitResult, port: int) -> str:
    return urlunsplit(url._replace(netloc=f"{url.username}:{url.password}@127.0.0.1:{port}"))


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
