"""Whose data the running code may touch: one organization's, the platform's, or nobody's.

The answer lives in one ContextVar. There is no default: code that has not been told whose data it
works on fails with NoTenant, it never falls back to the platform's schema.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction

R = TypeVar("R")

PUBLIC_SCHEMA = "public"
EXTENSIONS_SCHEMA = "extensions"

WRITABLE_STATUSES = frozenset({"trial", "active", "past_due"})
UNFOUNDED_STATUSES = frozenset({"requested", "provisioning", "failed"})
ROUTABLE_STATUSES = WRITABLE_STATUSES | {"suspended"}


class NoTenant(RuntimeError):
    """The code touched an organization's data without saying whose."""

    def __init__(self) -> None:
        super().__init__(
            "No organization is selected here; enter use_tenant(...) or use_platform() first."
        )


@dataclass(frozen=True, kw_only=True)
class Tenant:
    """One organization as a request sees it: plain values, read once, never a model instance."""

    id: UUID
    schema: str
    slug: str
    name: str
    host: str
    status: str
    timezone: str
    currency: str
    key_version: int = 1
    legal_name: str = ""
    tax_id: str = ""
    email: str = ""
    billing_address: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_routable(self) -> bool:
        """Return whether its host answers at all."""
        return self.status in ROUTABLE_STATUSES

    @property
    def is_writable(self) -> bool:
        """Return whether its data may change; a suspended organization reads and exports only."""
        return self.status in WRITABLE_STATUSES


@dataclass(frozen=True)
class _Platform:
    """The platform's own data: the public schema."""

    schema: str = PUBLIC_SCHEMA


@dataclass(frozen=True)
class _BareSchema:
    """A schema that is being built or migrated: its tables exist, its organization may not yet."""

    schema: str


Whose = Tenant | _Platform | _BareSchema | None

_PLATFORM = _Platform()
_current: ContextVar[Whose] = ContextVar("tenant", default=None)


@contextmanager
def _use(whose: Whose) -> Iterator[None]:
    token = _current.set(whose)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def use_tenant(tenant: Tenant) -> Iterator[Tenant]:
    """Work on the data of one organization, in sync and async code; nests, restores on exit."""
    with _use(tenant):
        yield tenant


@contextmanager
def use_platform() -> Iterator[None]:
    """Work on the platform's own data (the public schema)."""
    with _use(_PLATFORM):
        yield


@contextmanager
def use_schema(schema: str) -> Iterator[None]:
    """Work on a schema by its name. Only the engine does, to build and migrate schemas."""
    with _use(_bare(schema)):
        yield


def select_schema(schema: str) -> None:
    """Select a schema until the enclosing context ends: for stock code that knows no `with`."""
    _current.set(_bare(schema))


def _bare(schema: str) -> Whose:
    return _PLATFORM if schema == PUBLIC_SCHEMA else _BareSchema(schema)


@contextmanager
def use_nothing() -> Iterator[None]:
    """Forget whose data the code works on; what runs inside must say it again."""
    with _use(None):
        yield


def current_tenant() -> Tenant:
    """Return the organization at work. Raises: NoTenant, also on the platform."""
    whose = _current.get()
    if not isinstance(whose, Tenant):
        raise NoTenant
    return whose


def find_current_tenant() -> Tenant | None:
    """Return the organization at work, or None on the platform and where nothing is selected."""
    whose = _current.get()
    return whose if isinstance(whose, Tenant) else None


def is_platform() -> bool:
    """Return whether the platform's own data is selected."""
    return _current.get() is _PLATFORM


def find_current_schema() -> str | None:
    """Return the schema at work, or None where nothing is selected."""
    whose = _current.get()
    return whose.schema if whose is not None else None


def current_schema() -> str:
    """Return the schema at work. Raises: NoTenant."""
    schema = find_current_schema()
    if schema is None:
        raise NoTenant
    return schema


class Scope:
    """A captured answer to "whose data?", entered again in a hook, a thread or a stream."""

    def __init__(self) -> None:
        self._whose = _current.get()

    @contextmanager
    def enter(self) -> Iterator[None]:
        """Work on the data that was selected when the scope was captured."""
        with _use(self._whose):
            yield

    def bind(self, function: Callable[[], R]) -> Callable[[], R]:
        """Return `function` so that it runs on the captured data, wherever it is called."""

        @wraps(function)
        def bound() -> R:
            with self.enter():
                return function()

        return bound


def on_commit(effect: Callable[[], object], *, robust: bool = False) -> None:
    """Run `effect` after the commit, on the data that is selected now, wherever it commits.

    The database backend binds every hook this way, the stock transaction.on_commit included; this
    name says so at the call.
    """
    transaction.on_commit(effect, robust=robust)
