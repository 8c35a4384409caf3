"""Web processes under load: uvicorn as the Procfile starts it, each with its own settings."""

import os
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL, SIGTERM

import psutil

from benchmarks.contenders import BenchmarkBroken
from benchmarks.ground import Ground
from config.embedded.files import free_port
from config.embedded.processes import wait_until
from config.stack.procfile import CHECKOUT, read_command

PRODUCT = "config.asgi:application"
POOL_SIZE = 10
_PATIENCE_S = 60.0
_PATIENCE_TO_END_S = 10.0


@dataclass(frozen=True)
class Web:
    """A web process that answers."""

    port: int
    process: psutil.Process

    def cpu_s(self) -> float:
        """Return the processor time that the process has taken so far."""
        times = self.process.cpu_times()
        return float(times.user + times.system)


@contextmanager
def serving(
    ground: Ground,
    database: str,
    *,
    settings: str,
    application: str = PRODUCT,
    pooled: bool = True,
    **extra: str,
) -> Iterator[Web]:
    """Serve an application on a free port; end it afterwards. Raises: BenchmarkBroken."""
    port = free_port()
    own = {"HOST": "127.0.0.1", "PORT": str(port), "DATABASE_POOL_SIZE": str(POOL_SIZE), **extra}
    env = ground.env(database, settings=settings, DATABASE_POOL=str(pooled).lower(), **own)
    started = _start(application, env, ground.log)
    try:
        wait_until(lambda: _listens(port) or started.poll() is not None, timeout_s=_PATIENCE_S)
        if not _listens(port):
            raise BenchmarkBroken(f"{application} does not serve: {ground.last_words()}")
        yield Web(port, psutil.Process(started.pid))
    finally:
        _stop(started)


def _start(application: str, env: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S602 (the Procfile is ours)
            f"exec {read_command('web').replace(PRODUCT, application)}",
            shell=True,
            cwd=CHECKOUT,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def _stop(started: subprocess.Popen[bytes]) -> None:
    started.send_signal(SIGTERM)
    wait_until(lambda: started.poll() is not None, timeout_s=_PATIENCE_TO_END_S)
    if started.poll() is None:
        os.killpg(started.pid, SIGKILL)
    started.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
