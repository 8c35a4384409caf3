"""Guards of the edges taken out one at a time: hosts, streams, sockets, keys, files, tasks."""

from contextlib import AbstractContextManager
from typing import Any
from unittest.mock import patch

from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.core.files.storage import FileSystemStorage

from shared_apps.organizations.directory import OrganizationDirectory
from shared_apps.tenancy import cache, channels, context, middleware, storage, streaming, tasks
from shared_apps.tenancy.context import Tenant
from shared_apps.tenancy.management import base as commands
from tests.isolation import edges, operations
from tests.isolation.defects_inside import Adrift
from tests.isolation.planting import defect
from tests.isolation.world import CANARIES, by_slug

# --- The door -------------------------------------------------------------------------------------


@defect("web")
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


@defect("web")
def directory_without_host() -> AbstractContextManager[Any]:
    """Remember organizations under a key that lacks the host."""
    peek, remember = OrganizationDirectory._peek, OrganizationDirectory._remember

    def kind_of(key: Any) -> Any:
        return key[0] if isinstance(key, tuple) else key

    return patch.multiple(
        OrganizationDirectory,
        _peek=lambda self, key: peek(self, kind_of(key)),
        _remember=lambda self, key, tenant: remember(self, kind_of(key), tenant),
    )


@defect("web")
def unknown_host_served() -> AbstractContextManager[Any]:
    """Serve a host of nobody as the first organization."""
    honest = middleware.TenantMiddleware._context

    def kind(self: Any, request: Any, tenant: Tenant | None) -> Any:
        return honest(self, request, tenant or by_slug[CANARIES[0]])

    return patch.object(middleware.TenantMiddleware, "_context", kind)


@defect("web")
def suspended_accepted() -> AbstractContextManager[Any]:
    """Let a suspended organization change its data."""
    return patch.object(middleware.TenantMiddleware, "process_view", lambda *_args: None)


# --- Streams and sockets --------------------------------------------------------------------------


@defect("web")
def streams_adrift() -> AbstractContextManager[Any]:
    """Stream without entering the tenant again."""
    return patch.object(streaming, "Scope", Adrift)


@defect("web")
def streams_of_the_last_request() -> AbstractContextManager[Any]:
    """Enter, for each chunk, the tenant of the latest request instead of the stream's own."""
    latest: list[Any] = []

    class Latest:
        def __init__(self) -> None:
            latest[:] = [context._current.get()]

        def enter(self) -> AbstractContextManager[Any]:
            return context._use(latest[0])

    return patch.object(streaming, "Scope", Latest)


@defect("web")
def sockets_share_a_group() -> AbstractContextManager[Any]:
    """Name channel groups without the tenant."""
    return patch.object(edges, "tenant_group", lambda name: f"all.{name}")


@defect("web")
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


# --- Keys, files, tasks, commands -----------------------------------------------------------------


@defect("threads", operations.cached_value, operations.cached_many)
def cache_key_without_tenant() -> AbstractContextManager[Any]:
    """Make cache keys that name no tenant."""
    return patch.object(cache, "current_schema", lambda: "all")


@defect("threads", operations.stored_file)
def files_in_one_folder() -> AbstractContextManager[Any]:
    """Store all organizations' files in one folder."""
    return patch.multiple(
        storage.TenantStorage,
        base_location=FileSystemStorage.base_location,
        location=FileSystemStorage.location,
    )


@defect("tasks")
def task_header_ignored() -> AbstractContextManager[Any]:
    """Run each task for the tenant of the first message that the worker saw."""
    first: list[Tenant] = []
    honest = tasks.TenantTask._tenant_of_message

    def of_first(self: Any) -> Tenant:
        first.append(honest(self))
        return first[0]

    return patch.object(tasks.TenantTask, "_tenant_of_message", of_first)


@defect("tasks")
def task_for_nobody_runs() -> AbstractContextManager[Any]:
    """Run a message without a tenant for the first one."""
    honest = tasks._header_of

    def kind(request: Any) -> str:
        return honest(request) or str(by_slug[CANARIES[0]].id)

    return patch.object(tasks, "_header_of", kind)


@defect("tasks")
def suspended_task_runs() -> AbstractContextManager[Any]:
    """Run the tasks of a suspended organization."""
    return patch.object(Tenant, "is_writable", property(lambda _self: True))


@defect("threads", operations.command_at_work)
def command_for_the_first() -> AbstractContextManager[Any]:
    """Run every command for the organization that the first one named."""
    first: list[Tenant] = []
    honest = commands.find_organization

    def of_first(slug: str) -> Tenant:
        first.append(honest(slug))
        return first[0]

    return patch.object(commands, "find_organization", of_first)
