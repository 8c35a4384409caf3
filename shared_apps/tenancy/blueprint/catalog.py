"""What a schema consists of, line by line, so that two schemas built alike read alike."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from django.db import connection

from shared_apps.tenancy.blueprint.content import content_lines
from shared_apps.tenancy.blueprint.definitions import LINES
from shared_apps.tenancy.blueprint.lines import Line, line_of
from shared_apps.tenancy.blueprint.members import UNKNOWN
from shared_apps.tenancy.context import EXTENSIONS_SCHEMA, use_schema

NAMED_AT_MOST = 10

# Values and definitions print the same in every session; compiling a query that runs once costs
# more than it saves.
SETTLE_SESSION = """
SELECT set_config(name, value, true)
  FROM (VALUES ('datestyle', 'ISO, MDY'), ('intervalstyle', 'postgres'), ('timezone', 'UTC'),
               ('extra_float_digits', '1'), ('bytea_output', 'hex'), ('xmlbinary', 'base64'),
               ('quote_all_identifiers', 'off'), ('standard_conforming_strings', 'on'),
               ('jit', 'off')) AS settled (name, value)
"""


class UnknownObject(RuntimeError):
    """The schema has something that a replay would lose; the message names it."""

    def __init__(self, reasons: Iterable[str]) -> None:
        super().__init__(listed(reasons))


@dataclass(frozen=True)
class Catalog:
    """All lines of a schema, in order."""

    lines: tuple[Line, ...]

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of all lines: equal for schemas that are alike in everything."""
        return sha256(repr([tuple(line) for line in self.lines]).encode()).hexdigest()

    def of(self, *kinds: str) -> list[Line]:
        """Return the lines of some kinds."""
        return [line for line in self.lines if line.kind in kinds]


def read_catalog(schema: str) -> Catalog:
    """Return what a schema consists of. Runs inside a transaction and settles its session."""
    with use_schema(schema), connection.cursor() as cursor:
        cursor.execute(SETTLE_SESSION)
        cursor.execute(LINES, {"schema": schema})
        lines = [line_of(row) for row in cursor.fetchall()]
        lines += content_lines(cursor, lines)
    return Catalog(tuple(sorted(lines)))


def read_form(schema: str) -> Catalog:
    """Return what a schema consists of, but for its rows. Same conditions as `read_catalog`."""
    with use_schema(schema), connection.cursor() as cursor:
        cursor.execute(SETTLE_SESSION)
        cursor.execute(LINES, {"schema": schema})
        return Catalog(tuple(sorted(line_of(row) for row in cursor.fetchall())))


def refuse_unknown(schema: str, catalog: Catalog) -> None:
    """Do nothing when statements can repeat all of the schema. Raises: UnknownObject."""
    with use_schema(schema), connection.cursor() as cursor:
        cursor.execute(UNKNOWN, {"schema": schema, "extensions": EXTENSIONS_SCHEMA})
        reasons = [str(reason) for (reason,) in cursor.fetchall()]
    for line in catalog.lines:
        if line.unusual:
            reasons.append(f"{line.subject} is {line.unusual}")
        elif schema in line.definition:
            reasons.append(f"{line.subject} names the schema itself")
    if reasons:
        raise UnknownObject(reasons)


def differences(wanted: Iterable[Line], found: Iterable[Line]) -> list[str]:
    """Return in words what only one of two schemas has."""
    wanted_lines, found_lines = Counter(wanted), Counter(found)
    missing = [f"missing {line}" for line in wanted_lines - found_lines]
    return missing + [f"unexpected {line}" for line in found_lines - wanted_lines]


def listed(reasons: Iterable[str]) -> str:
    """Return the first reasons in one line, and how many more there are."""
    found = sorted(set(reasons))
    more = len(found) - NAMED_AT_MOST
    text = "; ".join(found[:NAMED_AT_MOST])
    return f"{text}; and {more} more" if more > 0 else text
