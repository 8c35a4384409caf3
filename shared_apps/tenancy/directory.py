"""Where organizations are found by host, id or slug.

The engine knows no model: the setting TENANT_DIRECTORY names the class that does.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol, cast
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from shared_apps.tenancy.context import Tenant


class TenantDirectory(Protocol):
    """Finds organizations. Each method works under any context and returns plain values."""

    def by_host(self, host: str) -> Tenant | None:
        """Return the organization that a host name belongs to (no port, any case)."""

    def peek_host(self, host: str) -> tuple[bool, Tenant | None]:
        """Return (known without asking the database, the organization), for event loops."""

    def by_id(self, tenant_id: UUID) -> Tenant | None:
        """Return the organization with an id."""

    def by_slug(self, slug: str) -> Tenant | None:
        """Return the organization with a slug."""

    def by_schema(self, schema: str) -> Tenant | None:
        """Return the organization whose data is in a schema."""

    def all_ready(self) -> Iterable[Tenant]:
        """Return every organization whose data may change, by slug."""

    def forget(self) -> None:
        """Forget what was remembered, after a change to an organization."""


@lru_cache(maxsize=1)
def get_directory() -> TenantDirectory:
    """Return the directory that the setting TENANT_DIRECTORY names."""
    return cast("TenantDirectory", import_string(settings.TENANT_DIRECTORY)())
