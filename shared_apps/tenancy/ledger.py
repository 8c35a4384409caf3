"""What the platform knows of each schema's migrations: one row each, in public.

A row is claimed in the transaction that migrates its schema: the lock goes with the process that
holds it. Whoever needs more than one transaction leases the row for that time instead.
"""

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models.functions import Now
from django.db.utils import ProgrammingError
from psycopg.errors import UndefinedTable

from shared_apps.tenancy.context import PUBLIC_SCHEMA, use_platform
from shared_apps.tenancy.models import SchemaState, SchemaStatus
from shared_apps.tenancy.plan import plan_hash

# whoever is silent for longer is dead; each migration within a turn prolongs the lease
LONGEST_SILENCE = timedelta(minutes=15)
TEXT_LENGTH = 2000

# The ledger is named in full where it is asked from within a schema, whose path does not have it.
_CLAIM = """
SELECT generation, plan_hash FROM public.tenancy_schemastate
 WHERE schema = %s AND (plan_hash <> %s OR status <> 'ready')
   AND (status <> 'migrating' OR lease_until < now())
   AND NOT (status = 'failed' AND finished_at >= %s)
   FOR NO KEY UPDATE SKIP LOCKED
"""
_FINISH = """
UPDATE public.tenancy_schemastate
   SET plan_hash = %s, status = 'ready', generation = generation + 1, attempts = 0, error = '',
       lease_until = NULL, leased_by = '', started_at = coalesce(%s, now()),
       finished_at = clock_timestamp(), updated_at = clock_timestamp()
 WHERE schema = %s AND generation = %s
"""
_LEASE = """
UPDATE public.tenancy_schemastate
   SET status = 'migrating', generation = generation + 1,
       lease_until = clock_timestamp() + %s::interval, leased_by = %s,
       started_at = clock_timestamp(), finished_at = NULL, updated_at = clock_timestamp()
 WHERE schema = %s AND generation = %s
RETURNING generation, started_at
"""
_PROLONG = """
UPDATE public.tenancy_schemastate
   SET lease_until = clock_timestamp() + %s::interval, updated_at = clock_timestamp()
 WHERE schema = %s AND generation = %s
"""
_FAIL = """
UPDATE public.tenancy_schemastate
   SET status = 'failed', attempts = attempts + 1, error = %s, lease_until = NULL, leased_by = '',
       finished_at = clock_timestamp(), updated_at = clock_timestamp()
 WHERE schema = %s AND generation = %s
"""
_BEHIND = """
SELECT n.nspname FROM pg_namespace n LEFT JOIN tenancy_schemastate s ON s.schema = n.nspname
 WHERE (n.nspname ~ %s OR n.nspname = 'public')
   AND (s.schema IS NULL OR s.plan_hash <> %s OR s.status <> 'ready')
 ORDER BY n.nspname
"""


_OPEN = """
INSERT INTO tenancy_schemastate (schema, plan_hash, status, leased_by, attempts, error)
SELECT name, '', 'ready', '', 0, '' FROM unnest(%s::text[]) AS name ON CONFLICT DO NOTHING
"""
_CLAIMABLE = """
SELECT schema FROM tenancy_schemastate
 WHERE schema = ANY (%s) AND (plan_hash <> %s OR status <> 'ready')
   AND NOT (status = 'failed' AND finished_at >= %s)
 ORDER BY schema
"""
_REASONS = """
SELECT schema, CASE WHEN status = 'failed' AND finished_at >= %s THEN error ELSE '' END
  FROM tenancy_schemastate
 WHERE schema = ANY (%s) AND (plan_hash <> %s OR status <> 'ready')
 ORDER BY schema
"""


class TurnLost(RuntimeError):
    """The lease ran out and another process has the schema; nothing more may be done to it."""


@dataclass(frozen=True)
class Turn:
    """One worker's right to migrate one schema. `past` is the plan that it was at, if known."""

    schema: str
    generation: int
    past: str
    started_at: datetime | None = None


def list_behind(pattern: str) -> list[str]:
    """Return which schemas, public included, are not known to be at this process's plan; one query.

    `pattern` is a regular expression of the names. A database without a ledger is behind in public.
    """
    try:
        with use_platform(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_BEHIND, [pattern, plan_hash()])
            return [name for (name,) in cursor.fetchall()]
    except ProgrammingError as error:
        if isinstance(error.__cause__, UndefinedTable):
            return [PUBLIC_SCHEMA]
        raise


