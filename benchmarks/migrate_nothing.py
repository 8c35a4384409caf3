"""Migrate with nothing to do: what every deployment pays that changes no table.

baseline: stock django-tenants, `migrate_schemas`, which visits every organization.
ours: `migrate`.
floor: one query that asks the ledger who is behind.
"""

from functools import partial

from benchmarks.catalogs import list_schemas
from benchmarks.floors import time_ledger_query
from benchmarks.ground import Ground
from benchmarks.harness import take_turns
from benchmarks.migrations import sizes, stock_note, time_ours, time_stock
from benchmarks.rows import Row, at_most, limit_row
from benchmarks.running import script

__all__ = ["measure", "sizes"]


def measure(ground: Ground, *, full: bool) -> list[Row]:
    """Measure at every size."""
    return [_row(ground, size) for size in sizes(full=full)]


def profile(ground: Ground, *, full: bool) -> str:
    """Return where the time of our command goes, with the most organizations."""
    with ground.contender("settings_ours", ground.databases[max(sizes(full=full))]) as ours:
        ours.call("tasks.touch")
        return ours.profile("tasks.migrate_ours")


def _row(ground: Ground, size: int) -> Row:
    database = ground.databases[size]
    ground.settle(database)
    with ground.connect(database) as connection:
        schemas = list_schemas(connection)
        samples = take_turns(
            {
                "baseline": partial(time_stock, ground, database, {}, schemas),
                "ours": partial(time_ours, ground, database, {}),
                "floor": partial(time_ledger_query, connection),
            },
            warm_up=0,
        )
    return limit_row(
        f"{size} organizations, nothing to do",
        samples,
        target=at_most(0.5, "s"),
        note=stock_note(size),
    )


if __name__ == "__main__":
    script("migrate_nothing")
