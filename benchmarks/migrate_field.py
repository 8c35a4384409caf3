"""One AddField in every organization: the commonest migration there is.

baseline: stock django-tenants, `migrate_schemas`.
ours: `migrate`.
floor: ALTER TABLE and the row of history by direct SQL, one transaction per organization.
After each round, outside of the clock, the field is taken back and the ledger restored.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import psycopg

from benchmarks import added_field
from benchmarks.catalogs import list_schemas
from benchmarks.contenders import BenchmarkBroken
from benchmarks.floors import time_added_field
from benchmarks.ground import Ground
from benchmarks.harness import take_turns
from benchmarks.migrations import (
    COMPLETE_STOCK,
    STOCK_SAMPLE,
    sizes,
    stock_note,
    time_ours,
    time_stock,
)
from benchmarks.rows import Row, at_most, limit_row
from benchmarks.running import script

__all__ = ["measure", "sizes"]

# the design's 5 s for 1,000 organizations; fewer get no less time for the start
ALLOWED_S = 5.0


def measure(ground: Ground, *, full: bool) -> list[Row]:
    """Measure at every size."""
    env = added_field.write_package(ground.work)
    return [_row(ground, size, env) for size in sizes(full=full)]


def profile(ground: Ground, *, full: bool) -> str:
    """Return where the time of our command goes, with the most organizations."""
    env = added_field.write_package(ground.work)
    database = ground.databases[max(sizes(full=full))]
    with (
        ground.connect(database) as connection,
        ground.contender("settings_ours", database, **env) as ours,
    ):
        site = Site(connection)
        ours.call("tasks.touch")
        found = ours.profile("tasks.migrate_ours")
        site.take_back()
    return found


@dataclass
class Site:
    """The organizations of one database, at the state before the migration."""

    connection: psycopg.Connection[Any]
    schemas: list[str] = field(init=False)
    before: added_field.PlatformTables = field(init=False)

    def __post_init__(self) -> None:
        self.schemas = list_schemas(self.connection)
        self.before = added_field.PlatformTables(self.connection)

    def timed(self, act: Callable[[], float], *, expected: int) -> float:
        """Run a contestant, see that it migrated so many organizations, and take it back.

        Raises: BenchmarkBroken.
        """
        seconds = act()
        applied = added_field.count_applied(self.connection, self.schemas)
        if applied != expected:
            raise BenchmarkBroken(f"{applied} organizations were migrated, not {expected}.")
        self.take_back()
        return seconds

    def take_back(self) -> None:
        """Bring everything back to the state before the migration."""
        added_field.take_back(self.connection, self.schemas)
        self.before.restore()


def _row(ground: Ground, size: int, env: dict[str, str]) -> Row:
    database = ground.databases[size]
    ground.settle(database)
    by_stock = size if size <= COMPLETE_STOCK else STOCK_SAMPLE
    with ground.connect(database) as connection:
        site = Site(connection)
        stock = partial(time_stock, ground, database, env, site.schemas)
        ours = partial(time_ours, ground, database, env)
        floor = partial(time_added_field, connection, site.schemas)
        samples = take_turns(
            {
                "baseline": lambda: site.timed(stock, expected=by_stock),
                "ours": lambda: site.timed(ours, expected=size),
                "floor": lambda: site.timed(floor, expected=size),
            },
            warm_up=0,
        )
    return limit_row(
        f"{size} organizations, one AddField",
        samples,
        target=at_most(ALLOWED_S, "s"),
        note=stock_note(size),
    )


if __name__ == "__main__":
    script("migrate_field")
