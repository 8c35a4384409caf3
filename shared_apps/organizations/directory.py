"""The tenant directory over the tables of organizations and domains."""

import threading
import time
from collections.abc import Callable, Iterable
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from shared_apps.organizations.models import Organization
from shared_apps.organizations.selectors import as_tenant
from shared_apps.tenancy.context import WRITABLE_STATUSES, Tenant, use_platform

# Unknown hosts are remembered too; a flood of invented ones must not fill the memory.
MAX_REMEMBERED = 20_000


class OrganizationDirectory:
    """Finds organizations and remembers each answer for TENANT_DIRECTORY_TTL_S seconds.

    A change to an organization is therefore seen by every process within that time (at most 5 s);
    the process that made it forgets at once (`forget`).
    """

    def __init__(self) -> None:
        self._answers: dict[object, tuple[float, Tenant | None]] = {}
        self._lock = threading.Lock()

    def by_host(self, host: str) -> Tenant | None:
        """Return the organization that a host name belongs to, whatever its status."""
        return self._remembered(("host", host), lambda: _rows().filter(domains__domain=host))

    def peek_host(self, host: str) -> tuple[bool, Tenant | None]:
        """Return (remembered, the organization) without asking the database."""
        return self._peek(("host", host))

    def by_id(self, tenant_id: UUID) -> Tenant | None:
        """Return the organization with an id, whatever its status."""
        return self._remembered(tenant_id, lambda: _rows().filter(pk=tenant_id))

    def by_slug(self, slug: str) -> Tenant | None:
        """Return the organization with a slug, fresh from the database."""
        with use_platform():
            return _first(_rows().filter(slug=slug))

    def by_schema(self, schema: str) -> Tenant | None:
        """Return the organization whose data is in a schema, fresh, whatever its status."""
        with use_platform():
            return _first(_rows().filter(schema_name=schema))

    def all_ready(self) -> Iterable[Tenant]:
        """Return every organization whose data may change, by slug, fresh from the database."""
        with use_platform():
            return [as_tenant(row) for row in _rows().filter(status__in=WRITABLE_STATUSES)]

    def forget(self) -> None:
        """Forget every answer."""
        with self._lock:
            self._answers.clear()

    def _peek(self, key: object) -> tuple[bool, Tenant | None]:
        until, tenant = self._answers.get(key, (0.0, None))
        return until > time.monotonic(), tenant

    def _remembered(self, key: object, rows: Callable[[], QuerySet[Organization]]) -> Tenant | None:
        known, tenant = self._peek(key)
        if known:
            return tenant
        with use_platform():
            tenant = _first(rows())
        self._remember(key, tenant)
        return tenant

    def _remember(self, key: object, tenant: Tenant | None) -> None:
        until = time.monotonic() + settings.TENANT_DIRECTORY_TTL_S
        with self._lock:
            if len(self._answers) >= MAX_REMEMBERED:
                self._answers.clear()
            self._answers[key] = (until, tenant)


def _rows() -> QuerySet[Organization]:
    rows: QuerySet[Organization] = Organization.objects.order_by("slug", "pk")
    return rows.prefetch_related("domains")


def _first(rows: QuerySet[Organization]) -> Tenant | None:
    row = rows.first()
    return as_tenant(row) if row is not None else None
