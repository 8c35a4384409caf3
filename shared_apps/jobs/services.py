"""Run periodic jobs: each scheduled time once, one run at a time, whatever dies in between."""

import time
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from shared_apps.jobs.models import JobState, Outcome
from shared_apps.jobs.reports import RunReport
from shared_apps.jobs.selectors import TRIES, slot_of
from shared_apps.jobs.table import Job

LEFT_UNDONE = "Not everything could be done; the log names each object and its error."
FREE = Q(lease_until=None) | Q(lease_until__lte=Now())

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class JobClaim:
    """One worker's right to run a job for one scheduled time, until the lease ends."""

    job: Job
    slot: datetime
    generation: int
    tries: int


def run_job(*, job: Job, at: datetime) -> bool:
    """Run a job here when its last scheduled time has not been dealt with; return whether it ran.

    Several missed times are made up for by one run. An error is noted on the row and logged, never
    raised: the job is tried again by the next visits, and the other jobs and places go on.
    """
    claim = claim_job(job=job, at=at)
    if claim is None:
        return False
    started = time.monotonic()
    try:
        result = job.start(at)
    except Exception as error:
        log.exception("job_failed", job=job.name)
        text = f"{type(error).__name__}: {error}".replace("\x00", "")
        _finish(claim, started, outcome=Outcome.FAILED, error=text[:500])
    else:
        _finish_well(claim, started, result)
    return True


def _finish_well(claim: JobClaim, started: float, result: object) -> None:
    """Note what a run came to that ended by itself; one that left objects undone has failed."""
    text = "" if result is None else str(result)
    if isinstance(result, RunReport) and result.failed:
        _finish(claim, started, outcome=Outcome.FAILED, result=text, error=LEFT_UNDONE)
    else:
        _finish(claim, started, outcome=Outcome.OK, result=text)


@transaction.atomic
def claim_job(*, job: Job, at: datetime) -> JobClaim | None:
    """Lease a due job to this worker, or return None: dealt with, or being run by another."""
    slot = slot_of(job, at=at)
    JobState.objects.bulk_create([JobState(name=job.name)], ignore_conflicts=True)
    locked = JobState.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
    open_slot = Q(done_slot=None) | Q(done_slot__lt=slot)
    row = locked.filter(FREE, open_slot, pk=job.name).first()
    if row is None:
        return None
    if row.tries >= TRIES:
        _give_up(row, slot)
        return None
    JobState.objects.filter(pk=row.pk).update(
        generation=F("generation") + 1,
        tries=F("tries") + 1,
        lease_until=Now() + job.lease,
        started_at=at,
    )
    return JobClaim(job, slot=slot, generation=row.generation + 1, tries=row.tries + 1)


def _give_up(row: JobState, slot: datetime) -> None:
    """Wait for the next scheduled time of a job that ended its workers, so that nobody noted it."""
    log.error("job_given_up", job=row.name)
    JobState.objects.filter(pk=row.pk).update(
        done_slot=slot,
        tries=0,
        lease_until=None,
        outcome=Outcome.FAILED,
        error="No worker survived it.",
        failures=F("failures") + 1,
    )


def _finish(
    claim: JobClaim, started: float, *, outcome: Outcome, result: str = "", error: str = ""
) -> None:
    """Note how the run went, unless another worker has taken the job over meanwhile."""
    changes: dict[str, object] = {
        "lease_until": None,
        "finished_at": Now(),
        "duration_ms": int((time.monotonic() - started) * 1000),
        "outcome": outcome,
        "result": result[:300],
        "error": error,
        "failures": F("failures") + 1 if outcome == Outcome.FAILED else 0,
    }
    if outcome == Outcome.OK or claim.tries >= TRIES:
        changes |= {"done_slot": claim.slot, "tries": 0}
    ours = JobState.objects.filter(pk=claim.job.name, generation=claim.generation)
    if not ours.update(**changes):
        log.warning("job_lease_lost", job=claim.job.name)
