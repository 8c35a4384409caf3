"""Sockets and channel groups know their tenant."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from channels.db import database_sync_to_async

from shared_apps.tenancy.context import current_schema, use_tenant
from shared_apps.tenancy.middleware import find_tenant, hostname, peek_tenant

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def tenant_group(name: str) -> str:
    """Return the name of a channel group of the organization at work: the only way to name one.

    Raises: NoTenant.
    """
    return f"{current_schema()}.{name}"


class TenantWebSocketMiddleware:
    """Select the organization of a socket by its host; close what belongs to none (HTTP 403).

    Sets scope["tenant"] and runs the inner application under that organization.
    """

    def __init__(self, inner: Application) -> None:
        self.inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket."""
        host = hostname(_host_header(scope))
        known, tenant = peek_tenant(host)
        if not known:
            tenant = await database_sync_to_async(find_tenant)(host)
        if tenant is None:
            await receive()
            await send({"type": "websocket.close", "code": 4404})
            return
        with use_tenant(tenant):
            await self.inner({**scope, "tenant": tenant}, receive, send)


class TenantConsumer:
    """Mixin for consumers: every message is handled under the socket's organization.

    Channels runs consumers of many organizations in one thread; the context travels with each
    dispatch, not with the thread.
    """

    scope: Scope

    async def dispatch(self, message: MutableMapping[str, Any]) -> None:
        """Handle one message under the organization of the socket."""
        with use_tenant(self.scope["tenant"]):
            await super().dispatch(message)  # type: ignore[misc]  # AsyncConsumer's, further along


def _host_header(scope: Scope) -> str:
    headers: list[tuple[bytes, bytes]] = scope.get("headers", [])
    return next((value.decode("latin-1") for name, value in headers if name == b"host"), "")
