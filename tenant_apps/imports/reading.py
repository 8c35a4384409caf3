"""CSV files read as streams, every row with the number of its line."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

MAX_LENGTH = 100


class Reader(Protocol):
    """What csv.reader returns."""

    line_num: int

    def __next__(self) -> list[str]: ...


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
            reader = csv.reader(stream)
            header = _header(path, reader, columns)
            yield from _rows(reader, header)
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror}.") from error


def _header(path: Path, reader: Reader, columns: Sequence[str]) -> list[str]:
    try:
        header = [name.strip() for name in next(reader)]
    except StopIteration:
        raise UnreadableFile(f"{path} is empty.") from None
    except csv.Error as error:
        raise UnreadableFile(f"{path} is not a CSV file: {error}.") from error
    missing = [name for name in columns if name not in header]
    if missing:
        raise UnreadableFile(f"{path} lacks the column {', '.join(missing)} in its first line.")
    return header


def _rows(reader: "Reader", header: Sequence[str]) -> Iterator[Line]:
    while True:
        first = reader.line_num + 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Line(first, {}, f"The row is not CSV: {error}.")
            continue
        if values:
            yield _line(first, values, header)


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
