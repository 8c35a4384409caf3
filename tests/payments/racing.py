"""Many threads at one moment, each with a connection of its own, on one organization."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from shared_apps.kernel.errors import DomainError
from shared_apps.tenancy.context import Tenant, use_tenant


def race(tenant: Tenant, calls: Sequence[Callable[[], object]]) -> Counter[str]:
    """Start all calls at once; return how often each ended as "ok" or with which error code."""
    start = Barrier(len(calls))

    def run(call: Callable[[], object]) -> str:
        with use_tenant(tenant):
            try:
                connection.ensure_connection()
                start.wait(timeout=60)
                call()
            except DomainError as error:
                return error.code
            finally:
                connection.close()
        return "ok"

    with ThreadPoolExecutor(max_workers=len(calls)) as pool:
        return Counter(pool.map(run, calls))
