"""CSV files read as streams, every row with the number of its line."""

import csv
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

MAX_LENGTH = 100
MAX_LINES_OF_A_ROW = 6


class UnreadableFile(ValueError):
    """The file is not there or is not the one that was asked for; the text is one sentence."""


class BadRow(ValueError):
    """A row cannot be imported; the text says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a file: the number of its first line, and its values by column.

    `problem` says why the row cannot even be read; its values are then empty.
    """

    number: int
    values: Mapping[str, str]
    problem: str = ""


def read_lines(path: Path, *, columns: Sequence[str]) -> Iterator[Line]:
    """Yield the rows of a CSV file with a header, one at a time; empty lines are left out.

    Columns may come in any order and there may be more of them.
    Raises: UnreadableFile.
    """
    try:
        # a byte that is no UTF-8 spoils its own row, not the file
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
            header = _header(path, next(stream, ""), columns)
            yield from _rows(enumerate(stream, start=2), header)
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror}.") from error


def _header(path: Path, text: str, columns: Sequence[str]) -> list[str]:
    if not text.strip():
        raise UnreadableFile(f"{path} is empty.")
    try:
        header = [name.strip() for name in _values(text)]
    except csv.Error as error:
        raise UnreadableFile(f"{path} is not a CSV file: {error}.") from error
    missing = [name for name in columns if name not in header]
    if missing:
        raise UnreadableFile(f"{path} lacks the column {', '.join(missing)} in its first line.")
    return header


def _rows(lines: Iterator[tuple[int, str]], header: Sequence[str]) -> Iterator[Line]:
    ahead: deque[tuple[int, str]] = deque()
    while ahead or (ahead := deque(islice(lines, 1))):
        number, text = ahead.popleft()
        if not text.strip():
            continue
        try:
            yield _line(number, _values(text), header)
        except csv.Error as error:
            ahead.extend(islice(lines, MAX_LINES_OF_A_ROW - 1 - len(ahead)))
            whole = _whole_row(text, ahead, header)
            problem = Line(number, {}, f"The row is not CSV: {error}.")
            yield _line(number, whole, header) if whole else problem


def _whole_row(text: str, ahead: deque[tuple[int, str]], header: Sequence[str]) -> list[str]:
    """Return the values of a row over several lines, and take its lines from those ahead.

    Empty when they complete no row: then the open quote is a slip and spoils its own line alone.
    """
    for count, (_, more) in enumerate(ahead, start=1):
        text += more
        with suppress(csv.Error):
            values = _values(text)
            if len(values) == len(header):
                for _ in range(count):
                    ahead.popleft()
                return values
    return []


def _values(text: str) -> list[str]:
    """Return the values of one row. Raises: csv.Error, also for a quote that is left open."""
    return next(csv.reader([text.rstrip("\r\n")], strict=True))


def _line(number: int, values: Sequence[str], header: Sequence[str]) -> Line:
    if len(values) != len(header):
        problem = f"The row has {len(values)} values, the header {len(header)} columns."
        return Line(number, {}, problem)
    for name, value in zip(header, values, strict=True):
        if not value.isprintable():  # control characters, and bytes that are no UTF-8
            return Line(number, {}, f"{name} has characters that are no text.")
        if len(value) > MAX_LENGTH:
            return Line(number, {}, f"{name} is longer than {MAX_LENGTH} characters.")
    stripped = (value.strip() for value in values)
    return Line(number, dict(zip(header, stripped, strict=True)))
