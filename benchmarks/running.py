"""`python -m benchmarks`: run benchmarks on one ground, one after the other, and report.

Each module that BENCHMARKS names is a script of its own, too: `python -m benchmarks.provisioning`.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from importlib import import_module
from typing import Protocol, cast

from benchmarks.contenders import BenchmarkBroken
from benchmarks.ground import Ground, ground
from benchmarks.report import closing_line, say, show, write_profile, write_results
from benchmarks.rows import Row
from config.env import ConfigurationError

BENCHMARKS = (
    "provisioning",
    "migrate_nothing",
    "migrate_field",
    "routing",
    "backends",
    "rotation",
)


class Benchmark(Protocol):
    """What each module of a benchmark offers."""

    def sizes(self, *, full: bool) -> Sequence[int]:
        """Return how many organizations the databases hold that it asks for."""

    def measure(self, ground: Ground, *, full: bool) -> list[Row]:
        """Measure every case. Raises: BenchmarkBroken."""


def main(names: Sequence[str] = ()) -> int:
    """Run what the command line asks for, or the named benchmarks; return the exit status.

    0 when everything was measured, whatever the targets say: no figure fails a run. 1 when a
    benchmark broke, 2 when a setting is wrong.
    """
    options = _parse(names)
    chosen = names or options.names or BENCHMARKS
    try:
        return _run(chosen, full=options.full, profiled=options.profile)
    except BenchmarkBroken as error:
        say(f"bench: failed ({error})")
        return 1
    except ConfigurationError as error:
        say(f"bench: failed ({error})")
        return error.exit_status
    except KeyboardInterrupt:
        say("bench: failed (stopped)")
        return 130


def script(name: str) -> None:
    """Run one benchmark as a program."""
    sys.exit(main([name]))


def _parse(names: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog=f"python -m benchmarks{''.join(f'.{name}' for name in names)}",
        description="Measure against baselines and floors in one run.",
        epilog="example:\n  python -m benchmarks provisioning rotation --full",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    if not names:
        parser.add_argument("names", nargs="*", help=f"of {', '.join(BENCHMARKS)}; default: all")
    parser.add_argument("--full", action="store_true", help="the sizes that the targets speak of")
    parser.add_argument(
        "--profile", action="store_true", help="write down where our time goes, beside the results"
    )
    options = parser.parse_args()
    for name in () if names else options.names:
        if name not in BENCHMARKS:
            parser.error(f"there is no benchmark {name!r}; there are {', '.join(BENCHMARKS)}")
    return options


def _run(names: Sequence[str], *, full: bool, profiled: bool) -> int:
    started = time.monotonic()
    found = {name: cast("Benchmark", import_module(f"benchmarks.{name}")) for name in names}
    sizes = {size for benchmark in found.values() for size in benchmark.sizes(full=full)}
    rows: list[Row] = []
    with ground(sizes=sorted(sizes)) as place:
        machine = place.machine()
        say(f"{machine}; ground ready after {time.monotonic() - started:.0f} s")
        for name, benchmark in found.items():
            measured = _measure(benchmark, place, full=full)
            write_results(name, rows=measured, machine=machine)
            show(name, measured)
            rows += measured
            if profiled and hasattr(benchmark, "profile"):
                write_profile(name, text=benchmark.profile(place, full=full))
    say(f"\nmeasured in {time.monotonic() - started:.0f} s")
    say(closing_line(rows))
    return 0


def _measure(benchmark: Benchmark, place: Ground, *, full: bool) -> list[Row]:
    """Measure every case; what breaks it tells what the contestants complained of."""
    try:
        return benchmark.measure(place, full=full)
    except BenchmarkBroken as error:
        raise BenchmarkBroken(f"{error}\n{place.last_words()}") from error
