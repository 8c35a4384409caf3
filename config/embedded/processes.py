"""Server processes: start them apart from the terminal, recognize them, end them."""

import os
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL, Signals

import psutil

_POLL_S = 0.02


@dataclass(frozen=True)
class Account:
    """The user and group that a server runs under."""

    uid: int
    gid: int


def spawn(command: Sequence[str], *, account: Account | None, log: Path) -> psutil.Process:
    """Start a server in a session of its own, so that Ctrl-C in the terminal does not reach it."""
    with log.open("ab") as output:
        child = subprocess.Popen(  # noqa: S603 (the binaries of our own wheels)
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env=_server_environment(),
            start_new_session=True,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    process = psutil.Process(child.pid)
    # the server may outlive this program: without a return code Popen would warn about it
    child.returncode = 0
    return process


def run(command: Sequence[str], *, account: Account | None) -> subprocess.CompletedProcess[str]:
    """Run a short program under the account; return its result with its output.

    Raises: PermissionError, when the account may not reach the program.
    """
    return subprocess.run(  # noqa: S603 (fixed questions and the binaries of our own wheels)
        command,
        cwd="/",
        env=_server_environment(),
        capture_output=True,
        text=True,
        check=False,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def find_process(
    *, pid_file: Path, program: str, arguments: Sequence[str]
) -> psutil.Process | None:
    """Return the live process that the file names, if its command line is the expected one.

    A pid alone proves nothing: after a crash or a reboot it may belong to a stranger.
    """
    try:
        process = psutil.Process(int(pid_file.read_text(encoding="utf-8").split()[0]))
        command = process.cmdline()
    except (OSError, ValueError, IndexError, psutil.Error):
        return None
    is_ours = command[1 : 1 + len(arguments)] == list(arguments)
    return process if is_ours and Path(command[0]).name == program else None


def misleads(*, pid_file: Path, program: str) -> bool:
    """Tell whether the file's number exists, but as a dead process or a stranger's.

    One that is just ending, and has no command line any more, is waited for.
    """
    try:
        process = psutil.Process(int(pid_file.read_text(encoding="utf-8").split()[0]))
        wait_until(lambda: not is_alive(process) or bool(process.cmdline()), timeout_s=10)
        return not is_alive(process) or process.name() != program
    except psutil.ZombieProcess:
        return True
    except (OSError, ValueError, IndexError, psutil.Error):
        return False


def find_orphans(*, directory: Path, program: str) -> list[psutil.Process]:
    """Return the processes of the program that work inside the directory."""
    return [
        process
        for process in psutil.process_iter(["name", "cwd"])
        if process.info["name"] == program and process.info["cwd"] == str(directory)
    ]


def is_alive(process: psutil.Process) -> bool:
    """Tell whether the process runs. One that has ended and waits for its parent does not."""
    try:
        if process.status() != psutil.STATUS_ZOMBIE:
            return process.is_running()
        os.waitpid(process.pid, os.WNOHANG)
    except (psutil.NoSuchProcess, ChildProcessError):
        return False
    return False


def wait_until(condition: Callable[[], bool], *, timeout_s: float) -> bool:
    """Ask again and again until the condition holds; tell whether it did in time."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_S)
    return True


def end_process(process: psutil.Process, *, signals: Sequence[Signals], patience_s: float) -> None:
    """Send the signals one after the other, SIGKILL at last, until the process has ended."""
    for signal in (*signals, SIGKILL):
        try:
            process.send_signal(signal)
        except psutil.NoSuchProcess:
            return
        if wait_until(lambda: not is_alive(process), timeout_s=patience_s):
            return


def _server_environment() -> dict[str, str]:
    # without the caller's PG* variables, locale and secrets
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