def open_rows(schemas: Sequence[str]) -> datetime:
    """Give schemas a row that have none yet; return the time by the database's clock."""
    with use_platform(), connection.cursor() as cursor:
        cursor.execute(_OPEN, [list(schemas)])
        cursor.execute("SELECT clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
    return found


def list_claimable(schemas: Sequence[str], *, since: datetime) -> list[str]:
    """Return which of the schemas are behind and have not failed after `since`."""
    if not schemas:
        return []
    with use_platform(), connection.cursor() as cursor:
        cursor.execute(_CLAIMABLE, [list(schemas), plan_hash(), since])
        return [name for (name,) in cursor.fetchall()]


def list_reasons(schemas: Sequence[str], *, since: datetime) -> dict[str, str]:
    """Return which of the schemas are behind: name -> why it failed after `since`, or nothing."""
    with use_platform(), connection.cursor() as cursor:
        cursor.execute(_REASONS, [since, list(schemas), plan_hash()])
        return dict(cursor.fetchall())


def claim(schema: str, *, since: datetime) -> Turn | None:
    """Lock the row of a schema that is behind until the transaction ends. Runs in the schema.

    None when it is not behind, when another process has it, or when it failed after `since`.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [schema, plan_hash(), since])
        row = cursor.fetchone()
    return Turn(schema, *row) if row else None


def lease(turn: Turn) -> Turn:
    """Return the turn as a lease that outlives the transaction, once that has committed."""
    with connection.cursor() as cursor:
        cursor.execute(
            _LEASE, [str(LONGEST_SILENCE), _name_of_process(), turn.schema, turn.generation]
        )
        generation, started_at = cursor.fetchone()
    return Turn(turn.schema, generation, turn.past, started_at)


def prolong(turn: Turn) -> None:
    """Hold on to a lease for its full time from now on. Raises: TurnLost."""
    _update(_PROLONG, turn, str(LONGEST_SILENCE))


def finish(turn: Turn) -> None:
    """Write down that the schema is at this process's plan; joins the transaction.

    Raises: TurnLost.
    """
    _update(_FINISH, turn, plan_hash(), turn.started_at)


def fail(turn: Turn, error: BaseException) -> None:
    """Write down why a schema could not be migrated, unless another process has taken over."""
    text = f"{type(error).__name__}: {error}".replace("\x00", "").strip()[:TEXT_LENGTH]
    with use_platform(), connection.cursor() as cursor:
        cursor.execute(_FAIL, [text, turn.schema, turn.generation])


def note_ready(schema: str) -> None:
    """Write down that a schema is at the plan of this process; joins the open transaction."""
    with use_platform():
        SchemaState.objects.update_or_create(
            schema=schema,
            defaults={
                "plan_hash": plan_hash(),
                "status": SchemaStatus.READY,
                "lease_until": None,
                "leased_by": "",
                "attempts": 0,
                "error": "",
            },
        )


def is_usable() -> bool:
    """Return whether public has the ledger in this process's form: its migrations may be undone."""
    try:
        with use_platform(), transaction.atomic():
            SchemaState.objects.first()
    except ProgrammingError:
        return False
    return True


def note_migrating(schema: str) -> None:
    """Lease a schema that is about to be built by its migrations, so that no runner joins in."""
    with use_platform():
        SchemaState.objects.update_or_create(
            schema=schema,
            defaults={
                "plan_hash": "",
                "status": SchemaStatus.MIGRATING,
                "lease_until": Now() + LONGEST_SILENCE,
                "leased_by": _name_of_process(),
            },
        )


def note_unknown(schemas: Sequence[str]) -> None:
    """Write down that nobody knows where schemas stand; the next run looks."""
    with use_platform():
        SchemaState.objects.filter(schema__in=schemas).update(plan_hash="")


def forget_schema(schema: str) -> None:
    """Forget a schema that was dropped; joins the open transaction."""
    with use_platform():
        SchemaState.objects.filter(schema=schema).delete()


def _name_of_process() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"[:120]


def _update(statement: str, turn: Turn, *values: str | datetime | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, turn.schema, turn.generation])
        if cursor.rowcount != 1:
            raise TurnLost(turn.schema)
