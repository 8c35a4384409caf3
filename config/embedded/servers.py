"""What the two servers have in common: adopt the one that runs, otherwise start one."""

from pathlib import Path
from typing import Protocol

import psutil

from config.embedded.files import choose_port, remembered_port
from config.embedded.processes import Account, is_alive, spawn, wait_until
from config.env import ConfigurationError

_ATTEMPTS = 5
_START_TIMEOUT_S = 60.0
# a server that runs may still be replaying its log after a crash
_ADOPTION_TIMEOUT_S = 30.0
_LOG_LIMIT_BYTES = 5_000_000


class Server(Protocol):
    """One kind of server in one data directory."""

    title: str
    variable: str
    log: Path
    port_file: Path

    @property
    def account(self) -> Account | None:
        """The account that the server runs under; None is the caller's own."""

    def find(self) -> psutil.Process | None:
        """Return the running server of this data directory."""

    def prepare(self) -> None:
        """Make the data directory ready for a start, also after a crash."""

    def command(self, *, port: int) -> list[str]:
        """Return the command line that serves on the port."""

    def answers(self, *, port: int) -> bool:
        """Tell whether the server on the port lets us in."""

    def stop(self, process: psutil.Process) -> None:
        """End the server in good order, otherwise by force."""


def ensure_running(server: Server) -> bool:
    """Adopt the running server, or start one on a free port. Return whether it was started.

    The caller holds the data directory's lock. Raises: ConfigurationError.
    """
    process = server.find()
    if process is not None:
        if _becomes_ready(server, process, timeout_s=_ADOPTION_TIMEOUT_S):
            return False
        server.stop(process)
    _start(server)
    return True


def port_of(server: Server) -> int:
    """Return the port of the running server."""
    port = remembered_port(server.port_file)
    if port is None:
        raise ConfigurationError(f"{server.title} has not been started.")
    return port


def _start(server: Server) -> None:
    if server.log.exists() and server.log.stat().st_size > _LOG_LIMIT_BYTES:
        server.log.unlink()
    server.prepare()
    # between choosing a port and listening on it another program may take it
    for _ in range(_ATTEMPTS):
        port = choose_port(server.port_file)
        process = spawn(server.command(port=port), account=server.account, log=server.log)
        if _becomes_ready(server, process, timeout_s=_START_TIMEOUT_S):
            return
        server.stop(process)
    raise ConfigurationError(
        f"{server.title} did not start: {_last_line(server.log)} (more in {server.log}); "
        f"set {server.variable} to use a server of your own."
    )


def _becomes_ready(server: Server, process: psutil.Process, *, timeout_s: float) -> bool:
    port = remembered_port(server.port_file)
    if port is None:
        return False
    answered = False

    def answered_or_ended() -> bool:
        nonlocal answered
        answered = server.answers(port=port)
        return answered or not is_alive(process)

    wait_until(answered_or_ended, timeout_s=timeout_s)
    return answered and is_alive(process)


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
