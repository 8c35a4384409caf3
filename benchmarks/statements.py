"""Statements, as the server's own log has them: whatever sends them, none is missed.

Counting inside Django would miss what a backend or a pool sends behind its back.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import LiteralString

from psycopg import sql

from benchmarks.ground import Ground

# log_line_prefix is the default "%m [%p] "; psycopg's own binding logs "execute <name>: "
_STATEMENT = re.compile(r"^.*? LOG:  (?:statement|execute [^:]*): (.*)$")


class StatementLog:
    """The statements that sessions of one database send, while the log is on."""

    def __init__(self, ground: Ground) -> None:
        self._path = ground.server_log

    def during(self, act: Callable[[], object]) -> list[str]:
        """Return the statements that were sent while `act` ran, in order."""
        start = self._path.stat().st_size
        act()
        with self._path.open("rb") as file:
            file.seek(start)
            text = file.read().decode("utf-8", errors="replace")
        return read_statements(text)


@contextmanager
def logged(ground: Ground, database: str) -> Iterator[StatementLog]:
    """Have the server log every statement of sessions of the database that begin inside."""
    _alter(ground, database, "SET log_statement = 'all'")
    try:
        yield StatementLog(ground)
    finally:
        _alter(ground, database, "RESET log_statement")


def read_statements(text: str) -> list[str]:
    """Return the statements of a piece of the server's log; a line break inside one stays."""
    found: list[str] = []
    is_open = False
    for line in text.splitlines():
        match = _STATEMENT.match(line)
        if match:
            found.append(match.group(1))
        elif line.startswith("\t") and is_open:
            found[-1] += f"\n{line[1:]}"
            continue
        is_open = match is not None
    return found


def is_path_setting(statement: str) -> bool:
    """Return whether the statement only selects a schema."""
    return statement.lstrip().upper().startswith("SET SEARCH_PATH")


def _alter(ground: Ground, database: str, change: LiteralString) -> None:
    with ground.connect("postgres") as connection:
        statement = sql.SQL("ALTER DATABASE {} ").format(sql.Identifier(database)) + sql.SQL(change)
        connection.execute(statement)
