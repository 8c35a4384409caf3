"""Bring all schemas that are behind up to date: canaries first, then many at a time."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event, Lock

import structlog

from shared_apps.tenancy.context import PUBLIC_SCHEMA
from shared_apps.tenancy.ledger import list_behind, list_claimable, list_reasons, open_rows
from shared_apps.tenancy.rights.roles import as_owner
from shared_apps.tenancy.runner.crew import work_off
from shared_apps.tenancy.runner.turns import Limits, Outcome, Work, take_turn
from shared_apps.tenancy.schemas import SCHEMA_NAME_PATTERN

log = structlog.get_logger(__name__)

# how often, and for how long at most, one looks after schemas that another process has
LOOK_AGAIN_S = 0.2
LONGEST_WAIT_S = 1_200

CANARY_FAILED = "a canary failed"
TOO_MANY_FAILURES = "too many failures"
INTERRUPTED = "interrupted"


def _watch_nothing(_outcome: Outcome) -> None:
    return


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """How a run goes about it. `canary` first ones alone; `max_failures` 0: never give up."""

    parallel: int = 4
    canary: int = 0
    max_failures: int = 10
    limits: Limits = field(default_factory=Limits)


@dataclass
class Report:
    """What a run did. `left` are behind still: schema -> why, empty where nobody tried.

    Of those `migrated`, so many were `replayed`: told what Django had said to the first.
    """

    behind: int = 0
    migrated: int = 0
    replayed: int = 0
    elsewhere: int = 0
    left: dict[str, str] = field(default_factory=dict)
    stopped: str = ""
    seconds: float = 0.0

    @property
    def is_good(self) -> bool:
        """Return whether every schema is up to date."""
        return not self.left

    @property
    def failed(self) -> dict[str, str]:
        """Return the schemas that were tried in vain, and why."""
        return {schema: reason for schema, reason in self.left.items() if reason}


def list_schemas_behind() -> list[str]:
    """Return which organizations' schemas are behind, in order; one query."""
    return [name for name in list_behind(SCHEMA_NAME_PATTERN) if name != PUBLIC_SCHEMA]


def migrate_schemas(
    schemas: Sequence[str], wishes: Wishes, *, watch: Callable[[Outcome], None] = _watch_nothing
) -> Report:
    """Bring schemas up to date that are behind; a failure is written down and the others go on.

    Several processes may do so at once: they share the schemas, and each waits for what another
    one has. `watch` hears of every outcome.
    """
    started = time.monotonic()
    report = Report(behind=len(schemas))
    if schemas:
        with as_owner():
            run = _Run(wishes, schemas, report, watch)
            run.go()
            report.left = run.list_left()
        report.elsewhere = max(0, report.behind - report.migrated - len(report.left))
    report.seconds = round(time.monotonic() - started, 3)
    return report


class _Run:
    def __init__(
        self,
        wishes: Wishes,
        schemas: Sequence[str],
        report: Report,
        watch: Callable[[Outcome], None],
    ) -> None:
        self._wishes, self._schemas, self._report, self._watch = wishes, schemas, report, watch
        self.since = open_rows(schemas)
        self._work = Work(since=self.since, limits=wishes.limits, is_for_many=len(schemas) > 1)
        self._stop = Event()
        self._errors: dict[str, str] = {}
        self._counting = Lock()
        self._is_waiting = False

    def go(self) -> None:
        """Do the canaries, and the rest when all of them are good."""
        canaries = self._schemas[: self._wishes.canary]
        try:
            self._do(canaries)
            if canaries and list_reasons(canaries, since=self.since):  # whoever had the turn
                self._halt(CANARY_FAILED)
            self._do(self._schemas[len(canaries) :])
        except KeyboardInterrupt:
            self._halt(INTERRUPTED)

    def list_left(self) -> dict[str, str]:
        """Return which schemas are behind still: name -> why, empty where nobody tried."""
        reasons = list_reasons(self._schemas, since=self.since)
        return {name: reason or self._errors.get(name, "") for name, reason in reasons.items()}

    def _do(self, schemas: Sequence[str]) -> None:
        """Give each schema a turn, and those again that another process had, until all are done."""
        patience = time.monotonic() + LONGEST_WAIT_S
        rest = list(schemas)
        while rest and not self._stop.is_set() and time.monotonic() < patience:
            was_elsewhere = self._once(rest)
            rest = list_claimable(was_elsewhere, since=self.since)
            if rest:
                self._say_once(rest)
                time.sleep(LOOK_AGAIN_S)

    def _say_once(self, schemas: Sequence[str]) -> None:
        if not self._is_waiting:
            log.warning("schemas_elsewhere", schemas=list(schemas))
        self._is_waiting = True

    def _once(self, schemas: Sequence[str]) -> list[str]:
        """Give each schema a turn; return those that another process had."""
        elsewhere = []
        for outcome in work_off(
            schemas, self._turn, parallel=self._wishes.parallel, stop=self._stop
        ):
            if outcome.is_elsewhere:
                elsewhere.append(outcome.schema)
            else:
                self._watch(outcome)
        return elsewhere

    def _turn(self, schema: str) -> Outcome:
        """Give one schema a turn and count, before the thread turns to another."""
        outcome = take_turn(schema, self._work)
        with self._counting:
            self._report.migrated += outcome.is_good
            self._report.replayed += outcome.is_replayed
            if outcome.error:
                self._errors[schema] = outcome.error
                if len(self._errors) == self._wishes.max_failures:
                    self._halt(TOO_MANY_FAILURES)
        return outcome

    def _halt(self, why: str) -> None:
        self._stop.set()
        self._report.stopped = self._report.stopped or why
