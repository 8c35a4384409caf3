import json
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from shared_apps.jobs.selectors import JobReport, list_jobs
from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import use_platform, use_tenant
from shared_apps.tenancy.directory import get_directory
from shared_apps.tenancy.management.base import PlatformCommand, find_organization

COLUMNS = ("place", "name", "schedule", "outcome", "started_at", "duration_ms", "next_run_at")
PLATFORM = "(platform)"


class Command(PlatformCommand):
    help = (
        "List the periodic jobs of the platform and of every organization: when each ran, how it "
        "went, how long it took and when it runs next."
    )
    example = "manage.py list_jobs --failing"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Offer to narrow the list, and JSON for machines."""
        parser.add_argument("--organization", metavar="SLUG", help="only this organization's")
        parser.add_argument("--failing", action="store_true", help="only failed and late ones")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle_platform(self, **options: Any) -> None:
        """Print one line for each job and place."""
        rows = list(_rows(options["organization"], at=utc_now()))
        if options["failing"]:
            rows = [(place, job) for place, job in rows if job.is_late or job.outcome == "failed"]
        if options["json"]:
            found = [{"place": place, **asdict(job)} for place, job in rows]
            self.stdout.write(json.dumps(found, indent=2, default=str))
            return
        self._print_table(rows)

    def _print_table(self, rows: list[tuple[str, JobReport]]) -> None:
        lines = [{name: name for name in COLUMNS}, *(_line(place, job) for place, job in rows)]
        widths = {name: max(len(line[name]) for line in lines) for name in COLUMNS}
        for line in lines:
            self.stdout.write(
                "  ".join(line[name].ljust(widths[name]) for name in COLUMNS).rstrip()
            )
        for place, job in rows:
            if job.error:
                self.stdout.write(f"{place} {job.name}: {job.error} ({job.failures} in a row)")


def _rows(slug: str | None, *, at: datetime) -> Iterator[tuple[str, JobReport]]:
    if slug is None:
        with use_platform():
            yield from [(PLATFORM, job) for job in list_jobs(at=at)]
    tenants = [find_organization(slug)] if slug else get_directory().all_ready()
    for tenant in tenants:
        with use_tenant(tenant):
            found = list_jobs(at=at)
        yield from [(tenant.slug, job) for job in found]


def _line(place: str, job: JobReport) -> dict[str, str]:
    outcome = "running" if job.is_running else job.outcome or "never run"
    return {
        "place": place,
        "name": job.name,
        "schedule": job.schedule,
        "outcome": f"{outcome}, late" if job.is_late else outcome,
        "started_at": f"{job.started_at:%Y-%m-%d %H:%M:%S}" if job.started_at else "-",
        "duration_ms": "-" if job.duration_ms is None else str(job.duration_ms),
        "next_run_at": f"{job.next_run_at:%Y-%m-%d %H:%M:%S}",
    }
