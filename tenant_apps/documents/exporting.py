"""Lists as files for spreadsheets: who took which away is noted, and no cell is a formula."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import translation

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError
from shared_apps.kernel.spreadsheets import harmless
from tenant_apps.documents.events import ListExported

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

    from tenant_apps.accounts.models import User

MOST_ROWS = 100_000
# rows that are read at a time: the file never stands in memory as a whole
AT_ONCE = 500
LONGEST_FILTERS = 500
# tells spreadsheets that the file is UTF-8
MARK = "\ufeff"

Cell = str | Decimal | date | datetime | None
Columns = Mapping[str, Callable[[Any], Cell]]


class ExportTooLarge(DomainError):
    """The list has more rows than one file takes."""

    code, status = "export_too_large", 409
    message = "This list is too long for one file; filter it first."


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What is taken away: the list's name, how it was filtered, the ids of its rows in order."""

    what: str
    filters: str
    ids: "Sequence[UUID]"


@transaction.atomic
def note_export(
    *, what: str, filters: str, rows: "QuerySet[Any]", by: "User", at: datetime
) -> Taken:
    """Note that a person takes a list away; records ListExported. Raises: ExportTooLarge."""
    ids = list(rows.values_list("pk", flat=True)[: MOST_ROWS + 1])
    if len(ids) > MOST_ROWS:
        raise ExportTooLarge
    taken = Taken(what=what, filters=filters[:LONGEST_FILTERS], ids=ids)
    event = ListExported(user_id=by.pk, what=what, filters=taken.filters, rows=len(ids))
    record(event, actor=by.actor, at=at)
    return taken


def csv_lines(taken: Taken, rows: "QuerySet[Any]", columns: Columns) -> Iterator[bytes]:
    """Return the list as CSV: a head, then the rows in the order that they were taken in.

    Each portion is one query, so that nothing is held between two of them; a row that has left
    the list since is left out. Words are in the language at work when the file was asked for.
    """
    return _lines(taken, rows, columns, language=translation.get_language() or "en")


def _lines(
    taken: Taken, rows: "QuerySet[Any]", columns: Columns, *, language: str
) -> Iterator[bytes]:
    yield MARK.encode() + _written([list(columns)])
    for first in range(0, len(taken.ids), AT_ONCE):
        part = taken.ids[first : first + AT_ONCE]
        found = {row.pk: row for row in rows.filter(pk__in=part)}
        with translation.override(language):
            cells = [
                [_text(read(found[pk])) for read in columns.values()] for pk in part if pk in found
            ]
        yield _written(cells)


def _text(cell: Cell) -> str:
    """Return a cell: amounts and days plainly, so that any program reads them."""
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, date | datetime):
        return cell.isoformat()
    return harmless(str(cell or ""))


def _written(lines: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    return out.getvalue().encode()
