"""The ground that the steps of one import stand on."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar
from uuid import UUID

from django.db import transaction

from shared_apps.kernel.errors import DomainError
from shared_apps.kernel.money import Money
from tenant_apps.imports.importer import importer
from tenant_apps.imports.models import ImportRow
from tenant_apps.imports.reading import BadRow, Line
from tenant_apps.imports.report import Report
from tenant_apps.imports.selectors import imported_rows

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

T = TypeVar("T")

# the id that stands for an object which a dry run did not make
NOT_MADE = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Parsed(Generic[T]):
    """A row of a file that was understood, and the line that it came from."""

    line: int
    row: T


@dataclass(frozen=True, slots=True)
class KnownProduct:
    """A product of the file."""

    id: UUID
    list_price: Money


@dataclass(kw_only=True)
class Work:
    """One run: where it reports, when it runs, and what it has found or made so far."""

    report: Report
    at: datetime
    currency: str
    is_dry_run: bool
    by: "User" = field(default_factory=importer)
    people: dict[str, UUID] = field(default_factory=dict)
    teams: dict[str, UUID] = field(default_factory=dict)
    products: dict[str, "KnownProduct"] = field(default_factory=dict)
    clients: dict[str, UUID] = field(default_factory=dict)

    def parse(
        self, lines: Iterator[Line], path: Path, parser: Callable[[Line], T]
    ) -> Iterator[Parsed[T]]:
        """Yield the rows that can be understood; the others are refused by line."""
        for line in lines:
            if line.problem:
                self.report.refuse(path.name, line.number, line.problem)
                continue
            try:
                row = parser(line)
            except BadRow as error:
                self.report.refuse(path.name, line.number, str(error))
            else:
                yield Parsed(line.number, row)

    @contextmanager
    def refusing(self, path: Path, line: int) -> Iterator[None]:
        """Import one row whole or not at all: what a service refuses is reported by line."""
        try:
            with transaction.atomic():
                yield
        except (DomainError, BadRow) as error:
            self.report.refuse(path.name, line, _said(error))

    def known(self, kind: str, external_ids: Sequence[str]) -> dict[str, ImportRow]:
        """Return what earlier runs imported of these."""
        return imported_rows(kind, external_ids)

    def remember(self, kind: str, external_id: str, content_hash: str, object_id: UUID) -> None:
        """Note that the row is imported, so that the next run leaves it alone."""
        ImportRow.objects.update_or_create(
            kind=kind,
            external_id=external_id,
            defaults={
                "content_hash": content_hash,
                "object_id": object_id,
                "imported_at": self.at,
            },
        )


@dataclass(frozen=True, slots=True)
class Outline:
    """What one look through the pipeline tells before anything is imported.

    `first_agents` names, for each account, the agent of its first opportunity.
    """

    rows: int
    first_day: date | None
    first_agents: dict[str, str]
    agents: frozenset[str]


def _said(error: Exception) -> str:
    if isinstance(error, DomainError) and error.problems:
        return "; ".join(f"{each.field}: {each.message}" for each in error.problems)
    return str(error)
