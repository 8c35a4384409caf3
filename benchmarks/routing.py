"""What tenancy costs a request: the product's list of deals over HTTP, in four worlds.

The request: 20 of many deals, signed in, filtered by status, counted.
baseline: plain Django on the same models, rows and pool, without any tenancy (settings_plain).
ours: the product; requests go to two organizations at random, so its connections change schema.
floor: the same request's SQL in a bare ASGI application (asgi_bare), at random as well.
stock: django-tenants with its defaults on our database (settings_stock); shown, without a target.
All four run at once, each in a uvicorn of its own; bursts of requests visit them in turn.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import islice

from benchmarks.ground import Ground
from benchmarks.harness import Samples, run_rounds
from benchmarks.load import Ask, Load, ask_once, at_random, send
from benchmarks.rows import Row, Target, at_most, cost_row, speedup_row
from benchmarks.running import script
from benchmarks.sites import (
    LIST,
    Access,
    Plain,
    make_plain,
    make_twins,
    read_access,
    require_same_answer,
    serving_bare,
    serving_plain,
)
from benchmarks.statements import logged
from benchmarks.web import Web, serving

QUICK_DEALS, FULL_DEALS = 2_000, 100_000
QUICK_BURST, FULL_BURST = 40, 120
ROUNDS = 11
CONNECTIONS = 4
COUNTED = 20
LOOK_UP = "organizations_domain"
MANY_ROWS = "/api/business/deals/?status=open&page_size=50"
ONE_ROW = "/api/business/deals/?status=open&page_size=1"


def sizes(*, full: bool) -> tuple[int, ...]:
    """Return how many organizations there are: one, its twin is made here."""
    return (1,)


@dataclass(frozen=True)
class Burst:
    """What one visit to a contestant shows."""

    many: Load
    single: Load
    cpu_s: float


@dataclass(frozen=True)
class Contestant:
    """A web process and the requests that it gets in turn."""

    web: Web
    asks: Iterator[Ask]

    def burst(self, count: int) -> Burst:
        """Send a burst over several connections, and one over a single connection."""
        before = self.web.cpu_s()
        many = send(self.asks, port=self.web.port, count=count, connections=CONNECTIONS)
        cpu_s = (self.web.cpu_s() - before) / count
        single = send(self.asks, port=self.web.port, count=count, connections=1)
        return Burst(many, single, cpu_s)


@dataclass(frozen=True)
class World:
    """The database of the product and of stock django-tenants, and who is asked."""

    ground: Ground
    database: str
    accesses: list[Access]
    plain: Plain

    def asks(self, name: str, path: str = LIST) -> list[Ask]:
        """Return the requests that a contestant gets in turn; plain Django has one organization."""
        accesses = self.accesses[:1] if name == "baseline" else self.accesses
        return [access.ask(path) for access in accesses]

    def serve(self, name: str, stack: ExitStack) -> Web:
        """Start one of the contestants' web processes."""
        ground, database = self.ground, self.database
        if name == "baseline":
            web = serving_plain(ground, self.plain)
        elif name == "floor":
            web = serving_bare(ground, database, self.accesses)
        else:
            web = serving(ground, database, settings=f"settings_{name}")
        return stack.enter_context(web)


def measure(ground: Ground, *, full: bool) -> list[Row]:
    """Measure time, processor time and statements."""
    world = _make_world(ground, FULL_DEALS if full else QUICK_DEALS)
    bursts = _run_bursts(world, FULL_BURST if full else QUICK_BURST)
    return [*_time_rows(bursts), *_statement_rows(world)]


def profile(ground: Ground, *, full: bool) -> str:
    """Return where the time of our requests goes, without the web server."""
    database = ground.databases[1]
    access = read_access(ground, database)[0]
    with ground.contender("settings_ours", database) as ours:
        return ours.profile("tasks.answer", host=access.host, token=access.token, path=LIST)


def _make_world(ground: Ground, deals: int) -> World:
    database = ground.databases[1]
    make_twins(ground, database, deals=deals)
    accesses = read_access(ground, database)
    return World(ground, database, accesses, make_plain(ground, database, accesses[0]))


def _run_bursts(world: World, count: int) -> dict[str, list[Burst]]:
    with ExitStack() as stack:
        webs = {name: world.serve(name, stack) for name in ("baseline", "ours", "stock", "floor")}
        require_same_answer(
            {
                name: ask_once(world.accesses[0].ask(), port=web.port)
                for name, web in webs.items()
                if name != "floor"
            }
        )
        contestants = {
            name: Contestant(web, at_random(world.asks(name))) for name, web in webs.items()
        }
        return run_rounds(
            {name: _visit(contestant, count) for name, contestant in contestants.items()},
            rounds=ROUNDS,
        )


def _visit(contestant: Contestant, count: int) -> Callable[[], Burst]:
    return lambda: contestant.burst(count)


def _time_rows(bursts: dict[str, list[Burst]]) -> list[Row]:
    rate = _figures(bursts, lambda burst: burst.many.seconds_per_request)
    p50 = _figures(bursts, lambda burst: burst.single.p50_s)
    cpu = _figures(bursts, lambda burst: burst.cpu_s)
    by_stock = {**rate, "baseline": rate["stock"]}
    return [
        cost_row(
            f"time per request, {CONNECTIONS} connections", Samples(rate), target=at_most(1.05)
        ),
        cost_row("p50, one connection", Samples(p50), target=at_most(1.05)),
        cost_row("processor time of the web process per request", Samples(cpu)),
        speedup_row(
            "time per request, against stock django-tenants",
            Samples(by_stock),
            note=f"stock takes {Samples(rate).ratio('stock', to='baseline'):.2f}x of plain Django",
        ),
    ]


def _figures(
    bursts: dict[str, list[Burst]], read: Callable[[Burst], float]
) -> dict[str, list[float]]:
    return {name: [read(burst) for burst in found] for name, found in bursts.items()}


def _statement_rows(world: World) -> list[Row]:
    plain, ours, stock = (_count(world, name) for name in ("baseline", "ours", "stock"))
    extra = Row(
        case="most statements per request, two organizations",
        unit="statements",
        baseline=plain,
        ours=ours,
        floor=plain,
        ratio=ours / plain,
        judged=ours - plain,
        floor_judged=0,
        target=Target(1, "extra statement"),
        note=f"stock django-tenants: {stock}; counted by the server's log",
    )
    return [extra, _row_of_rows(world)]


def _row_of_rows(world: World) -> Row:
    one, many = (_count(world, "ours", path=path) for path in (ONE_ROW, MANY_ROWS))
    return Row(
        case="statements per request, 50 rows against 1",
        unit="statements",
        baseline=one,
        ours=many,
        ratio=many / one,
        judged=many / one,
        target=at_most(1),
    )


def _count(world: World, name: str, *, path: str = LIST) -> int:
    """Return the most statements that a request takes once the pool is warm.

    A request that looks the host up anew, once in some seconds, does not count (`rotation` counts
    them) unless all do, as with stock django-tenants.
    """
    database = world.plain.database if name == "baseline" else world.database
    asks = at_random(world.asks(name, path))
    with ExitStack() as stack:
        log = stack.enter_context(logged(world.ground, database))
        web = world.serve(name, stack)
        send(asks, port=web.port, count=COUNTED, connections=1)
        sent = [log.during(partial(ask_once, ask, port=web.port)) for ask in islice(asks, COUNTED)]
    usual = [found for found in sent if not any(LOOK_UP in statement for statement in found)]
    return max(len(found) for found in usual or sent)


if __name__ == "__main__":
    script("routing")
