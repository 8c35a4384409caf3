"""Early pytest plugin: servers for the suite, before Django reads its settings.

`make test` hands DATABASE_URL and REDIS_URL on; a pytest started by hand gets throwaway servers of
its own, which end with it.
"""

import atexit
import os
from contextlib import ExitStack
from urllib.parse import urlsplit, urlunsplit

from config.catalogs import compile_stale
from config.embedded import throwaway

_stack = ExitStack()


def _start_missing() -> None:
    missing = [name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name)]
    if not missing:
        return
    running = _stack.enter_context(
        throwaway(postgres="DATABASE_URL" in missing, valkey="REDIS_URL" in missing, in_memory=True)
    )
    atexit.register(_stack.close)
    if "DATABASE_URL" in missing:
        os.environ["DATABASE_URL"] = running.services.database_url
        os.environ["DATABASE_OWNER_URL"] = running.services.database_owner_url
    if "REDIS_URL" in missing:
        os.environ["REDIS_URL"] = running.services.redis_url


def _use_own_redis_database() -> None:
    """Give each process of a parallel run a Redis database of its own, as it has in PostgreSQL."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker.startswith("gw"):
        parts = urlsplit(os.environ["REDIS_URL"])
        own = parts._replace(path=f"/{int(worker.removeprefix('gw')) + 1}")
        os.environ["REDIS_URL"] = urlunsplit(own)


os.environ.setdefault("SECRET_KEY", "only-for-tests-of-this-checkout-0123456789")
compile_stale()
_start_missing()
_use_own_redis_database()
