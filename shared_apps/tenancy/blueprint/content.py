"""A schema's rows, and how far its sequences have counted, as lines."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.backends.utils import CursorWrapper

from shared_apps.tenancy.blueprint.lines import Line

Columns = dict[str, list[str]]


def content_lines(cursor: CursorWrapper, lines: Sequence[Line]) -> list[Line]:
    """Return a line for each row of each table and for each sequence's position.

    Two round trips: which tables have rows at all, then the rows, each value in PostgreSQL's text.
    """
    columns: Columns = defaultdict(list)
    for line in sorted(lines, key=lambda line: line.place):
        if line.kind == "column":
            columns[line.relation].append(line.name)
    sequences = [line.relation for line in lines if line.kind in ("sequence", "identity")]
    survey = _select(cursor, [*map(_position, sequences), *map(_is_filled, columns)])
    filled = [line.relation for line in survey if line.kind == "filled"]
    rows = _select(cursor, [_rows(table, columns[table]) for table in filled])
    return [*rows, *(line for line in survey if line.kind == "position")]


def _select(cursor: CursorWrapper, queries: Iterable[str]) -> list[Line]:
    if not (parts := list(queries)):
        return []
    cursor.execute(" UNION ALL ".join(parts))
    return [
        Line(kind, relation, "", 0, definition, "", "")
        for kind, relation, definition in cursor.fetchall()
    ]


def _position(sequence: str) -> str:
    name = literal(sequence)
    return f"SELECT 'position', {name}, last_value || ', ' || is_called FROM {sequence}"  # noqa: S608  a quoted name of the catalog


def _is_filled(table: str) -> str:
    return f"SELECT 'filled', {literal(table)}, '' WHERE EXISTS (SELECT FROM {table})"  # noqa: S608  same


def _rows(table: str, columns: Sequence[str]) -> str:
    values = ", ".join(f"quote_nullable({column}::text)" for column in columns)
    tuple_of_values = f"'(' || concat_ws(', ', {values}) || ')'"
    return f"SELECT 'row', {literal(table)}, {tuple_of_values} FROM {table}"  # noqa: S608  same


def literal(text: str) -> str:
    """Return a text as an SQL literal; standard_conforming_strings is on wherever we run."""
    return "'" + text.replace("'", "''") + "'"
