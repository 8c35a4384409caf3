"""Contestants that need Django: a process of its own for each set of settings.

Our engine and stock django-tenants cannot live in one process, their settings contradict each
other. So each contestant is a child that does what it is told and says how long the work took.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Self

from config.stack.procfile import CHECKOUT


class BenchmarkBroken(RuntimeError):
    """A contestant failed, or answered something else than the others: there is no figure."""


class Contender:
    """A process with one set of settings; use it in a with block."""

    def __init__(self, *, settings: str, env: Mapping[str, str], log: Path) -> None:
        self.settings, self._env, self._log = settings, env, log

    def __enter__(self) -> Self:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.contender"],
                cwd=CHECKOUT,
                env=dict(self._env),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        return self

    def __exit__(self, *_exception: object) -> None:
        _pipe(self._process.stdin).close()
        self._process.wait()
        _pipe(self._process.stdout).close()

    def call(self, task: str, **arguments: Any) -> Any:
        """Do a task, "module.function" below benchmarks, and return its result.

        Arguments and result are what JSON can carry. Raises: BenchmarkBroken.
        """
        return self._order(task, arguments)["result"]

    def time(self, task: str, **arguments: Any) -> float:
        """Do a task and return how many seconds it took. Raises: BenchmarkBroken."""
        return float(self._order(task, arguments)["seconds"])

    def profile(self, task: str, **arguments: Any) -> str:
        """Do a task under the profiler and return where its time went. Raises: BenchmarkBroken."""
        return str(self._order(task, arguments, profiled=True)["profile"])

    def _order(
        self, task: str, arguments: Mapping[str, Any], *, profiled: bool = False
    ) -> dict[str, Any]:
        order = {"task": f"benchmarks.{task}", "arguments": arguments, "profiled": profiled}
        orders = _pipe(self._process.stdin)
        orders.write(f"{json.dumps(order)}\n")
        orders.flush()
        line = _pipe(self._process.stdout).readline()
        answer: dict[str, Any] = json.loads(line or '{"error": "it ended"}')
        if "error" in answer:
            words = self._log.read_text("utf-8", errors="replace")[-2000:]
            raise BenchmarkBroken(f"{self.settings}, {task}: {answer['error']}\n{words}")
        return answer


def _pipe(stream: IO[str] | None) -> IO[str]:
    if stream is None:
        raise BenchmarkBroken("The contestant has no pipe.")
    return stream
