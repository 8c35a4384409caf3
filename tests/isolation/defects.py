"""Guards taken out, one at a time: the suite must notice each of them (its negative controls)."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.core.files.storage import FileSystemStorage
from django.http import StreamingHttpResponse
from django_tenants.postgresql_backend import base as stock

from shared_apps.tenancy import cache, channels, context, middleware, storage, streaming, tasks
from shared_apps.tenancy.backend.base import DatabaseWrapper, _BoundCursor
from shared_apps.tenancy.context import Tenant
from tests.isolation import edges


@dataclass(frozen=True)
class Defect:
    """A guard that can be taken out, and the parts of the traffic that it guards."""

    plant: Callable[[], AbstractContextManager[Any]]
    parts: tuple[str, ...]


class _ThreadState(threading.local):
    """The tenant as state of a thread, as stock django-tenants keeps it."""

    value: Any = None

    def get(self) -> Any:
        return self.value

    def set(self, value: Any) -> Any:
        before, self.value = self.value, value
        return before

    def reset(self, before: Any) -> None:
        self.value = before


def context_by_thread() -> AbstractContextManager[Any]:
    """Keep the tenant on the thread instead of the ContextVar."""
    return patch.object(context, "_current", _ThreadState())


class _ProcessState:
    """The tenant as one global variable."""

    value: Any = None

    def get(self) -> Any:
        return self.value

    def set(self, value: Any) -> Any:
        before, self.value = self.value, value
        return before

    def reset(self, before: Any) -> None:
        self.value = before


def context_by_process() -> AbstractContextManager[Any]:
    """Keep the tenant in one global variable."""
    return patch.object(context, "_current", _ProcessState())


def path_set_once() -> AbstractContextManager[Any]:
    """Send the search path once per connection and trust it for ever."""

    def once(self: Any, cursor: Any = None) -> None:
        pgconn = self.connection.pgconn
        if not pgconn.parameter_status(b"search_path").startswith(b"t_"):
            self._send_path(cursor, f"{context.current_schema()}, extensions")

    return patch.object(DatabaseWrapper, "_handle_search_path", once)


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


def hooks_unbound() -> AbstractContextManager[Any]:
    """Run on_commit hooks under whatever is selected at the commit."""
    return patch.object(
        DatabaseWrapper, "on_commit", super(stock.DatabaseWrapper, DatabaseWrapper).on_commit
    )


def streams_adrift() -> AbstractContextManager[Any]:
    """Stream without entering the tenant again."""
    return patch.object(
        edges, "stream_response", lambda _request, chunks: StreamingHttpResponse(chunks)
    )


def streams_of_the_last_request() -> AbstractContextManager[Any]:
    """Enter, for each chunk, the tenant of the latest request instead of the stream's own."""
    latest: list[Any] = []

    class Latest:
        def __init__(self) -> None:
            latest[:] = [context._current.get()]

        def enter(self) -> AbstractContextManager[Any]:
            return context._use(latest[0])

    return patch.object(streaming, "Scope", Latest)


def sockets_share_a_group() -> AbstractContextManager[Any]:
    """Name channel groups without the tenant."""
    return patch.object(edges, "tenant_group", lambda name: f"all.{name}")


def consumers_without_context() -> AbstractContextManager[Any]:
    """Dispatch socket messages under whatever tenant connected last."""
    latest: list[Tenant] = []

    async def dispatch(self: Any, message: Any) -> None:
        if message["type"] == "websocket.connect":
            latest[:] = [self.scope["tenant"]]
        with context.use_tenant(latest[0]):
            await super(channels.TenantConsumer, self).dispatch(message)

    assert issubclass(edges.CanaryConsumer, AsyncJsonWebsocketConsumer)
    return patch.object(channels.TenantConsumer, "dispatch", dispatch)


def cache_key_without_tenant() -> AbstractContextManager[Any]:
    """Make cache keys that name no tenant."""
    return patch.object(cache, "current_schema", lambda: "all")


def files_in_one_folder() -> AbstractContextManager[Any]:
    """Store all organizations' files in one folder."""
    return patch.multiple(
        storage.TenantStorage,
        base_location=FileSystemStorage.base_location,
        location=FileSystemStorage.location,
    )


def task_header_ignored() -> AbstractContextManager[Any]:
    """Run each task for the tenant of the first message that the worker saw."""
    first: list[Tenant] = []
    honest = tasks.TenantTask._tenant_of_message

    def of_first(self: Any) -> Tenant:
        first.append(honest(self))
        return first[0]

    return patch.object(tasks.TenantTask, "_tenant_of_message", of_first)


def host_remembered() -> AbstractContextManager[Any]:
    """Answer every host as the first that asked."""
    first: list[Any] = []
    honest = middleware.peek_tenant

    def of_first(host: str) -> tuple[bool, Tenant | None]:
        known, tenant = honest(host)
        if known and tenant is not None:
            first.append(tenant)
        return (True, first[0]) if first else (known, tenant)

    return patch.object(middleware, "peek_tenant", of_first)


def cursor_serves_anyone() -> AbstractContextManager[Any]:
    """Let a cursor of one organization run statements under another."""
    return patch.object(_BoundCursor, "_stay_home", lambda _self: None)


def _named(part: str, *plants: Callable[[], AbstractContextManager[Any]]) -> dict[str, Defect]:
    return {plant.__name__: Defect(plant, (part,)) for plant in plants}


DEFECTS: dict[str, Defect] = {
    **_named(
        "threads",
        path_set_once,
        path_remembered_over_rollback,
        hooks_unbound,
        cache_key_without_tenant,
        files_in_one_folder,
        cursor_serves_anyone,
    ),
    **_named(
        "web",
        context_by_thread,
        context_by_process,
        streams_adrift,
        streams_of_the_last_request,
        sockets_share_a_group,
        consumers_without_context,
        host_remembered,
    ),
    **_named("tasks", task_header_ignored),
}
