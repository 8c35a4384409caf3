"""Programs of their own that use the servers of a data directory, and servers seen from outside."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

_CHECKOUT = Path(__file__).resolve().parents[2]
# a shell lets what it runs in the background ignore Ctrl-C, and so does whatever that starts
_SOURCE = """
import json, os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from config.embedded import ensure_environment
ensure_environment()
print(json.dumps([os.environ["DATABASE_OWNER_URL"], os.environ["REDIS_URL"]]), flush=True)
sys.stdin.read()
"""


@dataclass
class Program:
    """A running program that has completed its environment."""

    process: subprocess.Popen[str]
    database_owner_url: str
    redis_url: str

    def leave(self) -> str:
        """Let the program end by itself; return what it wrote to stderr."""
        _, errors = self.process.communicate(timeout=30)
        assert self.process.returncode == 0, errors
        return errors

    def end_by(self, signal: int) -> int:
        """Send the signal, wait, and return the exit status."""
        self.process.send_signal(signal)
        self.process.communicate(timeout=30)
        return self.process.returncode


def start_program(data_dir: Path) -> Program:
    """Start a program whose environment names the data directory and no server."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    process = subprocess.Popen(
        [sys.executable, "-c", _SOURCE],
        cwd=_CHECKOUT,
        env=kept
        | {"PRS_DATA_DIR": str(data_dir), "SECRET_KEY": "not-secret-but-long-enough-to-be-taken"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    line = _output(process).readline()
    if not line:
        raise AssertionError(process.communicate()[1])
    database_owner_url, redis_url = json.loads(line)
    return Program(process, database_owner_url, redis_url)


def run_python(source: str, *arguments: str) -> str:
    """Run Python source in a process of its own; return what it printed."""
    result = subprocess.run(
        [sys.executable, "-c", source, *arguments],
        cwd=_CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def server_processes(data_dir: Path) -> list[psutil.Process]:
    """Return the servers whose command line names the data directory, with no help of our code."""
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if any(part.startswith(f"{data_dir}/") for part in process.info["cmdline"] or [])
    ]


def _output(process: subprocess.Popen[str]) -> IO[str]:
    assert process.stdout is not None
    return process.stdout
