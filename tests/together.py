"""Several threads that do something at the same moment, each on a connection of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier
from time import monotonic, sleep
from typing import Any

from django.db import connection, connections, transaction

from shared_apps.tenancy.context import Tenant, use_tenant

PATIENCE_S = 10.0
# whether a statement of another connection waits for what this transaction has locked
WAITED_FOR = """
    SELECT EXISTS (
        SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))
    )
"""


def run_together(tenant: Tenant, works: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run each piece of work in its own thread, all at once; return results or exceptions."""
    start = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        def begin_with_the_others() -> Any:
            start.wait(timeout=20)
            return work()

        return _outcome_of(tenant, begin_with_the_others)

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(run, works))


def overtake(tenant: Tenant, *, first: Callable[[], Any], then: Callable[[], Any]) -> Any:
    """Commit `first` while `then`, which began meanwhile in a thread, waits for it.

    `then` sees nothing of `first` until it waits for a lock; where it waits for none, it is done
    before the commit. Returns the result of `then`, or its exception.
    """
    with ThreadPoolExecutor(1) as threads, use_tenant(tenant):
        with transaction.atomic():
            first()
            begun = threads.submit(_outcome_of, tenant, then)
            _wait_for(begun)
        return begun.result(timeout=PATIENCE_S)


def _outcome_of(tenant: Tenant, work: Callable[[], Any]) -> Any:
    try:
        with use_tenant(tenant):
            return work()
    except Exception as error:  # noqa: BLE001  the test judges what came out
        return error
    finally:
        with use_tenant(tenant):
            connections.close_all()


def _wait_for(begun: "Future[Any]") -> None:
    """Return once the work is done, or waits for this transaction."""
    until = monotonic() + PATIENCE_S
    with connection.cursor() as cursor:
        while not begun.done():
            cursor.execute(WAITED_FOR)
            if cursor.fetchone()[0]:
                return
            if monotonic() > until:
                raise TimeoutError("Neither done nor waiting.")
            sleep(0.01)
