"""On which connection the runner works: the one place that knows."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def worker_session() -> Iterator[None]:
    """Lend a worker's thread a connection of its own and close it at the end."""
    try:
        yield
    finally:
        connection.close()
