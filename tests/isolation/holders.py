"""Wrong places to keep the tenant: stand-ins for the ContextVar of the engine."""

import threading
from contextvars import ContextVar
from typing import Any


class OfTheThread(threading.local):
    """The tenant as state of a thread, as stock django-tenants keeps it."""

    value: Any = None

    def get(self) -> Any:
        """Return what was set last in this thread."""
        return self.value

    def set(self, value: Any) -> Any:
        """Remember it for the thread; return what was there before."""
        before, self.value = self.value, value
        return before

    def reset(self, before: Any) -> None:
        """Put back what was there before."""
        self.value = before


class OfTheProcess:
    """The tenant as one global variable."""

    value: Any = None

    def get(self) -> Any:
        """Return what was set last."""
        return self.value

    def set(self, value: Any) -> Any:
        """Remember it; return what was there before."""
        before, self.value = self.value, value
        return before

    def reset(self, before: Any) -> None:
        """Put back what was there before."""
        self.value = before


class KeptForEver:
    """A ContextVar that answers with the last tenant of the process where none is selected."""

    def __init__(self) -> None:
        self._honest: ContextVar[Any] = ContextVar("kept", default=None)
        self._last: Any = None

    def get(self) -> Any:
        """Return the tenant at work, or the last one."""
        return self._honest.get() or self._last

    def set(self, value: Any) -> Any:
        """Select a tenant, and remember it for whoever has none."""
        self._last = value or self._last
        return self._honest.set(value)

    def reset(self, token: Any) -> None:
        """Leave the tenant, but for the memory of it."""
        self._honest.reset(token)
