"""Each scheduled time is dealt with once; failures are noted and tried again; leases end."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db.models.functions import Now

from shared_apps.jobs.models import JobState
from shared_apps.jobs.schedule import Every
from shared_apps.jobs.selectors import due_jobs, list_jobs
from shared_apps.jobs.services import claim_job, run_job
from shared_apps.jobs.table import Job, UnknownJob, job_named
from shared_apps.tenancy.context import Tenant, use_platform
from tests.jobs import table
from tests.payments.racing import race

NOTE, WATER = "tests.note", "tests.water"
WEED = Job(
    name="tests.weed",
    does="Weed the beds.",
    schedule=Every(timedelta(minutes=5)),
    run="tests.jobs.table.weed",
)
pytestmark = pytest.mark.usefixtures("small_table")


def state(name: str = NOTE) -> JobState:
    """Return the row of a job here."""
    return JobState.objects.get(pk=name)


class TestRunJob:
    def test_runs_once_for_each_scheduled_time(self, acme: Tenant, at_noon: datetime) -> None:
        job = job_named(NOTE)
        for minutes, does_run in ((0, True), (0, False), (5, True), (6, False), (600, True)):
            at = at_noon + timedelta(minutes=minutes)
            assert run_job(job=job, at=at) is does_run, minutes

        assert [what for what, _, _ in table.ran] == ["note"] * 3
        assert {where for _, where, _ in table.ran} == {acme.schema}

    def test_makes_up_for_many_missed_times_once(self, at_noon: datetime) -> None:
        job = job_named(NOTE)
        run_job(job=job, at=at_noon)
        assert run_job(job=job, at=at_noon + timedelta(days=3)) is True
        assert run_job(job=job, at=at_noon + timedelta(days=3)) is False

    def test_notes_how_it_went(self, at_noon: datetime) -> None:
        run_job(job=job_named(NOTE), at=at_noon)
        row = state()
        assert (row.outcome, row.result, row.error) == ("ok", "1 noted", "")
        assert row.started_at == at_noon
        assert row.lease_until is None
        assert row.duration_ms is not None

    def test_notes_a_failure_and_tries_three_times(self, acme: Tenant, at_noon: datetime) -> None:
        table.broken.add(acme.schema)
        job = job_named(NOTE)
        assert [run_job(job=job, at=at_noon) for _ in range(4)] == [True, True, True, False]
        row = state()
        assert (row.outcome, row.error) == ("failed", "ValueError: It is broken here.")
        assert row.failures == 3

        table.broken.clear()
        assert run_job(job=job, at=at_noon + timedelta(minutes=5)) is True
        row = state()
        assert (row.outcome, row.error, row.failures, row.tries) == ("ok", "", 0, 0)

    def test_failed_when_it_left_something_undone(self, acme: Tenant, at_noon: datetime) -> None:
        table.broken.add(acme.schema)
        assert [run_job(job=WEED, at=at_noon) for _ in range(4)] == [True, True, True, False]
        row = state(WEED.name)
        assert (row.outcome, row.result) == ("failed", "1 done, 1 failed")
        assert row.error.startswith("Not everything could be done")

        table.broken.clear()
        run_job(job=WEED, at=at_noon + timedelta(minutes=5))
        row = state(WEED.name)
        assert (row.outcome, row.result, row.error) == ("ok", "2 done, 0 failed", "")

    def test_is_not_begun_while_another_runs_it(self, at_noon: datetime) -> None:
        job = job_named(NOTE)
        assert claim_job(job=job, at=at_noon) is not None
        assert claim_job(job=job, at=at_noon) is None
        assert run_job(job=job, at=at_noon + timedelta(minutes=5)) is False

    def test_is_taken_over_when_a_dead_workers_lease_ends(self, at_noon: datetime) -> None:
        job = job_named(NOTE)
        claim_job(job=job, at=at_noon)
        JobState.objects.update(lease_until=Now() - timedelta(seconds=1))
        assert run_job(job=job, at=at_noon) is True
        assert state().outcome == "ok"

    def test_is_given_up_when_it_kills_its_worker_again_and_again(self, at_noon: datetime) -> None:
        job = job_named(NOTE)
        claims = []
        for _ in range(5):
            claims.append(claim_job(job=job, at=at_noon))
            JobState.objects.update(lease_until=Now() - timedelta(seconds=1))
        assert [claim.tries for claim in claims if claim] == [1, 2, 3]
        assert (state().outcome, state().error) == ("failed", "No worker survived it.")

    def test_needs_a_known_name(self) -> None:
        with pytest.raises(UnknownJob):
            job_named("tests.unheard_of")

    def test_is_done_by_one_of_12_workers(self, garden: Tenant, at_noon: datetime) -> None:
        calls = [partial(run_job, job=job_named(NOTE), at=at_noon)] * 12
        assert race(garden, calls) == {"ok": 12}
        assert len(table.ran) == 1


class TestPlaces:
    def test_are_apart(self, acme: Tenant, globex: Tenant, at_noon: datetime) -> None:
        run_job(job=job_named(NOTE), at=at_noon)
        with use_platform():
            assert run_job(job=job_named("tests.sweep"), at=at_noon) is True
            assert not JobState.objects.filter(pk=NOTE).exists()
        assert {where for _, where, _ in table.ran} == {acme.schema, "public"}

    def test_have_their_own_jobs(self, at_noon: datetime) -> None:
        assert [job.name for job in due_jobs(at=at_noon)] == [NOTE, WATER]
        with use_platform():
            assert [job.name for job in list_jobs(at=at_noon)] == ["tests.sweep", "tests.tick"]


class TestListJobs:
    def test_shows_what_never_ran_as_due(self, at_noon: datetime) -> None:
        note, _water = list_jobs(at=at_noon)
        assert (note.outcome, note.started_at, note.is_running) == ("", None, False)
        assert note.next_run_at <= at_noon

    def test_shows_as_late_what_never_ran(self, at_noon: datetime) -> None:
        """Its last time is always near, where it has one every few minutes."""
        note, _water = list_jobs(at=at_noon)
        assert (note.outcome, note.is_late) == ("", True)
        run_job(job=job_named(NOTE), at=at_noon)
        note, _water = list_jobs(at=at_noon + timedelta(minutes=5))
        assert note.is_late is False  # it is due, and that is not late

    def test_shows_the_next_time_after_a_run(self, at_noon: datetime) -> None:
        run_job(job=job_named(WATER), at=at_noon)
        _note, water = list_jobs(at=at_noon)
        assert (water.outcome, water.is_late) == ("ok", False)
        assert at_noon < water.next_run_at < at_noon + timedelta(days=1)

    def test_shows_what_runs_now_and_what_is_late(self, at_noon: datetime) -> None:
        run_job(job=job_named(WATER), at=at_noon)
        later = at_noon + timedelta(days=2)
        _note, water = list_jobs(at=later)
        assert (water.is_late, water.is_running) == (True, False)
        claim_job(job=job_named(WATER), at=later)
        JobState.objects.update(lease_until=later + timedelta(minutes=1))
        _note, water = list_jobs(at=later)
        assert (water.is_late, water.is_running) == (False, True)
