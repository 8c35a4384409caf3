"""The database connection follows the tenant context; nothing about the tenant sticks to it.

Stock django-tenants keeps the tenant as state of a thread's connection. Here the schema is read
from the ContextVar at every cursor, the search path is sent only when the server has another one,
and `public` is never on an organization's path: a missing table is an error, not another's row.
"""

from collections.abc import Callable, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.db import InterfaceError
from django.db.backends.utils import CursorDebugWrapper, CursorWrapper
from django_tenants.postgresql_backend import base as stock
from django_tenants.postgresql_backend.introspection import DatabaseSchemaIntrospection
from psycopg.pq import TransactionStatus

from shared_apps.tenancy.backend.pooling import (
    PooledExecution,
    Preface,
    is_pooled,
    refuse_pooler_behind,
)
from shared_apps.tenancy.context import (
    EXTENSIONS_SCHEMA,
    PUBLIC_SCHEMA,
    Scope,
    Tenant,
    current_schema,
    find_current_schema,
    find_current_tenant,
    select_schema,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


class SchemaSwitchRefused(RuntimeError):
    """Somebody tried to park a schema on the connection instead of entering a context."""

    def __init__(self) -> None:
        super().__init__(
            "The connection follows the context: enter use_tenant(...) or use_platform() instead."
        )


_stock_code_runs: ContextVar[bool] = ContextVar("stock_code_runs", default=False)


@contextmanager
def stock_django_tenants() -> "Iterator[None]":
    """Let django-tenants' own code switch schemas inside; the context is restored at the end."""
    token = _stock_code_runs.set(True)
    try:
        with Scope().enter():
            yield
    finally:
        _stock_code_runs.reset(token)


class CursorLeftItsTenant(RuntimeError):
    """A cursor made for one organization was used under another."""

    def __init__(self, made_for: str, used_under: str | None) -> None:
        super().__init__(f"A cursor of {made_for} was used under {used_under}; open a new one.")


class _BoundCursor(CursorWrapper):
    """A cursor that refuses statements once the context has moved on.

    Held over work for another organization it finds that one's path on the connection, so the path
    is compared before each statement, not only when the cursor is made.
    """

    def __init__(self, cursor: Any, db: Any) -> None:
        super().__init__(cursor, db)
        self.__dict__["_schema"] = current_schema()

    def _execute_with_wrappers(
        self,
        sql: Any,
        params: Any,
        many: bool,  # noqa: FBT001  Django's signature
        executor: Callable[..., Any],
    ) -> Any:
        self._stay_home()
        self._take_path_along()
        return super()._execute_with_wrappers(sql, params, many, executor)  # type: ignore[misc]  # not in the stubs

    def copy(self, *args: Any, **options: Any) -> Any:
        """Copy rows in or out of the organization's tables, as psycopg does."""
        self._stay_home()
        self._take_path_along()
        return self.cursor.copy(*args, **options)

    def stream(self, *args: Any, **options: Any) -> Any:
        """Yield rows one by one, as psycopg does."""
        self._stay_home()
        self._take_path_along()
        return self.cursor.stream(*args, **options)

    def _stay_home(self) -> None:
        made_for = self.__dict__["_schema"]
        if find_current_schema() != made_for:
            raise CursorLeftItsTenant(made_for, find_current_schema())
        if self.cursor.connection is not self.db.connection:  # a pool may have lent it to others
            raise InterfaceError("The connection of this cursor was given back; open a new one.")

    def _take_path_along(self) -> None:
        is_on_server = getattr(self.cursor, "name", None)  # such a one carries one statement only
        self.db._handle_search_path(None if is_on_server else self)  # noqa: SLF001  the wrapper's own


class _BoundDebugCursor(_BoundCursor, CursorDebugWrapper):
    """The same with Django's query log."""


class _PooledCursor(PooledExecution, _BoundCursor):
    """A bound cursor behind a transaction pooler."""


class _PooledDebugCursor(PooledExecution, _BoundDebugCursor):
    """The same with Django's query log."""


class DatabaseWrapper(stock.DatabaseWrapper):  # type: ignore[misc]  # django-tenants is untyped
    """A connection whose schema is the context's, for every alias."""

    # set on the connection that `as_owner` puts in place
    works_as_owner = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._path_on_server: str | None = None
        self._setting_search_path = False
        self.preface = Preface()
        # Skip django-tenants' own constructor: it parks the connection on the public schema.
        super(stock.DatabaseWrapper, self).__init__(*args, **kwargs)
        self.introspection = DatabaseSchemaIntrospection(self)

    @property
    def tenant(self) -> Tenant | None:
        """Return the organization at work, for code of django-tenants that asks the connection."""
        return find_current_tenant()

    @property
    def schema_name(self) -> str | None:
        """Return the schema at work, or None where nothing is selected."""
        return find_current_schema()

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:  # noqa: FBT001, FBT002  django-tenants' signature
        """Refuse outside of `stock_django_tenants()`: the context decides."""
        self.set_schema(tenant.schema_name, include_public)

    def set_schema(
        self,
        schema_name: str,
        include_public: bool = True,  # noqa: FBT001, FBT002  same
        tenant_type: str | None = None,
    ) -> None:
        """Refuse outside of `stock_django_tenants()`: the context decides."""
        if not _stock_code_runs.get():
            raise SchemaSwitchRefused
        select_schema(schema_name)

    def set_schema_to_public(self) -> None:
        """Refuse outside of `stock_django_tenants()`: the context decides."""
        self.set_schema(PUBLIC_SCHEMA)

    @property
    def is_pooled(self) -> bool:
        """Return whether a transaction pooler stands between; the owner goes past it."""
        return is_pooled() and not self.works_as_owner

    @property
    def path(self) -> str:
        """Return the search path of the data at work. Raises: NoTenant."""
        return f"{current_schema()}, {EXTENSIONS_SCHEMA}"

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect, or take from the pool; a pooler that nobody announced is refused."""
        found = super().get_new_connection(conn_params)
        if not self.is_pooled:
            refuse_pooler_behind(found, conn_params)
        return found

    def init_connection_state(self) -> None:
        """Forget what an earlier connection of this wrapper had as its path."""
        self._path_on_server = None
        super().init_connection_state()

    def close(self) -> None:
        """Close, or give back to the pool, and forget the path."""
        self._path_on_server = None
        self.preface.forget()
        super(stock.DatabaseWrapper, self).close()

    def commit(self) -> None:
        """Commit; a transaction's own path ends with it."""
        self.preface.forget()
        super(stock.DatabaseWrapper, self).commit()

    def rollback(self) -> None:
        """Roll back; the server takes a SET of the same transaction back with it."""
        self._path_on_server = None
        self.preface.forget()
        super(stock.DatabaseWrapper, self).rollback()

    def savepoint_rollback(self, sid: str) -> None:
        """Roll back to a savepoint; a SET made since then is gone."""
        try:
            super(stock.DatabaseWrapper, self).savepoint_rollback(sid)
        finally:
            self._path_on_server = None
            self.preface.forget()

    def on_commit(self, func: Callable[[], object], robust: bool = False) -> None:  # noqa: FBT001, FBT002  Django's signature
        """Register a hook that runs on the data selected now, whatever the commit runs under."""
        super().on_commit(Scope().bind(func), robust)

    def chunked_cursor(self) -> CursorWrapper:
        """Return a cursor on the server, or an ordinary one behind a transaction pooler."""
        cursor: CursorWrapper = self.cursor() if self.is_pooled else super().chunked_cursor()
        return cursor

    def make_cursor(self, cursor: Any) -> CursorWrapper:
        """Wrap a cursor so that it refuses to serve another organization."""
        return (_PooledCursor if self.is_pooled else _BoundCursor)(cursor, self)

    def make_debug_cursor(self, cursor: Any) -> CursorWrapper:
        """Wrap a cursor the same way, with the query log."""
        return (_PooledDebugCursor if self.is_pooled else _BoundDebugCursor)(cursor, self)

    def _handle_search_path(self, cursor: Any = None) -> None:
        if self._setting_search_path:
            return
        wanted = self.path
        if self.is_pooled:  # each statement brings its own
            return
        if self._reported_path() == wanted or self._is_aborted():
            return
        with self._setting():
            self._send_path(cursor, wanted)

    def _reported_path(self) -> str | None:
        """Return the path in force: PostgreSQL 18 reports each change; before that we remember."""
        reported = self.connection.pgconn.parameter_status(b"search_path")
        return reported.decode() if reported is not None else self._path_on_server

    def _is_aborted(self) -> bool:
        # Only a rollback is accepted now; it needs no path, and a SET would hide the first error.
        return bool(self.connection.pgconn.transaction_status == TransactionStatus.INERROR)

    def _send_path(self, cursor: Any, wanted: str) -> None:
        statement = f"SET search_path = {wanted}"
        if cursor is not None:
            cursor.execute(statement)
        else:  # a server-side cursor carries one statement only
            with self.connection.cursor() as own:
                own.execute(statement)
        self._path_on_server = wanted

    @contextmanager
    def _setting(self) -> "Iterator[None]":
        self._setting_search_path = True
        try:
            yield
        finally:
            self._setting_search_path = False

    def _get_cursor_search_paths(self) -> Sequence[str]:
        return [current_schema(), EXTENSIONS_SCHEMA]
