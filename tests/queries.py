"""Counting the statements that a call sends to the database."""

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext


def queries_of(call: Callable[[], object]) -> int:
    """Return how many statements the call sends the second time; it must not be refused.

    The first time fills what is kept for some seconds, such as the table of hosts.
    """
    call()
    with CaptureQueriesContext(connection) as captured:
        answer = call()
    status = getattr(answer, "status_code", 200)
    assert status < 400, status
    return len(captured)
