"""The one table of periodic jobs, found through the setting PERIODIC_JOBS."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.utils.module_loading import import_string

from shared_apps.jobs.schedule import Every, Place, Schedule
from shared_apps.tenancy.context import Tenant

RUN_ON_PLATFORM = "jobs.run_on_platform"


class UnknownJob(LookupError):
    """A job's name is not in the table."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """Something that happens by itself.

    `run` is the dotted name of a function that takes `at` and returns what it came to, for people
    to read; it must bear being run twice. (A name, so that beat reads the table without the apps.)
    `for_each_tenant`: once in every organization whose data may change, else on the platform.
    `lease`: how long a run may take; after it another worker may begin.
    """

    name: str
    does: str
    schedule: Schedule
    run: str
    for_each_tenant: bool = True
    lease: timedelta = timedelta(minutes=15)

    def start(self, at: datetime) -> object:
        """Call the function."""
        return import_string(self.run)(at=at)

    def place_of(self, tenant: Tenant | None) -> Place:
        """Return where this job runs: each job of an organization has an offset of its own."""
        if tenant is None:
            return Place(key=self.name)
        return Place(key=f"{self.name}:{tenant.id}", timezone=tenant.timezone)


def all_jobs() -> Sequence[Job]:
    """Return the whole table, in its order."""
    return cast("Sequence[Job]", import_string(settings.PERIODIC_JOBS))


def tenant_jobs() -> list[Job]:
    """Return the jobs that run in every organization."""
    return [job for job in all_jobs() if job.for_each_tenant]


def platform_jobs() -> list[Job]:
    """Return the jobs that run on the platform."""
    return [job for job in all_jobs() if not job.for_each_tenant]


def job_named(name: str) -> Job:
    """Return a job. Raises: UnknownJob."""
    for job in all_jobs():
        if job.name == name:
            return job
    raise UnknownJob(f"No job in {settings.PERIODIC_JOBS} is named {name}.")


def platform_schedule(jobs: Sequence[Job]) -> dict[str, dict[str, Any]]:
    """Return what beat is to send: each job of the platform at its interval.

    Raises: TypeError for a platform job that does not run at even intervals.
    """
    entries: dict[str, dict[str, Any]] = {}
    for job in jobs:
        if job.for_each_tenant:
            continue
        if not isinstance(job.schedule, Every):
            raise TypeError(f"{job.name} must run at even intervals: beat sends it.")
        interval_s = job.schedule.interval.total_seconds()
        entries[job.name] = {"task": RUN_ON_PLATFORM, "args": [job.name], "schedule": interval_s}
    return entries
