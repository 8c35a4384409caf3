"""Celery edges of the periodic jobs: messages carry the organization and a job's name only."""

from datetime import datetime, timedelta

import structlog

from shared_apps.jobs.schedule import EPOCH, VISIT_EVERY
from shared_apps.jobs.selectors import due_jobs
from shared_apps.jobs.services import run_job
from shared_apps.jobs.table import RUN_ON_PLATFORM, job_named, tenant_jobs
from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant, use_tenant
from shared_apps.tenancy.directory import get_directory
from shared_apps.tenancy.tasks import platform_task, tenant_task

CATCH_UP_EVERY = timedelta(minutes=10)

log = structlog.get_logger(__name__)


@tenant_task("jobs.run")
def run(name: str) -> bool:
    """Run one job of an organization when it is due."""
    return run_job(job=job_named(name), at=utc_now())


@platform_task(RUN_ON_PLATFORM)
def run_on_platform(name: str) -> bool:
    """Run one job of the platform when it is due."""
    return run_job(job=job_named(name), at=utc_now())


@tenant_task("jobs.catch_up")
def catch_up() -> int:
    """Send every job of an organization that is due, however long ago; return how many."""
    due = due_jobs(at=utc_now())
    for job in due:
        run.delay(job.name)
    return len(due)


def visit_tenants(*, at: datetime) -> int:
    """Send each organization the jobs whose time has come since the last visit; return how many.

    Every ten minutes all organizations look at themselves, for what a lost message or a dead worker
    has left. An organization that cannot be reached is logged and does not stop the others.
    """
    since = at - VISIT_EVERY - VISIT_EVERY / 2
    is_catching_up = (at - EPOCH) % CATCH_UP_EVERY < VISIT_EVERY
    return sum(
        _send(tenant, since=since, at=at, everything=is_catching_up)
        for tenant in get_directory().all_ready()
    )


def _send(tenant: Tenant, *, since: datetime, at: datetime, everything: bool) -> int:
    names = [
        job.name
        for job in tenant_jobs()
        if job.schedule.latest(at, place=job.place_of(tenant)) > since
    ]
    try:
        with use_tenant(tenant):
            if everything:
                catch_up.delay()
                return 1
            for name in names:
                run.delay(name)
    except Exception:
        log.exception("jobs_not_sent", organization=tenant.slug)
        return 0
    return len(names)
