"""Celery edges of the outbox: messages carry the tenant and a delivery's id only."""

from uuid import UUID

import structlog

from shared_apps.audit.announcing import (
    DELIVER,
    DELIVER_ON_PLATFORM,
    PLATFORM,
    dirty_places,
)
from shared_apps.audit.delivery import deliver, sweep
from shared_apps.audit.idempotency import forget_old_answers
from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import use_tenant
from shared_apps.tenancy.directory import get_directory
from shared_apps.tenancy.tasks import platform_task, tenant_task

log = structlog.get_logger(__name__)


@tenant_task(DELIVER)
def deliver_owed(delivery_id: str) -> bool:
    """Carry out one delivery of an organization."""
    return deliver(delivery_id=UUID(delivery_id))


@platform_task(DELIVER_ON_PLATFORM)
def deliver_owed_on_platform(delivery_id: str) -> bool:
    """Carry out one delivery of the platform."""
    return deliver(delivery_id=UUID(delivery_id))


@tenant_task("audit.sweep_tenant")
def sweep_tenant() -> int:
    """Announce again what is owed in one organization."""
    return sweep()


@tenant_task("audit.forget_old_answers")
def forget_old_answers_of_tenant() -> int:
    """Drop the kept answers of one organization that are past their time."""
    return forget_old_answers(at=utc_now())


@platform_task("audit.sweep_dirty")
def sweep_dirty() -> None:
    """Visit the organizations that have something owed (every 30 seconds)."""
    places = dirty_places()
    if PLATFORM in places:
        sweep()
    directory = get_directory()
    for place in places - {PLATFORM}:
        tenant = directory.by_id(UUID(place))
        if tenant is not None and tenant.is_writable:
            with use_tenant(tenant):
                sweep_tenant.delay()


@platform_task("audit.sweep_all")
def sweep_all() -> None:
    """Visit every organization (every 10 minutes): finds what a lost dirty list has forgotten."""
    sweep()
    for tenant in get_directory().all_ready():
        if tenant.is_writable:
            with use_tenant(tenant):
                sweep_tenant.delay()
                forget_old_answers_of_tenant.delay()
