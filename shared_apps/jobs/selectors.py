"""Reads about periodic jobs: how they went, and what is due here."""

from dataclasses import dataclass
from datetime import datetime

from shared_apps.jobs.models import JobState
from shared_apps.jobs.table import Job, platform_jobs, tenant_jobs
from shared_apps.tenancy.context import Tenant, current_tenant, is_platform

# a run that failed is tried again by the next visits; then the next scheduled time is waited for
TRIES = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class JobReport:
    """A job as people see it."""

    name: str
    does: str
    schedule: str
    outcome: str
    is_running: bool
    is_late: bool
    started_at: datetime | None
    finished_at: datetime | None
    duration_ms: int | None
    result: str
    error: str
    failures: int
    next_run_at: datetime


def place_at_work() -> Tenant | None:
    """Return the organization at work, or None on the platform. Raises: NoTenant."""
    return None if is_platform() else current_tenant()


def jobs_at_work() -> list[Job]:
    """Return the jobs of the organization at work, or those of the platform."""
    return platform_jobs() if is_platform() else tenant_jobs()


def list_jobs(*, at: datetime) -> list[JobReport]:
    """Return how each job of the organization at work (or of the platform) stands. One query."""
    states = JobState.objects.in_bulk([job.name for job in jobs_at_work()])
    return [
        _report(job, states.get(job.name) or JobState(name=job.name), at) for job in jobs_at_work()
    ]


def due_jobs(*, at: datetime) -> list[Job]:
    """Return the jobs here whose last scheduled time has not been dealt with. One query."""
    states = JobState.objects.in_bulk([job.name for job in jobs_at_work()])
    return [job for job in jobs_at_work() if is_due(job, states.get(job.name), at=at)]


def is_due(job: Job, state: JobState | None, *, at: datetime) -> bool:
    """Return whether a job's last scheduled time has not been dealt with here."""
    slot = slot_of(job, at=at)
    return state is None or state.done_slot is None or state.done_slot < slot


def slot_of(job: Job, *, at: datetime) -> datetime:
    """Return the last scheduled time of a job here."""
    return job.schedule.latest(at, place=job.place_of(place_at_work()))


def _report(job: Job, state: JobState, at: datetime) -> JobReport:
    slot = slot_of(job, at=at)
    is_running = state.lease_until is not None and state.lease_until > at
    is_due_now = is_due(job, state, at=at)
    return JobReport(
        name=job.name,
        does=job.does,
        schedule=str(job.schedule),
        outcome=state.outcome,
        is_running=is_running,
        # a time that came a lease ago: later ones may have come since
        is_late=not is_running and is_due(job, state, at=at - job.lease),
        started_at=state.started_at,
        finished_at=state.finished_at,
        duration_ms=state.duration_ms,
        result=state.result,
        error=state.error,
        failures=state.failures,
        next_run_at=slot
        if is_due_now
        else job.schedule.following(slot, place=job.place_of(place_at_work())),
    )
