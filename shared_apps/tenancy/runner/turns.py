"""One schema's turn: claimed, migrated and written down in one transaction."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from threading import Lock
from typing import TypeVar

import structlog
from django.db import Error, OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected, LockNotAvailable

from shared_apps.tenancy.context import use_schema
from shared_apps.tenancy.ledger import Turn, TurnLost, claim, fail, finish, lease, prolong
from shared_apps.tenancy.runner.plans import Plan, read_history
from shared_apps.tenancy.runner.rights import RightsOfPlan
from shared_apps.tenancy.runner.scripts import Script
from shared_apps.tenancy.standing import bring_standing

log = structlog.get_logger(__name__)

ResultT = TypeVar("ResultT")

# Somebody's long transaction holds a table: let go, so that nobody queues behind us, and try again.
BUSY_TRIES = 4
BUSY_PAUSE_S = 0.5


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long a statement of a migration may wait for a lock, and how long it may run; 0: ever."""

    lock_timeout_ms: int = 2_000
    statement_timeout_ms: int = 60_000


@dataclass(frozen=True)
class Outcome:
    """What came of a turn. `is_elsewhere`: another process has the schema, or has been at it.

    `is_replayed`: what Django said to the first schema was said to this one as it stood.
    """

    schema: str
    error: str = ""
    is_elsewhere: bool = False
    is_replayed: bool = False

    @property
    def is_good(self) -> bool:
        """Return whether the schema was brought up to date here."""
        return not self.error and not self.is_elsewhere


@dataclass(frozen=True)
class Way:
    """How schemas with one history come to the newest state."""

    plan: Plan
    script: Script
    rights: RightsOfPlan


@dataclass
class Work:
    """What the workers of one run share: the ways, by the histories they start from."""

    since: datetime
    limits: Limits
    is_for_many: bool
    _ways: dict[str, Way] = field(default_factory=dict)
    _planning: Lock = field(default_factory=Lock)

    def find_way(self) -> Way:
        """Return the way of the schema at work, made once for all with its history."""
        history = read_history()
        with self._planning:
            if history not in self._ways:
                plan = Plan()
                script = Script(plan, is_for_many=self.is_for_many)
                self._ways[history] = Way(plan, script, RightsOfPlan())
            return self._ways[history]


def take_turn(schema: str, work: Work) -> Outcome:
    """Bring one schema up to date, whatever it raises is written down and returned."""
    turn: Turn | None = None

    def note(found: Turn) -> None:
        nonlocal turn
        turn = found

    try:
        return _patiently(partial(_migrate, schema, work, note))
    except TurnLost:
        return Outcome(schema, is_elsewhere=True)
    except Exception as error:  # noqa: BLE001  a migration may raise anything; it is written down
        return Outcome(schema, error=_note_failure(schema, turn, error))


def _migrate(schema: str, work: Work, note: Callable[[Turn], None]) -> Outcome:
    with use_schema(schema):
        with transaction.atomic():
            _limit(work.limits, is_local=True)
            turn = claim(schema, since=work.since)
            if turn is None:
                return Outcome(schema, is_elsewhere=True)
            note(turn)
            way = work.find_way()
            if way.plan.is_atomic:
                is_replayed = not way.plan.is_done and way.script.bring(schema)
                way.rights.bring(schema, past=turn.past)
                bring_standing(schema)
                finish(turn)
                return Outcome(schema, is_replayed=is_replayed)
            turn = lease(turn)
        note(turn)
        _migrate_under_lease(turn, way, work.limits)
        return Outcome(schema)


def _migrate_under_lease(turn: Turn, way: Way, limits: Limits) -> None:
    """Run migrations that no single transaction can hold, each as Django would."""
    _limit(limits, is_local=False)
    try:
        way.plan.run_by_django(after_each=partial(prolong, turn))
        with transaction.atomic():
            way.plan.tell_apps()
            way.rights.bring(turn.schema, past=turn.past)
            bring_standing(turn.schema)
            finish(turn)
    finally:
        connection.close()  # and its limits with it


def _limit(limits: Limits, *, is_local: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('lock_timeout', %s, %s), set_config('statement_timeout', %s, %s)",
            [str(limits.lock_timeout_ms), is_local, str(limits.statement_timeout_ms), is_local],
        )


def _patiently(migrate: Callable[[], ResultT]) -> ResultT:
    for tries in range(1, BUSY_TRIES):
        try:
            return migrate()
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable | DeadlockDetected):
                raise
        time.sleep(BUSY_PAUSE_S * tries)
    return migrate()


def _note_failure(schema: str, turn: Turn | None, error: Exception) -> str:
    reason = f"{type(error).__name__}: {error}".strip()
    log.error("schema_not_migrated", schema=schema, reason=reason)
    try:
        if turn is not None:
            fail(turn, error)
    except Error:  # the database itself is gone; the report has the reason
        connection.close()
    return reason
