"""Events of the past: written down like any other, but nobody is told of them now."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_is_history: ContextVar[bool] = ContextVar("is_history", default=False)


@contextmanager
def recording_history() -> Iterator[None]:
    """Record what an import brings in from elsewhere.

    Inside, events are written and their atomic reactions run as ever, so that the books are right;
    nothing is owed for later, so that a thousand old deals send no message.
    """
    token = _is_history.set(True)
    try:
        yield
    finally:
        _is_history.reset(token)


def is_recording_history() -> bool:
    """Return whether the events recorded now are of the past."""
    return _is_history.get()
