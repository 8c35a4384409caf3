"""Celery tasks name their organization; one without a name is refused, never run in public."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import structlog
from celery import Task, shared_task
from celery.exceptions import Reject

from shared_apps.tenancy.context import (
    Tenant,
    current_tenant,
    use_platform,
    use_tenant,
)
from shared_apps.tenancy.directory import get_directory

HEADER = "prs_tenant"

if TYPE_CHECKING:
    _Task = Task[Any, Any]
else:
    _Task = Task

log = structlog.get_logger(__name__)


class TenantTask(_Task):
    """A task that runs on the data of the organization it was sent from.

    The message carries the organization's id in a header. A message without one, of an unknown
    organization or of one whose data may not change now is rejected and logged: what it would have
    done is owed in the database and found again by the sweep.
    """

    abstract = True

    def apply_async(self, *args: Any, **kwargs: Any) -> Any:
        """Send the task for the organization at work. Raises: NoTenant."""
        headers = {**(kwargs.pop("headers", None) or {}), HEADER: str(current_tenant().id)}
        return super().apply_async(*args, headers=headers, **kwargs)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run under the organization that the message names."""
        with use_tenant(self._tenant_of_message()):
            return self.run(*args, **kwargs)

    def _tenant_of_message(self) -> Tenant:
        named = _header_of(self.request)
        tenant = _find(named)
        if tenant is None or not tenant.is_writable:
            log.error("task_refused", task=self.name, named=named)
            raise Reject(f"{self.name} names no organization that may change.", requeue=False)
        return tenant


class PlatformTask(_Task):
    """A task that runs on the platform's own data."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run on the public schema."""
        with use_platform():
            return self.run(*args, **kwargs)


def tenant_task(name: str, **options: Any) -> Callable[[Callable[..., Any]], TenantTask]:
    """Make a function a task of an organization: `@tenant_task("audit.deliver")`."""
    return cast(
        "Callable[[Callable[..., Any]], TenantTask]",
        shared_task(name=name, base=TenantTask, **options),
    )


def platform_task(name: str, **options: Any) -> Callable[[Callable[..., Any]], PlatformTask]:
    """Make a function a task of the platform, with a stable name."""
    return cast(
        "Callable[[Callable[..., Any]], PlatformTask]",
        shared_task(name=name, base=PlatformTask, **options),
    )


def _header_of(request: Any) -> str:
    named = request.get(HEADER) or (request.get("headers") or {}).get(HEADER)
    return str(named or "")


def _find(named: str) -> Tenant | None:
    try:
        tenant_id = UUID(named)
    except ValueError:
        return None
    with use_platform():
        return get_directory().by_id(tenant_id)
