"""Web processes under load: uvicorn as the Procfile starts it, each with its own settings."""

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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
    env = ground.env(
        database,
        HOST="127.0.0.1",
        PORT=str(port),
        settings=settings,
        DATABASE_POOL=str(pooled).lower(),
        DATABASE_POOL_SIZE=str(POOL_SIZE),
        **extra,
    )
    with ground.log.open("ab") as log:
        started = subprocess.Popen(  # noqa: S602 (the Procfile is ours)
            f"exec {read_command('web').replace(PRODUCT, application)}",
            shell=True,
            cwd=CHECKOUT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        wait_until(lambda: _listens(port) or started.poll() is not None, timeout_s=_PATIENCE_S)
        if not _listens(port):
            raise BenchmarkBroken(f"{application} does not serve: {ground.last_words()}")
        yield Web(port, psutil.Process(started.pid))
    finally:
        started.send_signal(SIGTERM)
        wait_until(lambda: started.poll() is not None, timeout_s=10)
        if started.poll() is None:
            os.killpg(started.pid, SIGKILL)
        started.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
