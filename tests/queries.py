"""Counting the statements that a call sends to the database."""

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext


def queries_of(call: Callable[[], object]) -> int:
    """Return how many statements the call sends; its answer must not be a refusal.

    The fewest of three times: what is kept for some seconds, such as the table of hosts, is read
    by whichever request comes next.
    """
    return min(_count(call) for _ in range(3))


def _count(call: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        answer = call()
    status = getattr(answer, "status_code", 200)
    assert status < 400, status
    return len(captured)
