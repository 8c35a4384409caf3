"""A small table of jobs for the tests of running them; what they did is written down."""

from datetime import datetime, time, timedelta
from uuid import UUID

from shared_apps.jobs.reports import RunReport, do_each
from shared_apps.jobs.schedule import Daily, Every
from shared_apps.jobs.table import Job
from shared_apps.tenancy.context import current_schema

POSSIBLE, IMPOSSIBLE = UUID(int=1), UUID(int=2)

ran: list[tuple[str, str, datetime]] = []
broken: set[str] = set()


def note(*, at: datetime) -> str:
    """Write down where and when it ran, or fail where it is broken."""
    if current_schema() in broken:
        raise ValueError("It is broken here.")
    ran.append(("note", current_schema(), at))
    return f"{len(ran)} noted"


def weed(*, at: datetime) -> RunReport:
    """Weed two beds, the second of which is impossible where it is broken."""

    def weed_one(bed: UUID) -> int:
        if bed == IMPOSSIBLE:
            note(at=at)
        return 1

    return do_each([IMPOSSIBLE, POSSIBLE], weed_one)


def water(*, at: datetime) -> None:
    """Write down where and when it ran."""
    ran.append(("water", current_schema(), at))


JOBS = (
    Job(
        name="tests.note",
        does="Note something.",
        schedule=Every(timedelta(minutes=5)),
        run="tests.jobs.table.note",
    ),
    Job(
        name="tests.water",
        does="Water the flowers.",
        schedule=Daily(time(6), jitter=timedelta(minutes=30)),
        run="tests.jobs.table.water",
    ),
    Job(
        name="tests.sweep",
        does="Sweep the platform.",
        schedule=Every(timedelta(seconds=30)),
        run="tests.jobs.table.note",
        for_each_tenant=False,
    ),
    Job(
        name="tests.tick",
        does="Tick every second, for the test of beat.",
        schedule=Every(timedelta(seconds=1)),
        run="tests.jobs.table.note",
        for_each_tenant=False,
    ),
)
