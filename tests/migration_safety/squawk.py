"""What squawk finds: statements that block or break whoever uses the tables meanwhile."""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.migration_safety.reading import Problem, Said

PROGRAM = Path(sys.executable).parent / "squawk"
OLDEST_SERVER = "15"

# rules that do not hold here, each with the reason
EXCLUDED: dict[str, str] = {
    "prefer-text-field": "Django keeps lengths in varchar; making one longer rewrites nothing.",
    "prefer-bigint-over-int": "Keys are bigint or uuid; what counts in integers stays small.",
    "prefer-bigint-over-smallint": "The same: ranks, scores and days.",
    "require-concurrent-index-creation": (
        "A table holds one organization's rows: an index takes a fraction of a second. Built "
        "concurrently it takes several transactions, and a failure leaves an invalid index behind."
    ),
    "constraint-missing-not-valid": (
        "The same: reading one organization's table takes a fraction of a second, and rows that "
        "break the constraint must fail the migration, not wait for somebody."
    ),
}

# PostgreSQL does not look at the rows when the new column is empty
_EMPTY_REFERENCE = re.compile(
    r'ALTER TABLE "[^"]+" ADD COLUMN "[^"]+" \w+ NULL (UNIQUE )?CONSTRAINT "[^"]+" REFERENCES '
)
# the runner sets both for every statement of a migration
_TIMEOUTS = "SET lock_timeout = '2s';\nSET statement_timeout = '60s';\n"


def check(all_said: Sequence[Said]) -> Iterator[Problem]:
    """Yield what breaks a rule of squawk's."""
    with tempfile.TemporaryDirectory(prefix="squawk-") as directory:
        files = {
            _write(Path(directory), number, said): said for number, said in enumerate(all_said)
        }
        for found in _run(list(files)):
            said = files[found["file"]]
            statement = _statement(said, int(found["line"]))
            if not _harms_nobody(said, statement):
                text = f"{found['message']} ({statement})"
                yield Problem(said.migration, found["rule_name"], text)


def _harms_nobody(said: Said, statement: str) -> bool:
    """Return whether the table is new, or all that is new refers to nothing yet."""
    return said.is_of_new_table(statement) or _EMPTY_REFERENCE.match(statement) is not None


def _statement(said: Said, line: int) -> str:
    at = line - _TIMEOUTS.count("\n")
    return said.lines[at] if 0 <= at < len(said.lines) else ""


def _write(directory: Path, number: int, said: Said) -> str:
    path = directory / f"{number:04}.sql"
    path.write_text(_TIMEOUTS + "\n".join(said.lines), encoding="utf-8")
    return str(path)


def _run(paths: Sequence[str]) -> list[dict[str, str]]:
    excluded = [f"--exclude={rule}" for rule in EXCLUDED]
    run = subprocess.run(
        [PROGRAM, "--reporter=json", f"--pg-version={OLDEST_SERVER}", *excluded, *paths],
        capture_output=True,
        text=True,
        check=False,
    )
    found: list[dict[str, str]] = json.loads(run.stdout)
    return found
