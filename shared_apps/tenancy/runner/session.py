"""On which connection the runner works: the one place that knows."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from shared_apps.tenancy.rights.roles import as_owner


@contextmanager
def worker_session() -> Iterator[None]:
    """Lend a worker's thread a connection of the owner's and close it at the end."""
    with as_owner():
        try:
            yield
        finally:
            connection.close()
