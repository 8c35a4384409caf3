"""`make test` and `make lint`: every check, each with its time, and one line at the end."""

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.catalogs import compile_stale
from config.embedded import throwaway
from config.env import ConfigurationError

CHECKOUT = Path(__file__).resolve().parents[1]
PROGRAMS = Path(sys.executable).parent
_COUNTS = re.compile(r"\d+ (?:passed|failed|skipped|errors?|xfailed|xpassed)")


@dataclass(frozen=True)
class Check:
    """One tool: its name and its command line."""

    name: str
    command: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """How a check ended, with what it printed."""

    check: Check
    status: int
    output: str
    seconds: float

    @property
    def is_ok(self) -> bool:
        """Tell whether the tool was content."""
        return self.status == 0


def program(name: str, *arguments: str) -> tuple[str, ...]:
    """Return the command line of a program of the virtual environment."""
    return (str(PROGRAMS / name), *arguments)


def manage(*arguments: str) -> tuple[str, ...]:
    """Return the command line of a manage.py command."""
    return (sys.executable, "manage.py", *arguments)


STATIC_CHECKS = (
    Check("ruff check", program("ruff", "check", "--quiet", ".")),
    Check("ruff format", program("ruff", "format", "--check", "--quiet", ".")),
    Check("import-linter", program("lint-imports", "--no-cache")),
    Check("mypy", program("mypy")),
    Check("migrations", manage("makemigrations", "--check", "--dry-run")),
    Check("migration safety", (sys.executable, "-m", "tests.migration_safety")),
    Check("django check", manage("check", "--fail-level", "WARNING")),
)


BROWSER = Check("browser", (sys.executable, "-m", "tests.browser"))


def main() -> int:
    """Run the asked checks; return 0 when all are content."""
    parser = argparse.ArgumentParser(prog="python -m tests.checks", description=__doc__)
    parser.add_argument("what", choices=["lint", "test"])
    parser.add_argument("pytest", nargs="*", help="arguments for pytest instead of the usual ones")
    options = parser.parse_args()
    started = time.monotonic()
    try:
        with servers():
            outcomes = run_all(options.what, options.pytest)
    except ConfigurationError as error:
        print(f"{options.what}: failed ({error})")
        return error.exit_status
    return report(options.what, outcomes, time.monotonic() - started)


@contextmanager
def servers() -> Iterator[None]:
    """Hand throwaway servers on to every tool, unless the environment names others."""
    compile_stale()
    missing = {name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name)}
    os.environ.setdefault("SECRET_KEY", "for the checks alone and of more than fifty characters")
    with throwaway(
        postgres="DATABASE_URL" in missing, valkey="REDIS_URL" in missing, in_memory=True
    ) as running:
        if "DATABASE_URL" in missing:
            os.environ["DATABASE_URL"] = running.services.database_url
            os.environ["DATABASE_OWNER_URL"] = running.services.database_owner_url
        if "REDIS_URL" in missing:
            os.environ["REDIS_URL"] = running.services.redis_url
        yield


def run_all(what: str, pytest_arguments: Sequence[str]) -> list[Outcome]:
    """Run the static checks, then the tests when they are asked for; return all outcomes."""
    # two at a time: the checks are as many as the cores of a small machine can carry
    with ThreadPoolExecutor(max_workers=2) as pool:
        running = [pool.submit(run_check, check) for check in STATIC_CHECKS]
        outcomes = [show(future.result()) for future in as_completed(running)]
    if what == "test":
        outcomes.append(show(run_tests(pytest_arguments)))
        if not pytest_arguments:
            outcomes.insert(-1, show_said(run_check(BROWSER)))
    return outcomes


def run_check(check: Check) -> Outcome:
    """Run one tool and keep what it prints."""
    started = time.monotonic()
    result = subprocess.run(
        check.command,
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Outcome(check, result.returncode, result.stdout, time.monotonic() - started)


def run_tests(arguments: Sequence[str]) -> Outcome:
    """Run pytest, passing on each line as it comes."""
    # the browser's tests have a run of their own: beside others Chromium waits for a core
    chosen = tuple(arguments) or ("-n", "2", "--ignore", "tests/browser")
    check = Check("pytest", (sys.executable, "-m", "pytest", *chosen))
    started = time.monotonic()
    lines = []
    with subprocess.Popen(
        check.command, cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            lines.append(line)
    return Outcome(check, process.returncode, "".join(lines), time.monotonic() - started)


def show(outcome: Outcome) -> Outcome:
    """Print one line about a check, and its output when it failed."""
    word = "ok" if outcome.is_ok else "failed"
    if not outcome.is_ok and outcome.check.name != "pytest":
        print(outcome.output.rstrip())
    print(f"  {outcome.check.name:<14} {word:<7} {outcome.seconds:5.1f} s", flush=True)
    return outcome


def show_said(outcome: Outcome) -> Outcome:
    """Print what a check said of itself, and return it."""
    print(outcome.output.rstrip(), flush=True)
    return outcome


def report(what: str, outcomes: Sequence[Outcome], seconds: float) -> int:
    """Print the closing line and return the exit status that matches it."""
    failed = [outcome.check.name for outcome in outcomes if not outcome.is_ok]
    figures = [*_figures(outcomes), f"{seconds:.0f} s"]
    if failed:
        print(f"{what}: failed ({', '.join([*failed, *figures])})")
        return 1
    print(f"{what}: ok ({', '.join(figures)})")
    return 0


def _figures(outcomes: Sequence[Outcome]) -> list[str]:
    last = outcomes[-1]
    if last.check.name != "pytest":
        return [f"{len(outcomes)} tools"]
    closing = last.output.rstrip().rpartition("\n")[2]
    return [f"{len(outcomes) - 1} tools", *_COUNTS.findall(closing)]


if __name__ == "__main__":
    sys.exit(main())
