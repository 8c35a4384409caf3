"""Opportunities as deals."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from shared_apps.kernel.money import Money
from shared_apps.tenancy.context import current_tenant
from tenant_apps.deals.selectors import find_stage_by_name, get_deal
from tenant_apps.deals.services import (
    DealChanges,
    DealStatus,
    NewDeal,
    NewLine,
    NewStage,
    TermChanges,
    create_deal,
    create_stage,
    lose_deal,
    update_deal,
    win_deal,
)
from tenant_apps.imports.models import ImportRow
from tenant_apps.imports.reading import BadRow, Line, read_lines
from tenant_apps.imports.rows import (
    PIPELINE_COLUMNS,
    PRODUCT_ALIASES,
    OpportunityRow,
    hash_of,
    parse_opportunity,
)
from tenant_apps.imports.services.work import NOT_MADE, Parsed, Work

T = TypeVar("T")
Advance = Callable[[int], object]

KIND = "deal"
ROWS_PER_TRANSACTION = 200
OPEN_STAGES = {"Prospecting": Decimal(10), "Engaging": Decimal(30)}
NOON = time(12)


@dataclass(frozen=True, slots=True)
class Sale:
    """An opportunity with what its names stand for, and what it is worth."""

    row: OpportunityRow
    owner_id: UUID
    client_id: UUID
    product_id: UUID
    stage_id: UUID | None
    value: Money
    is_estimate: bool

    @property
    def group(self) -> str:
        """Return the line of the report that counts it."""
        return self.row.stage.lower()

    @property
    def deal_on(self) -> date | None:
        """Return the day of the deal: of its closing, else of its beginning."""
        return self.row.closed_on or self.row.engaged_on

    @property
    def lines(self) -> tuple[NewLine, ...]:
        """Return the one line: the value at quantity 1, so above list price is no discount."""
        line = NewLine(quantity=Decimal(1), unit_price=self.value, product_id=self.product_id)
        return (line,)

    @property
    def lost_reason(self) -> str:
        """Return why it was lost, as far as the file knows."""
        return f"Lost on {self.row.closed_on} in the imported pipeline"


@dataclass(frozen=True, slots=True)
class DealImport:
    """The import of one pipeline file."""

    work: Work
    path: Path
    stages: dict[str, UUID]
    lines_by_id: dict[str, int]

    def take(self, each: Parsed[OpportunityRow], imported: ImportRow | None) -> ImportRow | None:
        """Import one row; return what to remember of a deal that was made."""
        made = None
        with self.work.refusing(self.path, each.line):
            self._refuse_twice(each)
            sale = self._understand(each)
            made = self._write(sale, imported)
            self.work.report.add(sale.group, sale.value)
        return made

    def _refuse_twice(self, each: Parsed[OpportunityRow]) -> None:
        first = self.lines_by_id.setdefault(each.row.opportunity_id, each.line)
        if first != each.line:
            raise BadRow(f"{each.row.opportunity_id} is in the file twice, first on line {first}.")

    def _understand(self, each: Parsed[OpportunityRow]) -> Sale:
        row, work = each.row, self.work
        product = _known(work.products, row.product, "product")
        has_price = row.value is not None and not row.is_lost
        sale = Sale(
            row=row,
            owner_id=_known(work.people, row.agent, "sales_agent"),
            client_id=_known(work.clients, row.account, "account"),
            product_id=product.id,
            stage_id=self.stages.get(row.stage),
            value=row.value if row.value is not None and has_price else product.list_price,
            is_estimate=not has_price,
        )
        self._note_quirks(each)
        return sale

    def _note_quirks(self, each: Parsed[OpportunityRow]) -> None:
        row = each.row
        quirks = {
            "account is empty: kept with one placeholder client": not row.account,
            "close_value is empty: list price taken as an estimate": row.value is None,
            "lost, so without a value: list price taken as an estimate": row.is_lost,
        }
        for quirk, is_so in quirks.items():
            if is_so:
                self.work.report.note(quirk, file=self.path.name, line=each.line)

    def _write(self, sale: Sale, imported: ImportRow | None) -> ImportRow | None:
        content = hash_of(sale.row)
        if imported is not None and imported.content_hash == content:
            self.work.report.count("deals", "unchanged")
            return None
        if imported is not None:
            self._follow(sale, imported, content)
            self.work.report.count("deals", "updated")
            return None
        deal_id = NOT_MADE if self.work.is_dry_run else _create(self.work, sale)
        self.work.report.count("deals", "created")
        return self._memory_of(sale, content, deal_id)

    def _memory_of(self, sale: Sale, content: str, deal_id: UUID) -> ImportRow | None:
        if self.work.is_dry_run:
            return None
        return ImportRow(
            kind=KIND,
            external_id=sale.row.opportunity_id,
            content_hash=content,
            object_id=deal_id,
            imported_at=self.work.at,
        )

    def _follow(self, sale: Sale, imported: ImportRow, content: str) -> None:
        """Bring an open deal to where the file has got; what people closed is theirs."""
        work = self.work
        deal = get_deal(reference=imported.object_id, viewer=work.by)
        if not deal.is_open or deal.client_id != sale.client_id:
            raise BadRow("The row differs from what was imported; change its deal by hand.")
        if work.is_dry_run:
            return
        changes = DealChanges(
            header={"stage_id": sale.stage_id, "owner_id": sale.owner_id},
            terms=TermChanges(lines=sale.lines, is_estimate=sale.is_estimate),
        )
        update_deal(
            deal_id=deal.pk, changes=changes, expected_version=deal.version, by=work.by, at=work.at
        )
        _close(work, sale, deal.pk)
        work.remember(KIND, sale.row.opportunity_id, content, deal.pk)


def import_deals(work: Work, path: Path, advance: Advance) -> None:
    """Enter the opportunities in their order, many rows per transaction, each whole or not at all.

    A row imported before is left alone; when it has changed since and its deal is still open, the
    deal follows.
    """
    stages = {name: _stage(work, name) for name in OPEN_STAGES}
    run = DealImport(work, path, stages, {})
    lines = read_lines(path, columns=PIPELINE_COLUMNS)
    rows = work.parse(lines, path, lambda line: _parse(work, path, line))
    for chunk in _chunks(rows):
        with nullcontext() if work.is_dry_run else transaction.atomic():
            imported = work.known(KIND, [each.row.opportunity_id for each in chunk])
            made = [run.take(each, imported.get(each.row.opportunity_id)) for each in chunk]
            ImportRow.objects.bulk_create(row for row in made if row is not None)
        advance(len(chunk))


def _parse(work: Work, path: Path, line: Line) -> OpportunityRow:
    row = parse_opportunity(line.values, currency=work.currency)
    written = line.values["product"]
    if written in PRODUCT_ALIASES:
        quirk = f"product {written!r} read as {row.product!r}"
        work.report.note(quirk, file=path.name, line=line.number)
    return row


def _create(work: Work, sale: Sale) -> UUID:
    row = sale.row
    new = NewDeal(
        name=f"{row.product}, {row.account or 'unknown account'}",
        client=sale.client_id,
        status=DealStatus.WON if row.is_won else DealStatus.OPEN,
        lines=sale.lines,
        is_estimate=sale.is_estimate,
        owner_id=sale.owner_id,
        stage_id=sale.stage_id,
        source="import",
        deal_on=sale.deal_on,
        external_id=row.opportunity_id,
        won_at=_noon_of(row.closed_on) if row.is_won and row.closed_on else None,
    )
    deal = create_deal(new=new, by=work.by, at=work.at)
    if row.is_lost:
        lose_deal(deal_id=deal.pk, reason=sale.lost_reason, by=work.by, at=work.at)
    return deal.pk


def _close(work: Work, sale: Sale, deal_id: UUID) -> None:
    row = sale.row
    if row.is_won and row.closed_on:
        win_deal(deal_id=deal_id, by=work.by, at=_noon_of(row.closed_on))
    if row.is_lost:
        lose_deal(deal_id=deal_id, reason=sale.lost_reason, by=work.by, at=work.at)


def _noon_of(day: date) -> datetime:
    return datetime.combine(day, NOON, tzinfo=ZoneInfo(current_tenant().timezone))


def _stage(work: Work, name: str) -> UUID:
    found = find_stage_by_name(name)
    if found is None and not work.is_dry_run:
        position = list(OPEN_STAGES).index(name) + 1
        new = NewStage(name=name, probability_percent=OPEN_STAGES[name], position=position)
        found = create_stage(new=new, by=work.by, at=work.at)
    return found.pk if found else NOT_MADE


def _known(known: Mapping[str, T], name: str, column: str) -> T:
    if name not in known:
        raise BadRow(f"{column} {name!r} is in none of the other files, or was refused there.")
    return known[name]


def _chunks(rows: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(rows)
    while chunk := list(islice(rest, ROWS_PER_TRANSACTION)):
        yield chunk
