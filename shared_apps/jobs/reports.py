"""What a job that visits many objects came to."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.db import transaction

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RunReport:
    """How many things a run did, and for how many objects it failed."""

    done: int
    failed: int

    def __str__(self) -> str:
        return f"{self.done} done, {self.failed} failed"


def do_each(object_ids: Iterable[UUID], do: Callable[[UUID], int]) -> RunReport:
    """Do something for each of many objects, each in its own transaction; `do` says how much.

    One that fails is logged and does not stop the others. The job that returns the report counts
    as failed then, and the next visits try again.
    """
    done = failed = 0
    for object_id in object_ids:
        try:
            with transaction.atomic():
                done += do(object_id)
        except Exception:
            failed += 1
            log.exception("job_object_failed", object_id=str(object_id))
    return RunReport(done=done, failed=failed)
