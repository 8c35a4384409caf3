"""Opportunities as deals."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from shared_apps.kernel.errors import DomainError
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
    create_deals,
    create_stage,
    lose_deal,
    update_deal,
    win_deal,
)
from tenant_apps.imports.models import ImportRow
from tenant_apps.imports.reading import BadRow, Line, read_lines
from tenant_apps.imports.rows import (
    PIPELINE_COLUMNS,
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
FIRST_STATUS = {"Won": DealStatus.WON, "Lost": DealStatus.LOST}
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


Understood = tuple[int, Sale]


@dataclass(frozen=True, slots=True)
class DealImport:
    """The import of one pipeline file."""

    work: Work
    path: Path
    stages: dict[str, UUID]
    lines_by_id: dict[str, int]

    def take(self, chunk: Sequence[Parsed[OpportunityRow]]) -> None:
        """Import rows: the new ones together, or one by one when one of them is refused."""
        known = self.work.known(KIND, [each.row.opportunity_id for each in chunk])
        fresh: list[Understood] = []
        for each in chunk:
            with self.work.refusing(self.path, each.line):
                sale, imported = self._understand(each), known.get(each.row.opportunity_id)
                if imported is None:
                    fresh.append((each.line, sale))
                else:
                    self._accept(each.line, sale, _follow(self.work, sale, imported))
        self._create(fresh)

    def _create(self, fresh: Sequence[Understood]) -> None:
        try:
            with transaction.atomic():
                _create(self.work, [sale for _, sale in fresh])
        except DomainError:
            self._create_one_by_one(fresh)
        else:
            for line, sale in fresh:
                self._accept(line, sale, "created")

    def _create_one_by_one(self, fresh: Sequence[Understood]) -> None:
        for line, sale in fresh:
            with self.work.refusing(self.path, line):
                _create(self.work, [sale])
                self._accept(line, sale, "created")

    def _understand(self, each: Parsed[OpportunityRow]) -> Sale:
        row, work = each.row, self.work
        first = self.lines_by_id.setdefault(row.opportunity_id, each.line)
        if first != each.line:
            raise BadRow(f"{row.opportunity_id} is in the file twice, first on line {first}.")
        product = _known(work.products, row.product, "product")
        value = None if row.is_lost else row.value
        return Sale(
            row=row,
            owner_id=_known(work.people, row.agent, "sales_agent"),
            client_id=_known(work.clients, row.account, "account"),
            product_id=product.id,
            stage_id=self.stages.get(row.stage),
            value=product.list_price if value is None else value,
            is_estimate=value is None,
        )

    def _accept(self, line: int, sale: Sale, what: str) -> None:
        self.work.report.count("deals", what)
        self.work.report.add(sale.row.stage.lower(), sale.value)
        for quirk, is_so in _quirks_of(sale.row).items():
            if is_so:
                self.work.report.note(quirk, file=self.path.name, line=line)


def import_deals(work: Work, path: Path, advance: Advance) -> None:
    """Enter the opportunities in their order, many rows per transaction, each whole or not at all.

    A row imported before is left alone; when it has changed since and its deal is still open, the
    deal follows.
    """
    stages = {name: _stage(work, name) for name in OPEN_STAGES}
    run = DealImport(work, path, stages, {})
    lines = _counted(read_lines(path, columns=PIPELINE_COLUMNS), advance)
    parse = partial(parse_opportunity, currency=work.currency)
    for chunk in _chunks(work.parse(lines, path, lambda line: parse(line.values))):
        with transaction.atomic():
            run.take(chunk)


def _counted(lines: Iterable[Line], advance: Advance) -> Iterator[Line]:
    for line in lines:
        yield line
        advance(1)


def _quirks_of(row: OpportunityRow) -> dict[str, bool]:
    return {
        f"product {row.product_as_written!r} read as {row.product!r}": row.is_product_renamed,
        "account is empty: kept with one placeholder client": not row.account,
        "close_value is empty: list price taken as an estimate": row.value is None,
        "lost, so without a value: list price taken as an estimate": row.is_lost,
    }


def _create(work: Work, sales: Sequence[Sale]) -> None:
    """Enter new deals and remember their rows."""
    if work.is_dry_run or not sales:
        return
    deals = create_deals(new=[_new_deal(sale) for sale in sales], by=work.by, at=work.at)
    ImportRow.objects.bulk_create(
        ImportRow(
            kind=KIND,
            external_id=sale.row.opportunity_id,
            content_hash=hash_of(sale.row),
            object_id=deal.pk,
            imported_at=work.at,
        )
        for deal, sale in zip(deals, sales, strict=True)
    )


def _new_deal(sale: Sale) -> NewDeal:
    row = sale.row
    return NewDeal(
        name=f"{row.product}, {row.account or 'unknown account'}",
        client=sale.client_id,
        status=FIRST_STATUS.get(row.stage, DealStatus.OPEN),
        lines=sale.lines,
        is_estimate=sale.is_estimate,
        owner_id=sale.owner_id,
        stage_id=sale.stage_id,
        source="import",
        deal_on=sale.deal_on,
        external_id=row.opportunity_id,
        won_at=_noon_of(row.closed_on) if row.is_won and row.closed_on else None,
        lost_reason=sale.lost_reason if row.is_lost else "",
    )


def _follow(work: Work, sale: Sale, imported: ImportRow) -> str:
    """Bring an imported deal to where the file has got; what people closed is theirs."""
    if imported.content_hash == hash_of(sale.row):
        return "unchanged"
    deal = get_deal(reference=imported.object_id, viewer=work.by)
    if not deal.is_open or deal.client_id != sale.client_id:
        raise BadRow("The row differs from what was imported; change its deal by hand.")
    if not work.is_dry_run:
        _change(work, sale, deal.pk, deal.version)
        work.remember(KIND, sale.row.opportunity_id, hash_of(sale.row), deal.pk)
    return "updated"


def _change(work: Work, sale: Sale, deal_id: UUID, version: int) -> None:
    changes = DealChanges(
        header={"stage_id": sale.stage_id, "owner_id": sale.owner_id, "deal_on": sale.deal_on},
        terms=TermChanges(lines=sale.lines, is_estimate=sale.is_estimate),
    )
    update_deal(deal_id=deal_id, changes=changes, expected_version=version, by=work.by, at=work.at)
    if sale.row.is_won and sale.row.closed_on:
        win_deal(deal_id=deal_id, by=work.by, at=_noon_of(sale.row.closed_on))
    if sale.row.is_lost:
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
