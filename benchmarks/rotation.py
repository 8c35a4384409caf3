"""A request with few and with many organizations in rotation: does their number slow anybody?

Two databases, one with few and one with many organizations, all with the same 20 deals; requests
for the list of deals go to all organizations of a database at random.
baseline: ours with few. ours: ours with many. floor: the same SQL in a bare ASGI application, with
many; what it loses from few to many is PostgreSQL's and the driver's own.
"""

from collections.abc import Callable
from contextlib import ExitStack

from benchmarks.ground import Ground
from benchmarks.harness import take_turns
from benchmarks.load import at_random, send
from benchmarks.rows import Row, Target, at_most, growth_row
from benchmarks.running import script
from benchmarks.sites import Access, read_access, serving_bare
from benchmarks.statements import logged
from benchmarks.web import Web, serving

QUICK, FULL = (10, 50), (10, 1000)
QUICK_BURST, FULL_BURST = 50, 200
ROUNDS = 11
CONNECTIONS = 4


def sizes(*, full: bool) -> tuple[int, ...]:
    """Return how many organizations are in rotation: few, and many."""
    return FULL if full else QUICK


def measure(ground: Ground, *, full: bool) -> list[Row]:
    """Measure the median latency and the statements per request."""
    few, many = sizes(full=full)
    accesses = {size: read_access(ground, ground.databases[size]) for size in (few, many)}
    with ExitStack() as stack:
        contestants = {
            name: _contestant(web, accesses[size], FULL_BURST if full else QUICK_BURST)
            for name, size, web in _serve(ground, accesses, stack)
        }
        samples = take_turns(contestants, rounds=ROUNDS)
    return [
        growth_row(
            f"p50, from {few} to {many} organizations in rotation",
            samples,
            target=at_most(1.3),
            note=f"{CONNECTIONS} connections; every organization was asked once before",
        ),
        _statement_row(ground, accesses, few, many),
    ]


def _serve(
    ground: Ground, accesses: dict[int, list[Access]], stack: ExitStack
) -> list[tuple[str, int, Web]]:
    few, many = accesses
    served = []
    for name, size in (("small", few), ("large", many)):
        database = ground.databases[size]
        ours = serving(ground, database, settings="settings_ours")
        bare = serving_bare(ground, database, accesses[size])
        served += [
            (name, size, stack.enter_context(ours)),
            (f"floor {name}", size, stack.enter_context(bare)),
        ]
    return served


def _contestant(web: Web, accesses: list[Access], count: int) -> Callable[[], float]:
    all_asks = [access.ask() for access in accesses]
    # every organization is asked once before anything is measured
    send(iter(all_asks), port=web.port, count=len(accesses), connections=CONNECTIONS)
    asks = at_random(all_asks)
    return lambda: send(asks, port=web.port, count=count, connections=CONNECTIONS).p50_s


def _statement_row(ground: Ground, accesses: dict[int, list[Access]], few: int, many: int) -> Row:
    small, large = (_count(ground, size, accesses[size]) for size in (few, many))
    return Row(
        case=f"statements per request, from {few} to {many} organizations",
        unit="statements",
        baseline=small,
        ours=large,
        ratio=large / small,
        judged=large - small,
        target=Target(1, "extra statement"),
        note="on average, with what compares the remembered hosts every few seconds",
    )


def _count(ground: Ground, size: int, accesses: list[Access]) -> float:
    database = ground.databases[size]
    asks = at_random([access.ask() for access in accesses])
    count = 2 * len(accesses)
    with (
        logged(ground, database) as log,
        serving(ground, database, settings="settings_ours") as web,
    ):

        def turns() -> None:
            send(asks, port=web.port, count=count, connections=CONNECTIONS)

        turns()
        return len(log.during(turns)) / count


if __name__ == "__main__":
    script("rotation")
