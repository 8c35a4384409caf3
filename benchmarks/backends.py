"""Sessions that a web process holds at the database while many ask at once.

baseline: plain Django without a pool, each connection kept for 60 s (CONN_MAX_AGE), as one runs it
under WSGI. Under ASGI each request has a thread of its own, and each thread its own connection.
ours: the product with its pool. floor: the bare application with a pool of the same size.
Each gets one burst; the server says, every few milliseconds, how many sessions there are.
"""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from benchmarks.ground import Ground
from benchmarks.load import Ask, at_random, send
from benchmarks.rows import Row, at_most
from benchmarks.running import script
from benchmarks.sites import make_plain, read_access, serving_bare, serving_plain
from benchmarks.web import POOL_SIZE, Web, serving

ORGANIZATIONS = 10
REQUESTS, CONNECTIONS = 80, 32
POLL_S = 0.005
_SESSIONS = """
SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'
"""


def sizes(*, full: bool) -> tuple[int, ...]:
    """Return how many organizations there are: the requests go to all of them."""
    return (ORGANIZATIONS,)


def measure(ground: Ground, *, full: bool) -> list[Row]:
    """Count the sessions of each contestant."""
    baseline, ours, floor = _count_sessions(ground)
    return [
        Row(
            case=f"most sessions, {REQUESTS} requests over {CONNECTIONS} connections",
            unit="sessions",
            baseline=baseline,
            ours=ours,
            floor=floor,
            ratio=ours / baseline,
            judged=ours,
            floor_judged=floor,
            target=at_most(POOL_SIZE, "sessions, the size of the pool"),
            note="baseline: plain Django without a pool",
        )
    ]


def _count_sessions(ground: Ground) -> tuple[int, int, int]:
    """Return the most sessions of plain Django without a pool, of ours and of the floor."""
    database = ground.databases[ORGANIZATIONS]
    accesses = read_access(ground, database)
    asks = [access.ask() for access in accesses]
    plain = make_plain(ground, database, accesses[0])
    unpooled = serving_plain(ground, plain, pooled=False)
    product = serving(ground, database, settings="settings_ours")
    bare = serving_bare(ground, database, accesses)
    return (
        _most_sessions(ground, plain.database, unpooled, asks[:1]),
        _most_sessions(ground, database, product, asks),
        _most_sessions(ground, database, bare, asks),
    )


def _most_sessions(
    ground: Ground, database: str, served: AbstractContextManager[Web], asks: list[Ask]
) -> int:
    """Return the most sessions that a database had while a web process was under load."""
    with served as web, _watched(ground, database) as counts:
        send(at_random(asks), port=web.port, count=REQUESTS, connections=CONNECTIONS)
    return max(counts)


@contextmanager
def _watched(ground: Ground, database: str) -> Iterator[list[int]]:
    counts: list[int] = []
    ended = threading.Event()

    def watch() -> None:
        with ground.connect("postgres") as connection:
            while not ended.wait(POLL_S):
                found = connection.execute(_SESSIONS, [database]).fetchone()
                counts.append(int(found[0]) if found else 0)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield counts
    finally:
        ended.set()
        thread.join()


if __name__ == "__main__":
    script("backends")
