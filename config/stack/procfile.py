"""The commands of the Procfile and the environment that they run in."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psutil
from honcho.environ import parse_procfile

CHECKOUT = Path(__file__).resolve().parents[2]
# web, worker and beat serve; release runs once before them
SERVING = ("web", "worker", "beat")


def read_command(name: str) -> str:
    """Return the shell command of a process type."""
    commands = parse_procfile((CHECKOUT / "Procfile").read_text(encoding="utf-8")).processes
    command: str = commands[name]
    return command


def process_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of our processes: this interpreter's programs first, and our mark."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    return os.environ | {"PATH": path, "PYTHONUNBUFFERED": "1", **extra, **_mark()}


def manage(*arguments: str, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a manage.py command in the environment; return its result with what it printed."""
    return subprocess.run(  # noqa: S603 (our own commands)
        [sys.executable, "manage.py", *arguments],
        cwd=CHECKOUT,
        env=dict(env),
        # its warnings and progress bars go to our own stderr
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )


def end_leftovers() -> None:
    """End the processes whose supervisor was killed; they would keep the port and the queue."""
    for process in psutil.process_iter():
        try:
            supervisor = process.environ().get("PRS_SUPERVISOR")
            if supervisor and not _is_running(supervisor):
                process.kill()
        # processes of others do not show their environment, and some end while we look
        except psutil.Error:
            continue


def _mark() -> dict[str, str]:
    return {"PRS_SUPERVISOR": _identity(psutil.Process())}


def _identity(process: psutil.Process) -> str:
    return f"{process.pid}:{process.create_time():.2f}"


def _is_running(supervisor: str) -> bool:
    try:
        return _identity(psutil.Process(int(supervisor.partition(":")[0]))) == supervisor
    except (ValueError, psutil.Error):
        return False
