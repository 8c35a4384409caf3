"""The import of a CRM's pipeline: people, teams, products, clients, deals."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from shared_apps.audit.history import recording_history
from tenant_apps.imports.reading import BadRow, read_lines
from tenant_apps.imports.report import Report
from tenant_apps.imports.rows import (
    ACCOUNT_COLUMNS,
    PIPELINE_COLUMNS,
    PRODUCT_COLUMNS,
    TEAM_COLUMNS,
    parse_opportunity,
)
from tenant_apps.imports.services.catalog import (
    import_clients,
    import_products,
    import_unknown_account,
)
from tenant_apps.imports.services.deals import Advance, import_deals
from tenant_apps.imports.services.people import import_people
from tenant_apps.imports.services.work import Outline, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineFiles:
    """The four files of an export."""

    pipeline: Path
    accounts: Path
    teams: Path
    products: Path

    def check(self) -> None:
        """Refuse files that are not there or lack a column, before anything is written.

        Raises: UnreadableFile.
        """
        columns = {
            self.teams: TEAM_COLUMNS,
            self.products: PRODUCT_COLUMNS,
            self.accounts: ACCOUNT_COLUMNS,
            self.pipeline: PIPELINE_COLUMNS,
        }
        for path, names in columns.items():
            next(read_lines(path, columns=names), None)


def outline_of(path: Path, *, currency: str) -> Outline:
    """Look through the pipeline once, keeping nothing of its rows. Raises: UnreadableFile."""
    rows, first_day = 0, date.max
    agents: set[str] = set()
    first_agents: dict[str, str] = {}
    for line in read_lines(path, columns=PIPELINE_COLUMNS):
        rows += 1
        try:
            row = parse_opportunity(line.values, currency=currency) if line.values else None
        except BadRow:
            continue
        if row is not None:
            agents.add(row.agent)
            first_agents.setdefault(row.account, row.agent)
            first_day = min(first_day, row.engaged_on or date.max, row.closed_on or date.max)
    known_day = None if first_day == date.max else first_day
    return Outline(rows, known_day, first_agents, frozenset(agents))


def import_pipeline(
    *, files: PipelineFiles, outline: Outline, work: Work, advance: Advance = lambda _: None
) -> Report:
    """Import the four files, in the order in which their rows need each other.

    Each row goes in whole or not at all, through the services of the apps below, as system:import;
    the report says what was refused and why. Nothing is written twice: a row that an earlier run
    imported is left alone. It is history: the books follow, nobody is notified. `advance` is told
    how many rows of the pipeline were done.
    Raises: UnreadableFile, before anything is written.
    """
    files.check()
    with recording_history():
        import_people(work, files.teams, outline)
        import_products(work, files.products)
        import_clients(work, files.accounts, outline)
        import_unknown_account(work, outline)
        import_deals(work, files.pipeline, advance)
    return work.report


def new_work(*, currency: str, is_dry_run: bool, at: datetime) -> Work:
    """Return the ground of a run in which nothing is known yet."""
    report = Report(currency=currency, is_dry_run=is_dry_run)
    return Work(report=report, at=at, currency=currency, is_dry_run=is_dry_run)
