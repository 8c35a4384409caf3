"""Guards of the context and of the database connection, taken out one at a time."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any
from unittest.mock import patch

from django.contrib.contenttypes.models import ContentType
from django_tenants.postgresql_backend import base as stock

from shared_apps.tenancy import context
from shared_apps.tenancy.backend import base
from shared_apps.tenancy.backend.base import DatabaseWrapper, _BoundCursor
from tests.isolation import operations
from tests.isolation.holders import KeptForEver, OfTheProcess, OfTheThread
from tests.isolation.planting import defect


class Adrift:
    """A scope that enters nothing."""

    def enter(self) -> AbstractContextManager[Any]:
        return nullcontext()


# --- The context ----------------------------------------------------------------------------------


@defect("web")
def context_by_thread() -> AbstractContextManager[Any]:
    """Keep the tenant on the thread instead of the ContextVar."""
    return patch.object(context, "_current", OfTheThread())


@defect("web")
def context_by_process() -> AbstractContextManager[Any]:
    """Keep the tenant in one global variable."""
    return patch.object(context, "_current", OfTheProcess())


@defect("threads", operations.failing_contexts)
def context_kept_after_failures() -> AbstractContextManager[Any]:
    """Leave the context as it is when an exception passes."""

    @contextmanager
    def careless(whose: Any) -> Iterator[None]:
        token = context._current.set(whose)
        yield
        context._current.reset(token)

    return patch.object(context, "_use", careless)


@defect("threads", operations.nobody_at_work, operations.thread_of_its_own)
def nobody_means_the_last() -> AbstractContextManager[Any]:
    """Where nobody is selected, go on with whoever was last."""
    return patch.object(context, "_current", KeptForEver())


@defect("threads", operations.nested_hooks, operations.hook_after_commit)
def hooks_unbound() -> AbstractContextManager[Any]:
    """Run on_commit hooks under whatever is selected at the commit."""
    return patch.object(
        DatabaseWrapper, "on_commit", super(stock.DatabaseWrapper, DatabaseWrapper).on_commit
    )


# --- The connection -------------------------------------------------------------------------------


@defect("threads", operations.nested_contexts, operations.rolled_back_path)
def path_set_once() -> AbstractContextManager[Any]:
    """Send the search path once per connection and trust it for ever."""

    def once(self: Any, cursor: Any = None) -> None:
        pgconn = self.connection.pgconn
        if not pgconn.parameter_status(b"search_path").startswith(b"t_"):
            self._send_path(cursor, f"{context.current_schema()}, extensions")

    return patch.object(DatabaseWrapper, "_handle_search_path", once)


@defect("threads", operations.rolled_back_path)
def path_remembered_over_rollback() -> AbstractContextManager[Any]:
    """Remember the path on our side and forget that a rollback takes it back."""

    @contextmanager
    def planted() -> Iterator[None]:
        grand: Any = super(stock.DatabaseWrapper, DatabaseWrapper)
        with (
            patch.object(DatabaseWrapper, "_reported_path", lambda self: self._path_on_server),
            patch.object(DatabaseWrapper, "rollback", grand.rollback),
            patch.object(DatabaseWrapper, "savepoint_rollback", grand.savepoint_rollback),
        ):
            yield

    return planted()


@defect("threads", operations.missing_table)
def public_on_the_path() -> AbstractContextManager[Any]:
    """Let public stand behind each organization's schema, as stock django-tenants does."""
    return patch.object(base, "EXTENSIONS_SCHEMA", "extensions, public")


@defect("threads", operations.held_cursor)
def cursor_serves_anyone() -> AbstractContextManager[Any]:
    """Let a cursor of one organization run statements under another."""
    return patch.object(_BoundCursor, "_stay_home", lambda _self: None)


@defect("threads", operations.cursor_held_over_work)
def path_compared_for_new_cursors_only() -> AbstractContextManager[Any]:
    """Trust the path that was right when the cursor was made."""
    return patch.object(_BoundCursor, "_take_path_along", lambda _self: None)


@defect("threads", operations.parked_schema)
def schema_parked_by_anyone() -> AbstractContextManager[Any]:
    """Let any code park a schema on the connection."""

    def obey(_self: Any, schema_name: str, *_args: Any) -> None:
        context.select_schema(schema_name)

    return patch.object(DatabaseWrapper, "set_schema", obey)


@defect("threads", operations.parked_schema)
def stock_code_leaves_its_schema() -> AbstractContextManager[Any]:
    """Do not restore the context after code of django-tenants."""
    return patch.object(base, "Scope", Adrift)


@defect("threads", operations.content_type)
def content_types_shared() -> AbstractContextManager[Any]:
    """Keep one cache of content types for all schemas."""
    return patch.dict(vars(ContentType.objects), {"_cache": {}})
