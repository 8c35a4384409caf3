"""The hubs of this process, one per organization that has a socket open here."""

import asyncio
from collections import defaultdict
from weakref import WeakKeyDictionary

from shared_apps.tenancy.context import Tenant
from tenant_apps.notifications.hub import OrganizationHub
from tenant_apps.notifications.sockets import REFUSED, InboxSocket


class Hubs:
    """Starts an organization's hub with its first socket and stops it after its last."""

    def __init__(self) -> None:
        self._hubs: dict[str, OrganizationHub] = {}
        self._changing: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def join(self, tenant: Tenant, socket: InboxSocket) -> None:
        """Add a socket; the subscription stands before this returns."""
        async with self._changing[tenant.schema]:
            hub = self._hubs.get(tenant.schema)
            if hub is None:
                hub = self._hubs[tenant.schema] = OrganizationHub(tenant)
                await hub.start()
            hub.follow_key_version(tenant)
            hub.add(socket)
            if tenant.key_version < hub.tenant.key_version:
                await socket.close(REFUSED)

    async def leave(self, tenant: Tenant, socket: InboxSocket) -> None:
        """Remove a socket; the last one to leave ends the subscription."""
        async with self._changing[tenant.schema]:
            hub = self._hubs.get(tenant.schema)
            if hub is None:
                return
            hub.remove(socket)
            if hub.is_empty:
                del self._hubs[tenant.schema]
                await hub.stop()


_by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, Hubs] = WeakKeyDictionary()


def hubs() -> Hubs:
    """Return the hubs of the running event loop: a web process has one loop."""
    return _by_loop.setdefault(asyncio.get_running_loop(), Hubs())
