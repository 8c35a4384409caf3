"""A plan as text: what Django said to the first schema is said to the others in one go.

The text is proved before it is used. The first schema is migrated by Django, its form is read, that
is taken back, the text runs in its place and must leave the same form.
"""

from collections.abc import Sequence
from threading import Lock

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations import Migration

from shared_apps.tenancy.blueprint.catalog import differences, listed, read_form
from shared_apps.tenancy.blueprint.content import literal
from shared_apps.tenancy.runner.operations import is_same_everywhere
from shared_apps.tenancy.runner.plans import Plan
from shared_apps.tenancy.runner.recording import recording

log = structlog.get_logger(__name__)

ALL_AT_ONCE = "batch"


class Script:
    """How one plan is brought to many schemas, each in a transaction of its own."""

    def __init__(self, plan: Plan, *, is_for_many: bool) -> None:
        self._plan = plan
        self._statements: list[str] = []
        self._is_open = is_for_many and is_same_everywhere(plan.migrations)
        self._proving = Lock()

    def bring(self, schema: str) -> bool:
        """Migrate the schema at work; return whether it was by text. Runs in a transaction.

        Raises: what a migration raises.
        """
        if not self._is_first_to_prove(schema):
            if self._statements:
                run_statements(self._statements)
            else:
                self._plan.run_by_django()
        self._plan.tell_apps()
        return bool(self._statements)

    def _is_first_to_prove(self, schema: str) -> bool:
        """Prove the text on this schema unless that was tried; others wait for the outcome."""
        with self._proving:
            if not self._is_open:
                return False
            self._statements = self._prove(schema)
            self._is_open = False
            return True

    def _prove(self, schema: str) -> list[str]:
        """Migrate the schema; return the text that did it, or nothing when Django had to."""
        with transaction.atomic():
            with recording() as (found, through):
                self._plan.run_by_django(through)
            wanted = read_form(schema)
            statements = [*found.statements, note_history(self._plan.migrations)]
            reason = _why_not(schema, found.lookups, statements)
            if reason:
                log.info("migrations_not_replayed", schema=schema, reason=reason)
                return []
            transaction.set_rollback(True)
        with transaction.atomic():
            run_statements(statements)
            found_differences = differences(wanted.lines, read_form(schema).lines)
            transaction.set_rollback(bool(found_differences))
        if not found_differences:
            return statements
        log.error("migrations_replay_differs", schema=schema, reason=listed(found_differences))
        self._plan.run_by_django()
        return []


def run_statements(statements: Sequence[str]) -> None:
    """Run statements in the schema at work, in one round trip unless TENANCY_REPLAY forbids."""
    is_batch = settings.TENANCY_REPLAY == ALL_AT_ONCE
    with connection.cursor() as cursor:
        for statement in [";\n".join(statements)] if is_batch else statements:
            cursor.execute(statement)


def note_history(migrations: Sequence[Migration]) -> str:
    """Return the statement that writes migrations into a schema's history, as Django does."""
    rows = ", ".join(
        f"({literal(app)}, {literal(name)}, now())"
        for migration in migrations
        for app, name in migration.replaces or [(migration.app_label, migration.name)]
    )
    return f"INSERT INTO django_migrations (app, name, applied) VALUES {rows}"  # noqa: S608  quoted names of migrations


def _why_not(schema: str, lookups: Sequence[str], statements: Sequence[str]) -> str:
    if lookups:
        return f"Django asks the schema first: {lookups[0]}"
    if any(schema in statement for statement in statements):
        return "A statement names the schema."
    return ""
