"""What both benchmarks of the migration runner share: one command, run in a fresh process.

A deployment runs the command once, in a process of its own. So does each round: the process is
started and Django set up outside of the clock, which then runs around the command alone. What
a process would remember from one round to the next therefore helps nobody.
"""

from collections.abc import Mapping, Sequence

from benchmarks.ground import Ground

QUICK, FULL = (50,), (50, 200, 1000)
# beyond this the stock runner takes too long: it is timed on some, with all the others there
COMPLETE_STOCK = 50
STOCK_SAMPLE = 20


def sizes(*, full: bool) -> tuple[int, ...]:
    """Return how many organizations there are to migrate."""
    return FULL if full else QUICK


def time_ours(ground: Ground, database: str, env: Mapping[str, str]) -> float:
    """Return how long our `migrate` takes for public and every organization."""
    with ground.contender("settings_ours", database, **env) as ours:
        ours.call("tasks.touch")
        return ours.time("tasks.migrate_ours")


def time_stock(
    ground: Ground, database: str, env: Mapping[str, str], schemas: Sequence[str]
) -> float:
    """Return how long stock `migrate_schemas` takes; beyond COMPLETE_STOCK, extrapolated."""
    with ground.contender("settings_stock", database, **env) as stock:
        stock.call("tasks.touch")
        if len(schemas) <= COMPLETE_STOCK:
            return stock.time("tasks.migrate_stock")
        sample = list(schemas[:: max(1, len(schemas) // STOCK_SAMPLE)])[:STOCK_SAMPLE]
        seconds = stock.time("tasks.migrate_some_stock", schemas=sample)
        return seconds / len(sample) * len(schemas)


def stock_note(count: int) -> str:
    """Say how the stock runner's figure came about."""
    if count <= COMPLETE_STOCK:
        return "stock: the whole command"
    return f"stock: extrapolated from {STOCK_SAMPLE} organizations, with all {count} there"
