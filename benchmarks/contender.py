"""`python -m benchmarks.contender`: the child's side of a contestant (see benchmarks.contenders).

Reads one order per line from stdin and answers one line each. The clock runs here, around the work
alone: neither the interpreter's start nor Django's is part of a figure.
"""

import cProfile
import importlib
import io
import json
import os
import pstats
import sys
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

PROFILED_LINES = 30
STATEMENT_WIDTH = 110


def main() -> None:
    """Set Django up, then obey until stdin ends."""
    # whatever the product prints must not get between the answers
    with os.fdopen(os.dup(1), "w") as answers:
        os.dup2(2, 1)
        _set_up()
        for line in sys.stdin:
            answers.write(f"{json.dumps(_obey(json.loads(line)))}\n")
            answers.flush()


def _set_up() -> None:
    import django  # noqa: PLC0415  reads the settings that the environment names

    django.setup()


def _obey(order: dict[str, Any]) -> dict[str, Any]:
    try:
        task = _find(order["task"])
        if order["profiled"]:
            return {"profile": _profile(task, order["arguments"])}
        started = perf_counter()
        result = task(**order["arguments"])
        return {"seconds": perf_counter() - started, "result": result}
    # a command may end by SystemExit; the parent hears of whatever went wrong
    except (Exception, SystemExit):  # noqa: BLE001  reported, not swallowed
        return {"error": traceback.format_exc()}


def _find(path: str) -> Callable[..., Any]:
    module, _, name = path.rpartition(".")
    task: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return task


def _profile(task: Callable[..., Any], arguments: dict[str, Any]) -> str:
    from django.db import connection  # noqa: PLC0415  after django.setup()

    statements = Statements()
    profiler, text = cProfile.Profile(), io.StringIO()
    with connection.execute_wrapper(statements):
        profiler.runcall(task, **arguments)
    pstats.Stats(profiler, stream=text).sort_stats("tottime").print_stats(PROFILED_LINES)
    return f"{statements.as_text()}\n{text.getvalue()}"


@dataclass
class Statements:
    """How long statements took, by their text; only those of Django's own connection."""

    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    times: Counter[str] = field(default_factory=Counter)

    def __call__(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: Any, context: Any
    ) -> Any:
        """Run a statement and note how long it took (Django's execute_wrapper)."""
        started = perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            name = " ".join(str(sql)[:STATEMENT_WIDTH].split())
            self.seconds[name] += perf_counter() - started
            self.times[name] += 1

    def as_text(self) -> str:
        """Return the statements that took longest."""
        slowest = sorted(self.seconds, key=self.seconds.__getitem__, reverse=True)
        lines = [f"{self.times.total()} statements, {sum(self.seconds.values()):.3f} s in all"]
        lines += [
            f"{self.seconds[name]:9.3f} s {self.times[name]:6} x  {name}"
            for name in slowest[:PROFILED_LINES]
        ]
        return "\n".join(lines)


if __name__ == "__main__":
    main()
