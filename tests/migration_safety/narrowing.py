"""What takes something away from the running version: rows, rights, numbers, a table for long.

The linters look at the form of tables. These statements leave the form alone, or forbid rows that
the version which is being replaced may still write.
"""

import re
from collections.abc import Iterator, Sequence

from tests.migration_safety.reading import Problem, Said, bare

# rule -> (pattern, why)
REFUSED: dict[str, tuple[str, str]] = {
    "removes-rows": (
        r"\bTRUNCATE\b|\bDELETE\s+FROM\b",
        "The running version may still read these rows.",
    ),
    "takes-rights": (
        r"\bREVOKE\b",
        "The running version may still need the right; rights are declared on models.",
    ),
    "holds-a-table": (
        r"\bLOCK\s+(TABLE\b|\")|\bVACUUM\b|\bCLUSTER\b|\bREINDEX\b",
        "Everybody who uses the table waits meanwhile.",
    ),
    "repeats-numbers": (
        r"\bALTER\s+SEQUENCE\b.*\bRESTART\b|\bRESTART\s+IDENTITY\b|\bSETVAL\s*\(",
        "A number that was given out may be given out again.",
    ),
    "forbids-rows": (
        r"\bADD\s+(CONSTRAINT\s+(\"[^\"]+\"|\w+)\s+)?(CHECK|EXCLUDE)\b",
        "The running version may still write rows that it forbids.",
    ),
}
_COMPILED = {
    rule: (re.compile(pattern, re.IGNORECASE | re.DOTALL), why)
    for rule, (pattern, why) in REFUSED.items()
}


def check(all_said: Sequence[Said]) -> Iterator[Problem]:
    """Yield what a migration takes away from tables that were there before."""
    for said in all_said:
        for statement in said.lines:
            if not said.is_of_new_table(statement):
                for rule, (pattern, why) in _COMPILED.items():
                    if pattern.search(bare(statement)):
                        yield Problem(said.migration, rule, f"{why} ({statement[:160]})")
