"""Asking the database: one question, or many as one statement that it plans once."""

from collections.abc import Mapping
from hashlib import md5
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection

# by connection, the statements that it has planned
_planned: "WeakKeyDictionary[Any, set[str]]" = WeakKeyDictionary()


def rows_of(question: str, **given: Any) -> list[tuple[Any, ...]]:
    """Return the answer of the database."""
    with connection.cursor() as cursor:
        cursor.execute(question, given or None)
        return list(cursor.fetchall())


def offenders_of(questions: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what each question for offenders finds: its name, and the row as JSON.

    Planning them takes longer than answering, so they are prepared together, once a connection.
    """
    together = " UNION ALL ".join(
        f"SELECT '{name}', row_to_json(offender)::text FROM ({question}) offender"  # noqa: S608
        for name, question in questions.items()
    )
    statement = "books_" + md5(together.encode(), usedforsecurity=False).hexdigest()
    with connection.cursor() as cursor:
        known = _planned.setdefault(connection.connection, set())
        if statement not in known:
            cursor.execute(f"PREPARE {statement} AS {together}")
            known.add(statement)
        cursor.execute(f"EXECUTE {statement}")
        return list(cursor.fetchall())
