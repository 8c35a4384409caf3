"""Several threads that do something at the same moment, each on a connection of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connections

from shared_apps.tenancy.context import Tenant, use_tenant


def run_together(tenant: Tenant, works: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run each piece of work in its own thread, all at once; return results or exceptions."""
    start = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        try:
            with use_tenant(tenant):
                start.wait(timeout=20)
                return work()
        except Exception as error:  # noqa: BLE001  the test judges what came out
            return error
        finally:
            with use_tenant(tenant):
                connections.close_all()

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(run, works))
